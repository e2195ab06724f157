import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { raiseAlert } from "../../shared/alert/alert.ts";
import { enqueue } from "../../shared/queue/enqueue.ts";
import { maintain } from "../../worker/tasks/maintain.ts";
import { checkAccessibility } from "../support/browser.ts";
import { countedUntil, type Happened, storeHappened } from "../support/traffic.ts";
import { until } from "../support/until.ts";
import { never } from "../worker/providers/provider-server.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
  const { world, service, other } = console;
  // Long enough ago that no minute which ends meanwhile matters.
  const at = new Date(Date.now() - 10 * minuteMs);
  const before = new Date(at.getTime() - 2 * hourMs);
  const many = (times: number, facts: Omit<Happened, "createdAt">): Happened[] =>
    Array.from({ length: times }, () => ({ createdAt: at, ...facts }));
  const mine = { serviceId: service.id };
  const ended = { sentAt: at, updatedAt: at };
  await storeHappened(world.sql, [
    ...many(40, { ...mine, ...ended, status: "delivered" }),
    ...many(10, { ...mine, sentAt: at }),
    ...many(3, { ...mine, ...ended, status: "permanent-failure" }),
    ...many(7, { ...mine, channel: "email", sentAt: at, sentBy: "ses" }),
    ...many(30, { ...mine, keyType: "test" }),
    ...many(5, { serviceId: other.id, channel: "letter" }),
    { ...mine, createdAt: before, sentAt: before },
  ]);
  await countedUntil(world.sql, new Date(before.getTime() - 5 * minuteMs));
  await countTraffic();
});

afterAll(() => console[Symbol.asyncDispose]());

/** As the worker does each minute, until nothing is left to count. */
async function countTraffic() {
  for (let hour = 0; hour < 4; hour++) {
    const dueAt = new Date(Date.now() - hour).toISOString();
    await maintain({ task: "count-traffic", dueAt }, console.world.newDeps(), never);
  }
}

/** What the tiles of a page say, by their titles. */
function figures(html: string): Record<string, string> {
  const tiles = html.matchAll(
    /<span class="tile-title">([^<]*)<\/span>\s*<span class="figure">([^<]*)<\/span>/g,
  );
  return Object.fromEntries([...tiles].map(([, title = "", figure = ""]) => [title, figure]));
}

