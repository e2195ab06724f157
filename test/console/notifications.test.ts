import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newAttempt, recordCallbackAttempts } from "../../shared/callback/attempts.ts";
import { writeSteps } from "../../shared/notification/timeline.ts";
import { checkAccessibility } from "../support/browser.ts";
import { forget } from "../support/history.ts";
import { storeLetters } from "../support/letters.ts";
import { jobsAbout, type NotificationFacts } from "../support/notifications.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;
/** A text that was delivered. */
let text: string;
let email: string;
let letter: string;
/** The other service's. */
let foreign: string;

const hourMs = 3_600_000;

beforeAll(async () => {
  console = await openConsole();
  const { world } = console;
  const { sql } = world;
  text = await world.notification({
    status: "delivered",
    clientReference: "case-77/b",
    billableUnits: 1,
    createdAt: new Date("2026-03-02T09:00:00Z"),
  });
  await sql`
    update notifications set timeline = ${writeSteps([
      {
        kind: "attempt",
        at: new Date("2026-03-02T09:00:01Z"),
        provider: "mmg",
        outcome: "accepted",
        durationMs: 83,
        words: null,
      },
      {
        kind: "receipt",
        at: new Date("2026-03-02T09:00:03Z"),
        provider: "mmg",
        status: "delivered",
        code: "3",
        detail: "DELIVRD",
        reason: "Delivered to handset",
        happenedAt: null,
      },
    ])} where id = ${text}`;
  email = await world.notification({ channel: "email", status: "sending", to: "Ada@Mill.example" });
  // Its deadline is still to come, however late it is.
  letter = await world.notification({ channel: "letter", createdAt: new Date(Date.now() + hourMs) });
  const { other } = console;
  foreign = await world.notification({ serviceId: other.id, templateId: other.templates.sms });
});

afterAll(() => console[Symbol.asyncDispose]());

const list = (query = "") => console.get("viewer", console.path(`/notifications${query}`));
const one = (id: string, rest = "") => console.path(`/notifications/${id}${rest}`);

async function entries(action: string, id: string) {
  const rows = await console.world.sql<{ outcome: string; after: unknown }[]>`
    select outcome, after from audit where action = ${action} and subject = ${`notification ${id}`} order by at`;
  return [...rows];
}

