import { describe, expect, test } from "bun:test";
import { hashToken, storeSession } from "../../../shared/session/queries.ts";
import { signIn } from "../../../shared/session/sign-in.ts";
import { createPasswords } from "../../../shared/user/passwords.ts";
import { scrypt } from "../../../worker/scrypt.ts";
import { type Cli, openCli } from "./cli.ts";

const passwords = createPasswords(scrypt);
const email = "ada@hall.example";
const at = new Date("2026-08-05T09:00:00Z");

async function trySignIn({ sql }: Cli, password: string) {
  return (await signIn(sql, passwords, { emailAddress: email, password, at })).outcome;
}

async function sessionsOf({ sql }: Cli): Promise<number> {
  return (await sql`select from sessions`).length;
}

async function openSession({ sql }: Cli): Promise<void> {
  const [user] = await sql`select id from users where email_address = ${email}`;
  await storeSession(sql, { tokenHash: await hashToken("token"), userId: user?.id, at });
}

describe("user create", () => {
  test("lets a person in with the password it prints", async () => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run("user", "create", email, "--name", "Ada", "--operator");

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
    expect(await trySignIn(cli, out)).toBe("signed-in");
    const listed = JSON.parse((await cli.run("user", "list", "--json")).out);
    expect(listed).toMatchObject([{ name: "Ada", email_address: email, is_operator: true, services: 0 }]);
  });

  test("takes a password from standard input, and makes the person one of a service's", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const args = ["user", "create", email, "--name=Ada", "--service", service, "--role=manager"];

    const { code, out } = await cli.runWith({ input: "a slow green bicycle\n" }, ...args, "--password-stdin");

    expect(code).toBe(0);
    expect(out).not.toContain("bicycle");
    expect(await trySignIn(cli, "a slow green bicycle")).toBe("signed-in");
    const rights = await cli.sql`select permission from permissions where service_id = ${service}`;
    expect(rights.map(({ permission }) => permission)).toContain("manage_settings");
  });

  test.each([
    ["not-an-address", [], 2, "EMAIL must be an email address"],
    [email, ["--role=viewer"], 2, "--role needs --service"],
    [email, ["--password-stdin"], 2, "Cannot take the password: Password must have 12 characters or more"],
    [email, ["--service", "99999999-9999-4999-8999-999999999999"], 1, "Cannot find the service"],
  ])("refuses %s %p, and makes nobody", async (address, rest, expected, message) => {
    await using cli = await openCli();

    const { code, out, err } = await cli.runWith(
      { input: "short" },
      "user",
      "create",
      address,
      "--name=Ada",
      ...rest,
    );

    expect({ code, out }).toEqual({ code: expected, out: "" });
    expect(err).toStartWith(message);
    expect(await cli.sql`select from users`).toHaveLength(0);
  });

  test("refuses an address that somebody has", async () => {
    await using cli = await openCli();
    await cli.run("user", "create", email, "--name=Ada");

    const { code, err } = await cli.run("user", "create", email.toUpperCase(), "--name=Other");

    expect(code).toBe(1);
    expect(err).toBe(`Cannot make ${email.toUpperCase()}: somebody has that address already`);
  });
});

describe("a person who can sign in", () => {
  test("gets a new password, which ends their sessions", async () => {
    await using cli = await openCli();
    const { out: first } = await cli.run("user", "create", email, "--name=Ada");
    await openSession(cli);

    const { out: second } = await cli.run("user", "password", email);

    expect(await trySignIn(cli, first)).toBe("wrong");
    expect(await trySignIn(cli, second)).toBe("signed-in");
    expect(await sessionsOf(cli)).toBe(0);
  });

  test("is kept out, and let in again", async () => {
    await using cli = await openCli();
    const { out: password } = await cli.run("user", "create", email, "--name=Ada");
    await openSession(cli);

    const suspended = await cli.run("user", "suspend", email);
    const meanwhile = await trySignIn(cli, password);
    const again = await cli.run("user", "suspend", email);
    await cli.run("user", "resume", email);

    expect([suspended.out, again.out]).toEqual([`${email} is kept out`, `${email} was kept out already`]);
    expect(meanwhile).toBe("wrong");
    expect(await sessionsOf(cli)).toBe(0);
    expect(await trySignIn(cli, password)).toBe("signed-in");
  });

  test("may try again after too many failures, when told so", async () => {
    await using cli = await openCli();
    const { out: password } = await cli.run("user", "create", email, "--name=Ada");
    await cli.sql`update users set failed_login_count = 10, locked_until = ${new Date(at.getTime() + 1)}`;

    const locked = await trySignIn(cli, password);
    const { out } = await cli.run("user", "unlock", email);

    expect(locked).toBe("locked");
    expect(out).toBe(`${email} may try again`);
    expect(await trySignIn(cli, password)).toBe("signed-in");
    expect((await cli.run("user", "unlock", email)).out).toBe(`${email} was not locked out`);
  });

  test("becomes an operator, and is none any more", async () => {
    await using cli = await openCli();
    await cli.run("user", "create", email, "--name=Ada");
    const isOperator = async () => (await cli.sql`select platform_admin as is from users`)[0]?.is;

    await cli.run("user", "operator", email);
    const made = await isOperator();
    await cli.run("user", "operator", email, "--no");

    expect([made, await isOperator()]).toEqual([true, false]);
  });
});

test("a command about nobody says so", async () => {
  await using cli = await openCli();

  const { code, err } = await cli.run("user", "suspend", email);

  expect({ code, err }).toEqual({ code: 1, err: `Cannot find ${email}: nobody has that address` });
});
