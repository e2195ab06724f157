import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { failures } from "../../shared/session/sign-in.ts";
import { createPasswords } from "../../shared/user/passwords.ts";
import { scrypt } from "../../worker/scrypt.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

const password = "a slow green bicycle";
const email = "operator@people.example";
const refused = "The email address or the password is not right, or there were too many attempts";

let console: ConsoleWorld;
let hash: string;

beforeAll(async () => {
  hash = await createPasswords(scrypt).hash(password);
  console = await openConsole();
});

beforeEach(async () => {
  await console.world.sql`
    update users set password = ${hash}, failed_login_count = 0, locked_until = null, state = 'active'
    where email_address = ${email}`;
});

afterAll(() => console[Symbol.asyncDispose]());

/** As a browser does that nobody has signed in with. */
async function submit(fields: Record<string, string>, headers: Record<string, string> = {}) {
  const answer = await fetch(`${console.world.apiUrl}/console/sign-in`, {
    method: "POST",
    redirect: "manual",
    headers: { Origin: console.world.apiUrl, "Sec-Fetch-Site": "same-origin", ...headers },
    body: new URLSearchParams(fields),
  });
  return {
    status: answer.status,
    location: answer.headers.get("Location"),
    cookie: answer.headers.get("Set-Cookie"),
    text: await answer.text(),
  };
}

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, user_id as "userId", outcome from audit order by at desc, id limit 1`;
  return entry;
}

describe("signing in", () => {
  test("leads to the page that was asked for, by keyboard alone", async () => {
    await using visitor = await console.visit("operator");
    const { page, context } = visitor;
    await context.clearCookies();
    await page.goto("/console/account");
    expect(await page.title()).toBe("Sign in – Pillarbox");
    expect(await checkAccessibility(page)).toEqual([]);

    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByLabel("Email address").focus();
    await page.keyboard.type(email);
    await page.keyboard.press("Tab");
    await page.keyboard.type(password);
    await page.keyboard.press("Enter");
    await page.waitForURL("**/console/account");

    const [cookie] = (await context.cookies()).filter(({ name }) => name === "console");
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/", secure: false });
    expect(await lastEntry()).toMatchObject({ action: "session.signed-in", outcome: "done" });
  });

  test("keeps nothing that would let a reader of the database in", async () => {
    const { cookie } = await submit({ email, password });
    const token = /console=([^;]+)/.exec(cookie ?? "")?.[1] ?? "";

    expect(token).toHaveLength(43);
    const [found] = await console.world.sql`
      select count(*)::int as rows from sessions s where position(${token} in s::text) > 0`;
    expect(found?.rows).toBe(0);
  });

  test.each([
    [{ email, password: "another password" }],
    [{ email: "nobody@people.example", password }],
    [{ email: "viewer@people.example", password }],
  ])("answers all wrong pairs alike: %p", async (fields) => {
    const answer = await submit(fields);

    expect(answer).toMatchObject({ status: 403, location: null, cookie: null });
    expect(answer.text).toContain(refused);
    expect(answer.text).not.toContain(fields.password);
    expect(await lastEntry()).toMatchObject({ action: "session.wrong" });
  });

  test("says what is missing, beside its field", async () => {
    const { status, text } = await submit({ email: "", password: "" });

    expect(status).toBe(400);
    expect(text).toContain('<a href="#email">Enter your email address</a>');
    expect(text).toContain('<a href="#password">Enter your password</a>');
  });

  test("locks a person out after ten failures in a row, for a while, whatever the password", async () => {
    const { sql } = console.world;
    await sql`update users set failed_login_count = ${failures.most - 1} where email_address = ${email}`;

    const tenth = await submit({ email, password: "wrong" });
    const right = await submit({ email, password });
    await sql`update users set locked_until = now() - interval '1 second' where email_address = ${email}`;
    const later = await submit({ email, password });

    expect([tenth.status, right.status, later.status]).toEqual([403, 403, 303]);
    expect(right.text).toContain(refused);
    const [user] = await sql`select failed_login_count as count, locked_until as until from users
      where email_address = ${email}`;
    expect(user).toEqual({ count: 0, until: null });
  });

  test("counts failures in a row alone", async () => {
    const { sql } = console.world;
    await sql`update users set failed_login_count = ${failures.most - 1} where email_address = ${email}`;

    await submit({ email, password });
    const { status } = await submit({ email, password: "wrong" });
    const right = await submit({ email, password });

    expect([status, right.status]).toEqual([403, 303]);
  });

  test("keeps out who is suspended", async () => {
    await console.world.sql`update users set state = 'inactive' where email_address = ${email}`;

    const { status } = await submit({ email, password });
    const page = await console.get("operator", "/console/account");

    expect(status).toBe(403);
    expect(page.location).toStartWith("/console/sign-in");
  });

  test("does not take over a session that the browser brought", async () => {
    const brought = "A".repeat(43);

    const { cookie } = await submit({ email, password }, { Cookie: `console=${brought}` });

    expect(cookie).toStartWith("console=");
    expect(cookie).not.toContain(brought);
  });

  test.each([
    ["/console/queues?dead=1", "/console/queues?dead=1"],
    ["/console", "/console"],
    ["", "/console"],
    ["//evil.example", "/console"],
    ["https://evil.example/console", "/console"],
    ["/\\evil.example", "/console"],
    ["/console\\..\\..\\evil", "/console"],
    ["/consolation", "/console"],
    ["/console@evil.example", "/console"],
    ["javascript:alert(1)", "/console"],
    ["/console/a\nb", "/console"],
  ])("leads no further than the console: %p", async (next, expected) => {
    const { location } = await submit({ email, password, next });

    expect(location).toBe(expected);
  });

  test("by https keeps its cookie to this host and to https", async () => {
    await using secure = await openConsole({ env: { API_HOST: "https://hall.example" } });
    await secure.world.sql`update users set password = ${hash} where email_address = ${email}`;

    const answer = await fetch(`${secure.world.apiUrl}/console/sign-in`, {
      method: "POST",
      redirect: "manual",
      headers: { Origin: "https://hall.example" },
      body: new URLSearchParams({ email, password }),
    });

    const cookie = answer.headers.get("Set-Cookie") ?? "";
    expect(cookie).toStartWith("__Host-console=");
    for (const part of ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"]) expect(cookie).toContain(part);
    expect(cookie).not.toContain("Domain");
  });
});

describe("a form", () => {
  const path = "/console/account/sign-out-everywhere";
  const sessions = async () => (await console.world.sql`select from sessions`).length;

  test.each([
    ["no token", {}, {}],
    ["a made-up token", {}, { form_token: "x".repeat(43) }],
  ])("with %s is refused", async (_, headers, fields) => {
    const before = await sessions();
    const cookie = await cookieOf("viewer");

    const answer = await fetch(console.world.apiUrl + path, {
      method: "POST",
      redirect: "manual",
      headers: { Cookie: cookie, ...headers },
      body: new URLSearchParams(fields),
    });

    expect(answer.status).toBe(403);
    expect(await sessions()).toBe(before);
  });

  test.each([
    [{ Origin: "https://evil.example" }],
    [{ Origin: "null" }],
    [{ "Sec-Fetch-Site": "cross-site" }],
    [{ "Sec-Fetch-Site": "same-site" }],
  ])("that another site sent is refused: %p", async (headers) => {
    const before = await sessions();

    const { status } = await submit({ email, password }, { ...headers });

    expect(status).toBe(403);
    expect(await sessions()).toBe(before);
  });

  /** Of a person, as `open-console.ts` keeps it. */
  async function cookieOf(person: "viewer"): Promise<string> {
    await using visitor = await console.visit(person);
    const [cookie] = await visitor.context.cookies();
    return `console=${cookie?.value}`;
  }
});

describe("a session", () => {
  const isIn = async () => (await console.get("manager", "/console/account")).status !== 303;
  const move = (column: "seen_at" | "created_at", minutes: number) => {
    const { sql } = console.world;
    const at = new Date(Date.now() - minutes * 60_000);
    return sql`
      update sessions set ${sql(column)} = ${at} where user_id = ${console.userIds.manager}`;
  };

  test("ends when nobody used it for half an hour, and lives on while somebody does", async () => {
    await move("seen_at", 25);
    expect(await isIn()).toBe(true);
    const [used] = await console.world.sql`
      select seen_at > now() - interval '5 minutes' as "isRecent" from sessions
      where user_id = ${console.userIds.manager}`;
    expect(used?.isRecent).toBe(true);

    await move("seen_at", 31);
    expect(await isIn()).toBe(false);
    await move("seen_at", 0);
  });

  test("ends after twelve hours, however it is used", async () => {
    await move("created_at", 12 * 60 + 1);
    expect(await isIn()).toBe(false);
    await move("created_at", 0);
  });

  test("ends everywhere when its person says so, and for nobody else", async () => {
    const answer = await console.post("manager", "/console/account/sign-out-everywhere");

    expect(answer.location).toBe("/console/sign-in");
    expect(await isIn()).toBe(false);
    expect((await console.get("viewer", "/console/account")).status).not.toBe(303);
    expect(await lastEntry()).toMatchObject({ action: "session.sign-out-everywhere", outcome: "done" });
  });
});

describe("an account", () => {
  const change = (fields: Record<string, string>) =>
    console.post("operator", "/console/account/password", fields);

  test("has its password changed by who knows the old one, which signs it out elsewhere", async () => {
    await submit({ email, password });

    const answer = await change({ password, new_password: "another slow bicycle" });

    expect(answer.location).toBe("/console/account");
    expect(answer.headers.get("Set-Cookie")).toContain("console=");
    const sessions = await console.world
      .sql`select from sessions where user_id = ${console.userIds.operator}`;
    expect(sessions).toHaveLength(1);
    expect((await submit({ email, password })).status).toBe(403);
    expect((await submit({ email, password: "another slow bicycle" })).status).toBe(303);
    await console.signIn("operator");
  });

  test.each([
    [{ password: "wrong", new_password: "another slow bicycle" }, "This is not the password you have now"],
    [{ password, new_password: "short" }, "Password must have 12 characters or more"],
    [
      { password, new_password: "Ms operator is my name" },
      "Password must not have your name or email address in it",
    ],
    [{ password: "", new_password: "" }, "Enter the password you have now"],
  ])("keeps its password where %p", async (fields, message) => {
    const answer = await change(fields);

    expect(answer.status).toBe(400);
    expect(answer.text).toContain(message);
    expect((await submit({ email, password })).status).toBe(303);
  });
});

describe("a reverse proxy that says who has signed in", () => {
  const secret = "sixteen-characters-or-more";
  const env = { CONSOLE_PROXY_HEADER: "X-Forwarded-Email", CONSOLE_PROXY_SECRET: secret };
  const ask = async (url: string, headers: Record<string, string>) => {
    const answer = await fetch(`${url}/console/account`, { redirect: "manual", headers });
    return { isIn: answer.status !== 303, cookie: answer.headers.get("Set-Cookie") };
  };

  test("is not believed unless it is set up", async () => {
    const { isIn } = await ask(console.world.apiUrl, {
      "X-Forwarded-Email": email,
      "X-Console-Proxy-Secret": secret,
    });

    expect(isIn).toBe(false);
  });

  test("is believed by its secret alone, about people who are known and let in", async () => {
    await using world = await openConsole({ env });
    const { apiUrl, sql } = world.world;
    const asked = (address: string, said = secret) =>
      ask(apiUrl, { "X-Forwarded-Email": address, "X-Console-Proxy-Secret": said });

    expect(await asked(email)).toMatchObject({ isIn: true, cookie: expect.stringContaining("console=") });
    expect((await asked(email, "another secret")).isIn).toBe(false);
    expect((await asked("nobody@people.example")).isIn).toBe(false);
    await sql`update users set state = 'inactive' where email_address = ${email}`;
    expect((await asked(email)).isIn).toBe(false);
  });
});