describe("the list", () => {
  test.each([
    ["a part of a number", "?q=900123", "07700 900123"],
    ["a number as people write it", "?q=%2B44+7700+900123", "07700 900123"],
    ["a mail domain", "?q=mill.example", "Ada@Mill.example"],
    ["a part of a reference", "?q=CASE-77", "case-77/b"],
    ["a status", "?q=delivered", "case-77/b"],
    ["its channel", "?channel=email", "Ada@Mill.example"],
    ["a status from the list", "?status=unfinished", "Ada@Mill.example"],
    ["the key", "?key=live", "case-77/b"],
    ["London's time", "?from=2026-03-02T09:00&to=2026-03-02T09:01", "case-77/b"],
  ])("is found by %s", async (_, query, expected) => {
    const { status, text: page } = await list(query);

    expect(status).toBe(200);
    expect(page).toContain(expected);
  });

  test("is found by an id, of a message, a template or a batch, and by links", async () => {
    const { service } = console;
    const byId = await list(`?q=${text.toUpperCase()}`);
    const byTemplate = await list(`?q=${service.templates.email}`);
    const linked = await list(`?template=${service.templates.sms}`);

    expect(byId.text).toContain("case-77/b");
    expect(byId.text).not.toContain("Ada@Mill.example");
    expect(byTemplate.text).toContain("That is the id of a template");
    expect(byTemplate.text).toContain("Ada@Mill.example");
    expect(linked.text).toContain(`<option value="${service.templates.sms}" selected`);
    expect(linked.text).not.toContain("Ada@Mill.example");
  });

  test.each([
    ["?q=nobody-has-this", 200, "Nothing was found"],
    ["?q=%00%5C%25", 200, "Nothing was found"],
    ["?from=yesterday", 400, "Enter a date and a time"],
    ["?template=x", 400, "That is no id of a template"],
    ["?older=x,y&older=z", 200, "case-77/b"],
  ])("answers %s", async (query, status, said) => {
    const answer = await list(query);

    expect(answer.status).toBe(status);
    expect(answer.text).toContain(said);
  });

  test("holds nothing of another service, which operators find among all", async () => {
    const [own, all, others] = await Promise.all([
      list(),
      console.get("operator", "/console/notifications"),
      console.get("operator", `/console/notifications?q=${foreign}`),
    ]);

    expect(own.text).not.toContain(foreign);
    expect(all.text).toContain(foreign);
    expect(all.text).toContain(text);
    expect(others.text).toContain(">Elsewhere</a>");
    expect((await console.get("manager", "/console/notifications")).status).toBe(404);
    expect((await list(`?q=${foreign}`)).text).toContain("Nothing was found");
  });

  test("comes in pages, to and fro", async () => {
    const { world, service } = console;
    const at = new Date("2026-01-05T12:00:00Z");
    await world.sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, normalised_to, client_reference, created_at)
      select gen_random_uuid(), ${service.id}, ${service.templates.sms}, 1, 'normal', 'sms', 'delivered', '07700900999',
        '447700900999', 'page-' || lpad(n::text, 3, '0') || '.', ${at}::timestamptz - n * interval '1 minute'
      from generate_series(1, 120) n`;
    const follow = async (page: string, rel: string) => {
      const href = new RegExp(`rel="${rel}" href="([^"]+)"`).exec(page)?.[1] ?? "";
      return (await console.get("viewer", href.replaceAll("&amp;", "&"))).text;
    };

    const first = (await list("?q=page-")).text;
    const second = await follow(first, "next");
    const third = await follow(second, "next");
    const back = await follow(third, "prev");

    expect([first.includes("page-050."), first.includes("page-051.")]).toEqual([true, false]);
    expect([second.includes("page-051."), second.includes("page-100.")]).toEqual([true, true]);
    expect([third.includes("page-120."), third.includes('rel="next"')]).toEqual([true, false]);
    expect([back.includes("page-051."), back.includes("page-101.")]).toEqual([true, false]);
  });

  test("is taken along as CSV, in which nothing is a formula, and that is noted", async () => {
    const { world } = console;
    await world.notification({ clientReference: '=HYPERLINK("x")', status: "delivered" });

    const answer = await console.get("viewer", console.path("/notifications/download.csv?status=delivered"));

    expect(answer.headers.get("Content-Type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("Content-Disposition")).toStartWith("attachment; filename=");
    const rows = answer.text.trimEnd().split("\r\n");
    expect(rows[0]).toStartWith("Id,Made,Recipient,Reference");
    expect(rows.some((row) => row.includes(`,"'=HYPERLINK(""x"")",`))).toBe(true);
    expect(rows.filter((row) => !/,(delivered|Status),/.test(row))).toEqual([]);
    const noted = await world.sql`select subject from audit where action = 'notification.download'`;
    expect(noted.map(({ subject }) => subject)).toEqual([`service ${console.service.id}`]);
  });

  test("is taken along whole, however many pages it is read in", async () => {
    const { world, other } = console;
    await world.sql`
      insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
        recipient, normalised_to, client_reference, created_at)
      select gen_random_uuid(), ${other.id}, ${other.templates.sms}, 1, 'normal', 'sms', 'delivered', '07700900999',
        '447700900999', 'row-' || n, ${new Date("2026-01-05T12:00:00Z")}::timestamptz - n * interval '1 second'
      from generate_series(1, 2100) n`;

    const path = `/console/services/${other.id}/notifications/download.csv?q=row-`;
    const { text: csv } = await console.get("stranger", path);

    const references = csv
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((row) => row.split(",")[3]);
    expect(references.map((_, n) => `row-${n + 1}`)).toEqual(references.map(String));
    expect(references).toHaveLength(2100);
  });
});