describe("the overview", () => {
  test("tells operators what became of everybody's messages in the last hour, without test keys", async () => {
    const { text } = await console.get("operator", "/console");

    expect(figures(text)).toMatchObject({
      Accepted: "65",
      Sent: "60",
      Delivered: "40",
      Failed: "3",
      "Open alerts": "0",
      "Dead letters": "0",
      "Callbacks failing": "0",
    });
    expect(text).toContain("61.5 % of accepted");
    expect(text).toContain('<a href="/console/notifications?key=test">30 messages of test keys</a>');
  });

  test.each([
    ["6h", "66"],
    ["24h", "66"],
    ["7d", "66"],
    ["30d", "66"],
    ["a year", "65"],
  ])("goes as far back as asked: %s", async (range, accepted) => {
    const { status, text } = await console.get("operator", `/console?range=${encodeURIComponent(range)}`);

    expect(status).toBe(200);
    expect(figures(text).Accepted).toBe(accepted);
    const current = /href="\/console\?range=(\w+)" aria-current="true"/.exec(text)?.[1];
    expect(current).toBe(range === "a year" ? "1h" : range);
  });

  test("of a service is of it alone", async () => {
    const mine = await console.get("viewer", console.path());
    const theirs = await console.get("stranger", `/console/services/${console.other.id}`);

    expect(figures(mine.text)).toEqual({ Accepted: "60", Sent: "60", Delivered: "40", Failed: "3" });
    expect(figures(theirs.text)).toEqual({ Accepted: "5", Sent: "0", Delivered: "0", Failed: "0" });
    expect((await console.get("stranger", console.path())).status).toBe(404);
  });

  test("leads those who are no operators to their services", async () => {
    for (const person of ["manager", "viewer", "stranger"] as const) {
      expect(await console.get(person, "/console")).toMatchObject({
        status: 303,
        location: "/console/services",
      });
    }
  });

  test("says what is wrong, and does not count the dead among those who wait", async () => {
    const { sql } = console.world;
    await raiseAlert(sql, {
      subject: "print-run",
      severity: "page",
      title: "The print run <b>is late</b>",
      facts: {},
      at: new Date(),
    });
    await enqueue(sql, [
      { name: "maintenance", groupId: "a", data: { task: "a", dueAt: "2026-08-01T00:00:00Z" } },
    ]);
    await sql`
      insert into pgboss.job (id, name, data, source_name, source_id)
      select gen_random_uuid(), 'dead-letters', '{}', 'inbound-sms', gen_random_uuid() from generate_series(1, 4)`;

    // What was read a moment ago is shown for a few seconds more.
    const { text } = await until(async () => {
      const answer = await console.get("operator", "/console?range=24h");
      return figures(answer.text)["Open alerts"] === "1" && answer;
    }, "the overview was read anew");

    expect(figures(text)).toMatchObject({ "Dead letters": "4", "Waiting in queues": "2" });
    expect(text).toContain("needs you");
    expect(text).toContain("The print run &lt;b&gt;is late&lt;/b&gt;");
    expect(text).not.toContain('href="/console/queues/dead-letters"');
  });

  test("leads only to pages that are there", async () => {
    const [all, one] = [
      await console.get("operator", "/console"),
      await console.get("operator", console.path()),
    ];
    const links = [...(all.text + one.text).matchAll(/ href="(\/console[^"#]*)/g)].map(([, link = ""]) =>
      link.replaceAll("&amp;", "&"),
    );
    const answers = [];
    for (const link of new Set(links)) {
      const { status } = await console.get("operator", link);
      answers.push({ link, status });
    }

    expect(answers.length).toBeGreaterThan(30);
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  });
});

describe("its charts", () => {
  test("are drawn to be pointed at, in light and dark, on desk and telephone", async () => {
    for (const [path, options] of [
      ["/console", {}],
      [console.path(), { colours: "dark", screen: "telephone" }],
    ] as const) {
      await using visitor = await console.visit("operator", options);
      const { page } = visitor;
      await page.goto(path);
      await page.locator(".drawing canvas").nth(2).waitFor();

      expect(await page.locator(".drawing svg").count()).toBe(0);
      const texts = page.locator("figure", { hasText: "Texts (a minute)" });
      await texts.locator(".u-over").hover();
      expect(await texts.locator(".pointed").textContent()).toMatch(/^\d+ \w+ \d\d:\d\d$/);
      expect(await texts.locator(".legend b").allTextContents()).toEqual(["0", "0", "0", "0"]);
      expect({ path, faults: await checkAccessibility(page) }).toEqual({ path, faults: [] });
    }
  });

  test("are there without scripts, with a table of the same figures", async () => {
    await using visitor = await console.visit("operator", { scripts: "off" });
    const { page } = visitor;
    await page.goto("/console");

    expect(await page.locator(".drawing svg[role=img]").count()).toBeGreaterThanOrEqual(3);
    expect(await page.locator("canvas").count()).toBe(0);
    await page.getByText("Figures of Texts", { exact: true }).click();
    const table = page.getByRole("table", { name: /^Texts/ });
    expect(await table.getByRole("cell", { name: "53", exact: true }).first().isVisible()).toBe(true);
  });

  test("follow what happens while somebody looks", async () => {
    await using visitor = await console.visit("viewer");
    const { page } = visitor;
    await page.route(`**${console.path()}?range=6h`, async (route) => {
      const response = await route.fetch();
      // Sooner than it would ask.
      const body = (await response.text()).replace('data-live-seconds="10"', 'data-live-seconds="0.2"');
      await route.fulfill({ response, body });
    });
    await page.goto(`${console.path()}?range=6h`);
    const accepted = page.getByRole("link", { name: /^Accepted/ });
    expect(await accepted.textContent()).toContain("61");
    await page.getByText("Figures of Emails", { exact: true }).click();
    await page.locator("h1").click();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());

    const at = new Date(Date.now() - 20 * minuteMs);
    const facts = { serviceId: console.service.id, channel: "email" as const, createdAt: at };
    await storeHappened(console.world.sql, [facts, facts]);
    await countedUntil(console.world.sql, new Date(at.getTime() - minuteMs));
    await countTraffic();

    await accepted.getByText("63", { exact: true }).waitFor();
    await page.locator(".drawing canvas").nth(2).waitFor();
    expect(await page.locator(".drawing canvas").count()).toBe(await page.locator(".drawing").count());
    // What was unfolded still is.
    expect(await page.getByRole("table", { name: /^Emails/ }).isVisible()).toBe(true);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  });
});
