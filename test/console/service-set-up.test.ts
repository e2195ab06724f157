import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { bearerOf } from "../api/bearer-of.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

async function lastEntry() {
  const [entry] = await console.world.sql`
    select action, outcome, subject, before, after from audit order by at desc limit 1`;
  return entry;
}

describe("API keys", () => {
  const path = (rest = "") => console.path(`/api-keys${rest}`);

  test("are shown once, as clients take them, and work at once", async () => {
    const made = await console.post("manager", path(), { name: "Booking system", type: "normal" });
    const entry = await lastEntry();
    const page = await console.get("viewer", path());

    const key = /<pre class="secret">([^<]+)</.exec(made.text)?.[1] ?? "";
    const secret = key.slice(-36);
    expect(key).toBe(`Booking_system-${console.service.id}-${secret}`);
    const [row] = await console.world.sql`select id, key_type from api_keys where name = 'Booking system'`;
    expect(row?.key_type).toBe("normal");
    expect(entry).toMatchObject({ action: "api-key.create", after: { id: row?.id, type: "normal" } });
    expect(page.text).toContain("Booking system");
    expect(page.text).not.toContain(secret);
    expect(page.text).not.toContain("Make the key");
    expect(JSON.stringify(await console.world.sql`select * from audit`)).not.toContain(secret);
    expect(console.world.lines.some((line) => JSON.stringify(line).includes(secret))).toBe(false);
    const headers = await bearerOf(key);
    const answer = await fetch(`${console.world.apiUrl}/v2/notifications`, { headers });
    expect(answer.status).toBe(200);
  });

  test.each([
    [{ name: " ", type: "normal" }, "Enter a name"],
    [{ name: "TEAM", type: "normal" }, "Another key of this service has that name"],
    [{ name: "Other", type: "" }, "Choose what the key is for"],
  ])("are not made of %p", async (fields, message) => {
    const { status, text } = await console.post("manager", path(), fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
    expect(text).not.toContain('class="secret"');
  });

  test("are revoked for good, once that is ticked", async () => {
    await console.post("manager", path(), { name: "Old program", type: "team" });
    const [key] = await console.world.sql`select id from api_keys where name = 'Old program'`;
    const revoke = path(`/${key?.id}/revoke`);

    const asked = await console.get("manager", revoke);
    const unsure = await console.post("manager", revoke);
    const done = await console.post("manager", revoke, { confirm: "yes" });
    const entry = await lastEntry();
    const again = await console.post("manager", revoke, { confirm: "yes" });
    const page = await console.get("manager", path());

    expect(asked.text).toContain("Revoke Old program");
    expect(unsure.text).toContain("Tick that the key is to be revoked");
    expect([unsure.status, done.location, again.status]).toEqual([400, path(), 404]);
    expect(entry).toEqual({
      action: "api-key.revoke",
      outcome: "done",
      subject: `api-key ${key?.id}`,
      before: { type: "team", revoked: false },
      after: { revoked: true },
    });
    expect(page.text).toContain("revoked");
  });

  test("are nobody else's to see or change", async () => {
    const [theirs] = await console.world.sql`
      select id from api_keys where service_id = ${console.other.id} limit 1`;
    const [ours] = await console.world.sql`
      select id from api_keys where service_id = ${console.service.id} and expiry_date is null limit 1`;
    const confirm = { confirm: "yes" };

    const answers = await Promise.all([
      console.get("stranger", path()),
      console.post("viewer", path(), { name: "X", type: "normal" }),
      console.get("viewer", path(`/${ours?.id}/revoke`)),
      console.post("viewer", path(`/${ours?.id}/revoke`), confirm),
      console.post("manager", path(`/${theirs?.id}/revoke`), confirm),
      console.get("manager", path("/nonsense/revoke")),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  });
});

describe("senders", () => {
  const path = (rest = "") => console.path(`/senders${rest}`);
  const idOf = async (table: string, column: string, value: string) => {
    const { sql } = console.world;
    const [row] =
      await sql`select id from ${sql(table)} where ${sql(column)} = ${value} and service_id = ${console.service.id} and not archived`;
    return String(row?.id);
  };

  test("of texts are added, made the default, changed and removed", async () => {
    const added = await console.post("manager", path("/sms"), { sms_value: "Parking", sms_default: "yes" });
    const entry = await lastEntry();
    const id = await idOf("service_sms_senders", "sms_sender", "Parking");
    const kept = await console.post("manager", path(`/sms/${id}/remove`), { confirm: "yes" });
    const old = await idOf("service_sms_senders", "sms_sender", "TownHall");
    await console.post("manager", path(`/sms/${old}`), { value: "TownHall", default: "yes" });
    const renamed = await console.post("manager", path(`/sms/${id}`), { value: "Parking 2" });
    const unsure = await console.post("manager", path(`/sms/${id}/remove`));
    const removed = await console.post("manager", path(`/sms/${id}/remove`), { confirm: "yes" });

    expect([added.location, renamed.location, removed.location]).toEqual([path(), path(), path()]);
    expect(entry).toMatchObject({
      action: "sender.add",
      subject: `sms sender ${id}`,
      after: { isDefault: true },
    });
    expect(kept.status).toBe(400);
    expect(kept.text).toContain("You cannot delete a default sms sender");
    expect(unsure.text).toContain("Tick that it is to be removed");
    expect((await console.get("viewer", path())).text).not.toContain("Parking 2");
    expect(await lastEntry()).toMatchObject({ action: "sender.remove", after: { archived: true } });
  });

  test.each([
    ["sms", { sms_value: "No" }, "Text message sender ID must be at least 3 characters long"],
    ["email", { email_value: "nonsense" }, "Not a valid email address"],
    ["email", { email_value: "answers@town-hall.example" }, "is already a reply-to email address"],
    ["letter", { letter_value: " " }, "must not be empty"],
    ["letter", { letter_value: "x\n".repeat(11) }, "must not have more than 10 lines"],
  ])("of %s are not added as %p", async (kind, fields, message) => {
    const { status, text } = await console.post("manager", path(`/${kind}`), fields);

    expect(status).toBe(400);
    expect(text).toContain(message);
  });

  test("leave no address in the audit", async () => {
    await console.post("manager", path("/email"), { email_value: "parking@town-hall.example" });
    await console.post("manager", path("/letter"), { letter_value: "Parking\nHigh Street 1" });

    const page = await console.get("viewer", path());

    expect(page.text).toContain("parking@town-hall.example");
    expect(page.text).toContain("Parking\nHigh Street 1");
    const noted = JSON.stringify(await console.world.sql`select * from audit where action like 'sender.%'`);
    expect(noted).not.toContain("parking@");
    expect(noted).not.toContain("High Street");
  });

  test("are nobody else's to see or change", async () => {
    const [theirs] = await console.world.sql`
      select id from service_sms_senders where service_id = ${console.other.id}`;

    const answers = await Promise.all([
      console.get("stranger", path()),
      console.post("viewer", path("/sms"), { sms_value: "Viewer" }),
      console.get("viewer", path(`/sms/${theirs?.id}`)),
      console.get("manager", path(`/sms/${theirs?.id}`)),
      console.post("manager", path(`/sms/${theirs?.id}`), { value: "Ours", default: "yes" }),
      console.post("manager", path("/fax"), { fax_value: "X" }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404, 404, 404]);
  });
});

describe("the guest list", () => {
  const path = () => console.path("/guest-list");

  test("holds the addresses and numbers that it is given, and no others", async () => {
    await console.post("manager", path(), {
      "email-1": "ada@guests.example",
      "email-4": "bea@guests.example",
    });
    const saved = await console.post("manager", path(), {
      "email-2": "bea@guests.example",
      "mobile-1": "07700 900111",
    });
    const page = await console.get("viewer", path());

    expect(saved.location).toBe(path());
    for (const guest of ["bea@guests.example", "07700 900111"]) expect(page.text).toContain(guest);
    expect(page.text).not.toContain("ada@guests.example");
    expect(await lastEntry()).toMatchObject({
      action: "guest-list.change",
      before: { emailAddresses: 2, numbers: 0 },
      after: { emailAddresses: 1, numbers: 1 },
    });
  });

  test("stays as it is where somebody in it cannot be sent to", async () => {
    const { status, text } = await console.post("manager", path(), {
      "email-1": "07700 900111",
      "mobile-2": "12",
    });

    expect(status).toBe(400);
    expect(text).toContain("Email address 1 is not one that can be sent to");
    expect(text).toContain("Mobile number 2 is not one that can be sent to");
    expect((await console.get("viewer", path())).text).toContain("bea@guests.example");
    expect((await console.post("viewer", path(), {})).status).toBe(404);
    expect((await console.get("stranger", path())).status).toBe(404);
  });
});

describe("usage", () => {
  const path = () => console.path("/usage");

  test("is shown against the day's limits", async () => {
    const { sql } = console.world;
    await sql`
      insert into service_counters (service_id, tokens, filled_at, utc_date, sms, email)
      select ${console.service.id}, '{0,0,0}', array[now(), now(), now()], (now() at time zone 'UTC')::date, 850, 20
      on conflict (service_id) do update set sms = 850, email = 20, utc_date = excluded.utc_date`;
    await sql`
      update services set sms_message_limit = 1000, email_message_limit = 20 where id = ${console.service.id}`;
    // Whoever reads services may have this one as it was two seconds ago.
    await console.post("operator", console.path("/settings"), {
      name: "Town Hall",
      sender_name: "",
      contact_link: "",
    });

    const { text } = await console.get("viewer", path());

    expect(text).toContain('<progress id="limit-1" max="1000" value="850"></progress>');
    expect(text).toContain("nearly reached");
    expect(text).toContain("none left today");
    expect(text).toContain("20 of 20");
  });

  test("is billed by month and financial year, what is free first", async () => {
    const { sql } = console.world;
    await sql`
      insert into ft_billing (bst_date, template_id, service_id, notification_type, provider, rate_multiplier,
        international, rate, postage, billable_units, notifications_sent)
      select d::date, ${console.service.templates.sms}, ${console.service.id}, 'sms', 'mmg', 1, false, 0.02, 'none',
        1500, 1400
      from unnest(array['2024-05-10', '2024-06-10']) d`;
    await sql`
      insert into annual_billing (service_id, financial_year_start, free_sms_fragment_limit)
      values (${console.service.id}, 2024, 2000)`;

    const { text } = await console.get("viewer", `${path()}?year=2024`);
    const strange = await Promise.all(
      ["1999", "2999", "x"].map((year) => console.get("viewer", `${path()}?year=${year}`)),
    );

    expect(text).toContain("May 2024");
    expect(text).toContain("June 2024");
    // 3,000 fragments, of which 2,000 are free.
    expect(text).toContain("<strong>£20.00</strong>");
    expect(text).toContain("2,000 of 2,000 a year");
    expect(strange.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect((await console.get("stranger", path())).status).toBe(404);
  });
});

test("a key is made on a telephone, by keyboard alone", async () => {
  await using visitor = await console.visit("manager", { screen: "telephone" });
  const { page } = visitor;
  await page.goto(console.path("/api-keys"));
  const reach = async (name: string) => {
    for (let pressed = 0; pressed < 80; pressed++) {
      const at = await page.evaluate(() => document.activeElement?.id ?? "");
      if (at === name) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`Cannot reach ${name} by keyboard`);
  };

  await reach("name");
  await page.keyboard.type("By keyboard");
  await reach("type");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");

  await page.getByText("To all keys").waitFor();
  expect(await page.locator(".secret").textContent()).toStartWith("By_keyboard-");
  const [key] = await console.world.sql`select key_type from api_keys where name = 'By keyboard'`;
  expect(key?.key_type).toBe("team");
  for (const path of ["/api-keys", "/senders", "/guest-list", "/usage"]) {
    await page.goto(console.path(path));
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect({ path, width }).toEqual({ path, width: 360 });
  }
});

test.each(["light", "dark"] as const)("their pages can be read by everybody, in %s", async (colours) => {
  await using visitor = await console.visit("manager", { colours });
  const [key] = await console.world.sql`
    select id from api_keys where service_id = ${console.service.id} and expiry_date is null limit 1`;
  const [sender] = await console.world.sql`
    select id from service_sms_senders where service_id = ${console.service.id} and not archived limit 1`;
  const paths = ["/api-keys", `/api-keys/${key?.id}/revoke`, "/senders", `/senders/sms/${sender?.id}`];
  for (const path of [...paths, "/guest-list", "/usage"]) {
    await visitor.page.goto(console.path(path));
    expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
  }
});