describe("a message", () => {
  test("shows a text as it was read, what became of it, and notes who opened it", async () => {
    const { status, text: page } = await console.get("viewer", one(text));

    expect(status).toBe(200);
    for (const part of [
      "Text to 07700 900123",
      "Hello Ada, come on Monday",
      "From TownHall",
      "mmg reported",
      "3 · DELIVRD · Delivered to handset",
      "case-77/b",
      "83 ms",
    ])
      expect(page).toContain(part);
    expect(page).not.toContain("Send it anew");
    expect(await entries("notification.open", text)).toMatchObject([{ outcome: "done" }]);
  });

  test("shows a long text in as many parts as it is charged for", async () => {
    const day = "€".repeat(200);
    const id = await console.world.notification({ personalisation: { name: "Ada", day } });

    const { text: page } = await console.get("viewer", one(id));

    expect(page.match(/class="bubble"/g)?.length).toBe(3);
    expect(page).toContain("sent as 3 texts");
  });

  test("shows an email in a frame with a policy of its own, noted once with its page", async () => {
    const { text: page } = await console.get("viewer", one(email));
    const src = /src="([^"]+email\.html[^"]+)"/.exec(page)?.[1] ?? "";
    const frame = await console.get("viewer", src);

    expect(page).toContain("Your visit on Monday");
    expect(page).toMatch(/<iframe[^>]* sandbox=""/);
    expect(frame.headers.get("Content-Security-Policy")).toStartWith(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:;",
    );
    expect(frame.text).toContain("Hello Ada");
    expect(await entries("notification.open", email)).toHaveLength(1);

    await console.get("manager", src);

    expect(await entries("notification.open", email)).toHaveLength(2);
  });

  test("says nothing more when its page is asked for again to be brought up to date", async () => {
    const id = await console.world.notification();
    const { text: page } = await console.get("viewer", one(id), { "X-Console-Live": "1" });

    expect(page).toContain("What became of it");
    expect(page).not.toContain("Hello Ada");
    expect(await entries("notification.open", id)).toEqual([]);
  });

  test("hides what its template hides", async () => {
    const { world, service } = console;
    const id = await world.notification({ channel: "email", personalisation: { name: "Xerxes", day: "1" } });
    await world.sql`
      insert into template_redacted (template_id, updated_by_id, created_at)
      values (${service.templates.email}, ${console.userIds.manager}, now())`;

    const pages = await Promise.all(
      [one(id), one(id, "/email.html")].map((path) => console.get("operator", path)),
    );
    await world.sql`delete from template_redacted`;

    for (const { text: page } of pages) {
      expect(page).toContain("[hidden]");
      expect(page).not.toContain("Xerxes");
    }
  });

  test("is told of by what is left of it, once it is no longer kept", async () => {
    const { world } = console;
    const id = await world.notification({ status: "delivered", clientReference: "gone" });
    await forget(world.sql, id);

    const { status, text: page } = await console.get("viewer", one(id));

    expect(status).toBe(200);
    expect(page).toContain("no longer kept");
    expect(page).toContain("gone");
    expect((await list(`?q=${id}`)).text).toContain("no longer kept (text)");
  });

  test("is none of another service's, nor of strangers", async () => {
    const paths = ["", "/email.html", "/pages/1.png", "/letter.pdf", "/resend", "/replay", "/cancel"];
    for (const rest of paths) {
      expect({ rest, status: (await console.get("manager", one(foreign, rest))).status }).toEqual({
        rest,
        status: 404,
      });
      expect((await console.get("stranger", one(text, rest))).status).toBe(404);
    }
    expect((await console.get("operator", `/console/notifications/${text}`)).location).toBe(one(text));
    expect((await console.get("operator", one(crypto.randomUUID()))).status).toBe(404);
  });
});

