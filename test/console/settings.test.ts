import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

async function service() {
  const [row] = await console.world.sql`select * from services where id = ${console.service.id}`;
  return row ?? {};
}

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, outcome, before, after, service_id as "serviceId" from audit order by at desc limit 1`;
  return entry;
}

const general = { name: "Town Hall", sender_name: "", contact_link: "" };
const allowed = {
  mode: "live",
  emails: "10",
  texts: "20",
  letters: "30",
  international: "40",
  rate: "50",
  permissions: ["email", "sms"],
};

describe("a service's settings", () => {
  test("are changed by its managers, and the change is noted with what differs", async () => {
    const changed = {
      name: "Town Council",
      sender_name: "The Council",
      contact_link: "https://hall.example",
    };

    const { location } = await console.post("manager", console.path("/settings"), {
      ...changed,
      prefix_sms: "yes",
    });
    const page = await console.get("manager", console.path("/settings"));

    expect(location).toBe(console.path("/settings"));
    expect(await service()).toMatchObject({
      name: "Town Council",
      email_sender_name: "The Council",
      contact_link: "https://hall.example",
      prefix_sms: true,
    });
    expect(page.text).toContain('value="The Council"');
    expect(await lastEntry()).toEqual({
      action: "service.settings",
      outcome: "done",
      serviceId: console.service.id,
      before: { name: "Town Hall", contactLink: null, prefixSms: false, emailSenderName: null },
      after: {
        name: "Town Council",
        emailSenderName: "The Council",
        contactLink: "https://hall.example",
        prefixSms: true,
      },
    });
    await console.post("manager", console.path("/settings"), general);
  });

  test.each([
    [{ ...general, name: "" }, "Enter a name"],
    [{ ...general, name: "ELSEWHERE" }, "Another service has that name, or one that reads the same"],
    [{ ...general, sender_name: "?" }, "Service name must include at least 2 letters or numbers"],
    [{ ...general, contact_link: "javascript:alert(1)" }, "The contact must be a web address"],
  ])("stay as they are where %p", async (fields, message) => {
    const before = await service();

    const { status, text } = await console.post("manager", console.path("/settings"), fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
    const { name, email_sender_name, contact_link } = await service();
    expect({ name, email_sender_name, contact_link }).toEqual({
      name: before.name,
      email_sender_name: before.email_sender_name,
      contact_link: before.contact_link,
    });
  });

  test("say for how long messages are kept", async () => {
    const path = console.path("/settings/retention");

    const { location } = await console.post("manager", path, { sms: "30", email: "7", letter: "90" });
    const page = await console.get("viewer", console.path("/settings"));
    const refused = await console.post("manager", path, { sms: "2", email: "91", letter: "x" });

    expect(location).toBe(console.path("/settings"));
    const kept = await console.world.sql`
      select notification_type as type, days_of_retention as days from service_data_retention order by 1`;
    expect(kept.map(({ type, days }) => [type, days])).toEqual([
      ["letter", 90],
      ["sms", 30],
    ]);
    expect(page.text).not.toContain('<form method="post" action="/console/services');
    expect(refused.text.match(/Choose from 3 to 90 days/g)?.length).toBe(6);
  });

  test("that only operators grant are not the managers' to change", async () => {
    const before = await service();

    const refused = await console.post("manager", console.path("/settings/allowed"), allowed);
    const { location } = await console.post("operator", console.path("/settings/allowed"), allowed);

    expect(refused.status).toBe(404);
    expect(before.email_message_limit).not.toBe("10");
    expect(location).toBe(console.path("/settings"));
    expect(await service()).toMatchObject({
      restricted: false,
      email_message_limit: "10",
      sms_message_limit: "20",
      letter_message_limit: "30",
      international_sms_message_limit: "40",
      rate_limit: 50,
    });
    const permissions = await console.world.sql`
      select permission from service_permissions where service_id = ${console.service.id} order by 1`;
    expect(permissions.map(({ permission }) => permission)).toEqual(["email", "sms"]);
  });

  test("stop it from sending, once that is ticked, and let it send again", async () => {
    const path = console.path("/settings/standing");

    const unsure = await console.post("operator", path, { state: "suspended" });
    const stillActive = (await service()).active;
    await console.post("operator", path, { state: "suspended", confirm: "yes" });
    const suspended = await service();
    const byManager = await console.post("manager", path, { state: "active" });
    await console.post("operator", path, { state: "active" });

    expect([unsure.status, stillActive, suspended.active, byManager.status]).toEqual([400, true, false, 404]);
    expect(unsure.text).toContain("Tick that the service is to stop sending");
    expect((await service()).active).toBe(true);
    expect(await lastEntry()).toMatchObject({ before: { active: false }, after: { active: true } });
  });
});

describe("members", () => {
  const path = (rest = "") => console.path(`/members${rest}`);

  test("are added by a manager, with a password where they are new", async () => {
    const fields = { name: "Bea", email: "bea@hall.example", role: "manager" };

    const made = await console.post("manager", path("/new"), fields);
    const again = await console.post("manager", path("/new"), fields);
    const known = await console.post("manager", path("/new"), {
      name: "Whatever",
      email: "stranger@people.example",
      role: "viewer",
    });

    expect(made.text).toMatch(/<pre class="secret">[a-z2-9-]{23}<\/pre>/);
    expect([again.status, known.location]).toEqual([400, path()]);
    expect(again.text).toContain("This person is a member already");
    const page = await console.get("viewer", path());
    for (const name of ["Bea", "Ms stranger", "Ms manager"]) expect(page.text).toContain(name);
    expect(page.text).not.toContain(path("/new"));
  });

  test("get other rights, of which the next page they open knows", async () => {
    const user = console.userIds.viewer;

    await console.post("manager", path(`/${user}`), { permissions: ["manage_settings", "view_activity"] });
    const allowedNow = await console.get("viewer", path("/new"));
    await console.post("manager", path(`/${user}`), { permissions: ["view_activity"] });

    expect(allowedNow.text).toContain("Add the person");
    expect(await lastEntry()).toMatchObject({
      action: "member.permissions",
      before: { permissions: ["manage_settings", "view_activity"] },
      after: { permissions: ["view_activity"] },
    });
  });

  test("are removed, but never the last manager", async () => {
    const { sql } = console.world;
    await sql`delete from permissions where user_id in (select id from users where name = 'Bea')`;
    const { manager, stranger } = console.userIds;

    const last = await console.post("manager", path(`/${manager}/remove`));
    const demoted = await console.post("manager", path(`/${manager}`), { permissions: [] });
    const other = await console.post("manager", path(`/${stranger}/remove`));

    expect([last.status, demoted.status, other.location]).toEqual([400, 400, path()]);
    expect(last.text).toContain("This is the last manager of the service");
    const left = await sql`select from user_to_service where service_id = ${console.service.id}
      and user_id in (${manager}, ${stranger})`;
    expect(left).toHaveLength(1);
  });

  test("of another service are nobody's here", async () => {
    expect((await console.get("manager", path(`/${console.userIds.operator}`))).status).toBe(404);
    expect((await console.post("manager", path(`/${console.userIds.operator}/remove`))).status).toBe(404);
  });
});

test.each(["light", "dark"] as const)("their pages can be read by everybody, in %s", async (colours) => {
  await using visitor = await console.visit("operator", { colours });
  const member = `/members/${console.userIds.viewer}`;
  for (const path of ["/settings", "/members", "/members/new", member]) {
    await visitor.page.goto(console.path(path));
    expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
  }
});
