import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

async function entries(action: string) {
  return await console.world.sql<{ outcome: string; subject: string; before: unknown; after: unknown }[]>`
    select outcome, subject, before, after from audit where action = ${action} order by at`;
}

describe("services", () => {
  test("are everybody's for an operator, and for others their own", async () => {
    const [operator, manager] = await Promise.all(
      (["operator", "manager"] as const).map((person) => console.get(person, "/console/services")),
    );

    for (const name of ["Town Hall", "Elsewhere"]) expect(operator?.text).toContain(`>${name}</a>`);
    expect(manager?.text).toContain(">Town Hall</a>");
    expect(manager?.text).not.toContain("Elsewhere");
    expect(manager?.text).not.toContain("/console/services/new");
  });

  test("are found by a part of their name, and none is said to be so", async () => {
    const found = await console.get("operator", "/console/services?q=sewh");
    const none = await console.get("operator", "/console/services?q=%25%5C%3Cb%3E");

    expect(found.text).toContain("Elsewhere");
    expect(found.text).not.toContain(">Town Hall</a>");
    expect(none.text).toContain("No service has that in its name.");
    expect(none.text).toContain("&lt;b&gt;");
  });

  test("come in pages", async () => {
    const { sql } = console.world;
    await sql`
      insert into services (name, normalised_name, email_sender_local_part)
      select 'Many ' || lpad(n::text, 3, '0'), 'many.' || n, 'many' from generate_series(1, 130) n`;

    const first = await console.get("operator", "/console/services?q=Many");
    const next = /href="([^"]*after=[^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const second = await console.get("operator", next);

    expect(first.text).toContain("Many 100");
    expect(first.text).not.toContain("Many 101");
    expect(second.text).toContain("Many 101");
    expect(second.text).toContain("Many 130");
    expect(second.text).not.toContain('rel="next"');
  });

  test.each(["/console/services/nonsense", "/console/services/", "/console/services/NEW/settings"])(
    "are not at %s",
    async (path) => {
      expect((await console.get("operator", path)).status).toBe(404);
    },
  );

  test("are made by operators alone", async () => {
    const refused = await console.post("manager", "/console/services/new", { name: "Mine", mode: "live" });
    const made = await console.post("operator", "/console/services/new", { name: "Parking", mode: "live" });

    expect(refused.status).toBe(404);
    expect(made.status).toBe(303);
    const [service] = await console.world.sql`select id, restricted from services where name = 'Parking'`;
    expect(made.location).toBe(`/console/services/${service?.id}`);
    expect(service?.restricted).toBe(false);
    expect(await entries("service.create")).toMatchObject([
      { outcome: "done", subject: `service ${service?.id}`, after: { name: "Parking", mode: "live" } },
    ]);
  });

  test.each([
    [{ name: "", mode: "trial" }, "Enter a name"],
    [{ name: "!", mode: "trial" }, "Service name must include at least 2 letters or numbers"],
    [{ name: "TOWN hall", mode: "trial" }, "Another service has that name, or one that reads the same"],
    [{ name: "Parks", mode: "both" }, "Choose what it may send"],
  ])("are not made of %p", async (fields, message) => {
    const { status, text } = await console.post("operator", "/console/services/new", fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
    expect(text).toContain("<title>Problem: ");
  });
});

describe("people", () => {
  const path = () => `/console/people/${console.userIds.viewer}`;

  test("are added with a password that is shown once, and can sign in with it", async () => {
    const { status, text } = await console.post("operator", "/console/people/new", {
      name: "Ada <b>",
      email: "ada@hall.example",
      operator: "yes",
    });

    const password = /<pre class="secret">([^<]+)</.exec(text)?.[1] ?? "";
    expect(status).toBe(200);
    const answer = await fetch(`${console.world.apiUrl}/console/sign-in`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ email: "ADA@hall.example", password }),
    });
    expect(answer.status).toBe(303);
    const [entry] = await entries("user.create");
    expect(entry).toMatchObject({ outcome: "done", after: { isOperator: true } });
    expect(JSON.stringify(await console.world.sql`select * from audit`)).not.toContain(password);
  });

  test.each([
    [{ name: "", email: "x@hall.example" }, "Enter a name"],
    [{ name: "X", email: "nonsense" }, "Enter an email address, like name@example.com"],
    [{ name: "X", email: "VIEWER@people.example" }, "Somebody has that email address already"],
  ])("are not added as %p", async (fields, message) => {
    const { status, text } = await console.post("operator", "/console/people/new", fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
  });

  test.each([
    ["operator", "platform_admin", true],
    ["no-operator", "platform_admin", false],
    ["suspend", "state", "inactive"],
    ["resume", "state", "active"],
  ] as const)("are changed: %s", async (deed, column, value) => {
    const { location } = await console.post("operator", `${path()}/${deed}`);
    const again = await console.post("operator", `${path()}/${deed}`);

    expect([location, again.location]).toEqual([path(), path()]);
    const { sql } = console.world;
    const [user] = await sql`select ${sql(column)} as value from users where id = ${console.userIds.viewer}`;
    expect(user?.value).toBe(value);
    expect((await entries(`user.${deed}`)).map(({ outcome }) => outcome)).toEqual(["done", "refused"]);
  });

  test("are signed out, let try again, and given a new password", async () => {
    const { sql } = console.world;
    await console.signIn("viewer");
    await sql`update users set locked_until = now() + interval '1 hour' where id = ${console.userIds.viewer}`;

    const page = await console.get("operator", path());
    await console.post("operator", `${path()}/unlock`);
    await console.post("operator", `${path()}/sign-out`);
    const given = await console.post("operator", `${path()}/password`);

    expect(page.text).toContain("locked out");
    const [user] =
      await sql`select locked_until as until, password from users where id = ${console.userIds.viewer}`;
    expect(user).toMatchObject({ until: null, password: expect.stringMatching(/^\$scrypt\$/) });
    expect((await console.get("viewer", "/console/services")).location).toStartWith("/console/sign-in");
    expect(given.text).toMatch(/<pre class="secret">[a-z2-9-]{23}<\/pre>/);
    await console.signIn("viewer");
  });

  test("do not take their own rights", async () => {
    const own = `/console/people/${console.userIds.operator}`;

    const answers = await Promise.all(
      ["no-operator", "suspend"].map((deed) => console.post("operator", `${own}/${deed}`)),
    );

    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect((await console.get("operator", own)).text).not.toContain("Keep out");
  });

  test("are no business of those who are no operators", async () => {
    for (const person of ["manager", "viewer", "stranger"] as const) {
      expect((await console.get(person, "/console/people")).status).toBe(404);
      expect((await console.post(person, `${path()}/operator`)).status).toBe(404);
    }
  });
});

describe("their pages", () => {
  test.each(["light", "dark"] as const)("can be read by everybody, in %s", async (colours) => {
    await using visitor = await console.visit("operator", {
      colours,
      screen: colours === "dark" ? "telephone" : "desk",
    });
    const { page } = visitor;
    const person = `/console/people/${console.userIds.manager}`;
    for (const path of [
      "/console/services",
      "/console/services/new",
      "/console/people",
      "/console/people/new",
      person,
      "/console/account",
    ]) {
      await page.goto(path);
      expect({ path, faults: await checkAccessibility(page) }).toEqual({ path, faults: [] });
    }
  });
});