describe("a letter", () => {
  test("is saved as PDF, which is noted; a page that is not drawn is said to be so", async () => {
    const { world, service } = console;
    const [stored] = await storeLetters(
      { sql: world.sql, cipher: world.cipher, storage: world.deps.storage, service },
      [{}],
    );
    const id = stored?.id ?? "";
    await world.sql`
      update notifications set template_id = ${service.templates.letter} where id = ${id}`;

    const page = await console.get("viewer", one(id));
    const pdf = await console.get("viewer", one(id, "/letter.pdf"));
    const picture = await console.get("viewer", one(id, "/pages/1.png"));
    const none = await console.get("viewer", one(id, "/pages/0.png"));

    expect(page.text).toContain(`src="${one(id, "/pages/2.png")}?seen=`);
    expect(pdf.headers.get("Content-Type")).toBe("application/pdf");
    expect(pdf.headers.get("Content-Disposition")).toContain("attachment");
    expect(await entries("notification.download", id)).toHaveLength(1);
    expect([picture.status, none.status]).toEqual([503, 404]);
  });

  test("is cancelled after a question, by managers alone, and not twice", async () => {
    const asked = await console.get("manager", one(letter, "/cancel"));
    const refused = await console.post("viewer", one(letter, "/cancel"));
    const done = await console.post("manager", one(letter, "/cancel"));
    const again = await console.post("manager", one(letter, "/cancel"));

    expect(asked.text).toContain("Cancel the letter");
    expect(refused.status).toBe(404);
    expect(done.location).toBe(one(letter));
    expect(again.status).toBe(409);
    expect(await entries("letter.cancel", letter)).toEqual([
      { outcome: "done", after: { status: "cancelled" } },
    ]);
    expect((await console.get("manager", one(letter))).text).toContain(">cancelled</span>");
  });

  test("says why it cannot be cancelled any more", async () => {
    const id = await console.world.notification({
      channel: "letter",
      createdAt: new Date(Date.now() - 30 * 24 * hourMs),
    });

    const answer = await console.post("manager", one(id, "/cancel"));

    expect(answer.status).toBe(400);
    expect(answer.text).toContain("too late to cancel");
    expect(await entries("letter.cancel", id)).toMatchObject([{ outcome: "refused" }]);
  });
});

describe("what can be done", () => {
  test("queues a delivery that lost its job, once", async () => {
    const { world } = console;
    const id = await world.notification();

    const done = await console.post("manager", one(id, "/replay"));
    const again = await console.post("manager", one(id, "/replay"));

    expect(done.location).toBe(one(id));
    expect(again.status).toBe(400);
    expect(again.text).toContain("It has a job in deliver-sms");
    expect(await jobsAbout(world.sql, "deliver-sms", id)).toHaveLength(1);
    expect((await entries("notification.replay", id)).map(({ outcome }) => outcome)).toEqual([
      "done",
      "refused",
    ]);
  });

  test("tells the service again", async () => {
    const { world, service } = console;
    const payload = {
      v: 1 as const,
      type: "delivery_status" as const,
      serviceId: service.id,
      subjectId: text,
      attempt: 1,
      body: await world.cipher.encrypt("{}", `callback:${text}`),
    };
    const told = {
      at: new Date("2026-03-02T09:00:05Z"),
      outcome: "refused" as const,
      status: 410,
      error: null,
      address: null,
      durationMs: 12,
      reason: "The server said it is gone",
      excerpt: "",
    };
    await recordCallbackAttempts(world.sql, [await newAttempt(payload, told, world.cipher)]);

    const page = await console.get("manager", one(text));
    const done = await console.post("manager", one(text, "/callback"), { type: "delivery_status" });
    const none = await console.post("manager", one(text, "/callback"), { type: "x" });

    expect(page.text).toContain("answered 410 · The server said it is gone");
    expect(done.location).toBe(one(text));
    expect(none.status).toBe(400);
    expect(await jobsAbout(world.sql, "service-callbacks-replay", text)).toHaveLength(1);
    expect(await entries("callback.replay", text)).toMatchObject([
      { outcome: "done", after: { type: "delivery_status" } },
    ]);
  });

  const sent = async (facts: NotificationFacts = {}) =>
    await console.world.notification({ status: "permanent-failure", to: "07700900124", ...facts });
  const nonceIn = (page: string) => /name="nonce" value="([^"]+)"/.exec(page)?.[1] ?? "";

  test.each(["manager", "operator"] as const)("sends it anew, once, as %s", async (person) => {
    const { world } = console;
    const id = await sent();

    const nonce = nonceIn((await console.get(person, one(id, "/resend"))).text);
    const [first, second] = [
      await console.post(person, one(id, "/resend"), { nonce }),
      await console.post(person, one(id, "/resend"), { nonce }),
    ];

    const newId = first.location?.split("/").at(-1) ?? "";
    expect(second.location).toBe(first.location);
    expect(newId).not.toBe(id);
    expect((await console.get(person, one(newId))).text).toContain("Hello Ada, come on Monday");
    expect(await jobsAbout(world.sql, "deliver-sms", newId)).toHaveLength(1);
    expect(await entries("notification.resend", id)).toEqual([
      { outcome: "done", after: { notification: newId } },
    ]);
  });

  test("sends no test anew, nothing unfinished, and nothing for those who may not send", async () => {
    const ids = [await sent({ keyType: "test" }), await sent({ status: "sending" })];
    const nonce = crypto.randomUUID();

    const answers = await Promise.all(
      ids.map((id) => console.post("manager", one(id, "/resend"), { nonce })),
    );

    expect(answers.map(({ status }) => status)).toEqual([409, 409]);
    const id = await sent();
    expect((await console.post("viewer", one(id, "/resend"), { nonce })).status).toBe(404);
    expect((await console.get("viewer", one(id, "/resend"))).status).toBe(404);
  });

  test("sends nothing anew for managers who may not send such messages", async () => {
    const { world, userIds } = console;
    const id = await sent();
    const permission = { user_id: userIds.manager, service_id: console.service.id, permission: "send_texts" };
    await world.sql`
      delete from permissions where user_id = ${userIds.manager} and permission = ${permission.permission}`;

    const page = await console.get("manager", one(id));
    const answer = await console.post("manager", one(id, "/resend"), { nonce: crypto.randomUUID() });
    await world.sql`insert into permissions ${world.sql(permission)}`;

    expect(page.text).not.toContain("Send it anew");
    expect(answer.status).toBe(409);
  });

  test("says why it was not sent anew", async () => {
    const id = await sent({ personalisation: { name: "Ada" } });

    const answer = await console.post("manager", one(id, "/resend"), { nonce: crypto.randomUUID() });

    expect(answer.status).toBe(400);
    expect(answer.text).toContain("Missing personalisation: day");
    expect((await entries("notification.resend", id)).map(({ outcome }) => outcome)).toEqual(["refused"]);
  });
});

describe("the pages", () => {
  test.each([
    ["light", "desk", () => ["", "?from=x", `/${text}`, `/${text}/callback`]],
    ["dark", "telephone", () => ["", `/${email}`]],
  ] as const)("can be read by everybody, %s on a %s", async (colours, screen, rests) => {
    await using visitor = await console.visit("manager", { colours, screen });
    const { page } = visitor;
    for (const rest of rests()) {
      await page.goto(console.path(`/notifications${rest}`));
      expect({ rest, faults: await checkAccessibility(page) }).toEqual({ rest, faults: [] });
    }
  });

  test("serve those without scripts: search, open, read, send anew", async () => {
    const id = await console.world.notification({
      channel: "email",
      status: "delivered",
      to: "grace@harbour.example",
    });
    await using visitor = await console.visit("manager", { scripts: "off" });
    const { page } = visitor;

    await page.goto(console.path("/notifications"));
    await page.getByLabel("Recipient, reference, id or status").fill("harbour.example");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "grace@harbour.example" }).click();
    expect(page.url()).toEndWith(one(id));
    expect(await page.frameLocator("iframe").locator("body").textContent()).toContain("Hello Ada");
    await page.getByRole("link", { name: "Send it anew" }).click();
    await page.getByRole("button", { name: "Send it" }).click();

    expect(page.url()).not.toContain(id);
    expect(await page.getByRole("status").textContent()).toContain("Sent anew");
  });
});
