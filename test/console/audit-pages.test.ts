import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { beginEntry, endEntry, type NewEntry, type Outcome } from "../../shared/audit/audit.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole, type Person } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

beforeEach(async () => {
  await console.world.sql`delete from audit`;
});

afterAll(() => console[Symbol.asyncDispose]());

interface Said extends Partial<NewEntry> {
  after?: object | null;
  outcome?: Outcome;
}

async function note({ after = null, outcome = "done", ...facts }: Said = {}) {
  const entry = {
    id: crypto.randomUUID(),
    at: new Date(),
    userId: console.userIds.manager,
    userName: "Ms manager",
    serviceId: console.service.id,
    action: "template.change",
    subject: "template 1",
    before: null,
    ...facts,
  };
  await beginEntry(console.world.sql, entry);
  if (outcome !== "begun") await endEntry(console.world.sql, { id: entry.id, outcome, after, at: entry.at });
}

/** The subjects of all pages, following the links to older ones. */
async function readAll(person: Person, path: string): Promise<string[][]> {
  const pages: string[][] = [];
  for (let next: string | undefined = path; next !== undefined && pages.length < 10; ) {
    const { status, text } = await console.get(person, next);
    expect(status).toBe(200);
    pages.push([...text.matchAll(/>(template \d+)/g)].map(([, subject = ""]) => subject));
    next = /<a rel="next" href="([^"]*)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  return pages;
}

test("shows who did what, with what it was and became", async () => {
  await note({
    before: { name: "Old", kept: 1, gone: ["x"] },
    after: { name: "New", kept: 1, added: null },
    subject: "template 7",
  });
  await note({ outcome: "refused", action: "api-key.revoke" });

  const { text } = await console.get("operator", "/console/audit");

  expect(text).toContain(">Ms manager</a>");
  expect(text).toContain("<code>template.change</code>");
  expect(text).toContain('<del class="removed">Old</del> <ins class="added">New</ins>');
  expect(text).toContain('<del class="removed">[&quot;x&quot;]</del>');
  expect(text).toContain('<ins class="added">nothing</ins>');
  expect(text).not.toContain("<dt>kept</dt>");
  expect(text).toMatch(/<code>api-key\.revoke<\/code>\s*<span class="tag bad">refused<\/span>/);
});

test("comes in pages, each entry once, though many are of one instant", async () => {
  const at = new Date("2026-03-10T12:00:00.123Z");
  await Promise.all(Array.from({ length: 120 }, (_, n) => note({ at, subject: `template ${n}` })));

  for (const path of ["/console/audit", console.path("/audit")]) {
    const pages = await readAll("operator", path);

    expect(pages.map(({ length }) => length)).toEqual([50, 50, 20]);
    expect(new Set(pages.flat()).size).toBe(120);
  }
});

test("is filtered by the beginning of an action and by who did it, page after page", async () => {
  await Promise.all(
    Array.from({ length: 120 }, (_, n) =>
      note({
        subject: `template ${n}`,
        action: n % 2 === 0 ? "template.change" : "member.add",
        userId: n % 4 === 0 ? console.userIds.operator : console.userIds.manager,
      }),
    ),
  );
  const user = console.userIds.manager;

  const changes = await readAll("operator", "/console/audit?action=template.");
  const theirs = await readAll("operator", `/console/audit?action=template.&user=${user}`);
  const { text } = await console.get("operator", `/console/audit?action=template.&user=${user}`);

  expect(changes.map(({ length }) => length)).toEqual([50, 10]);
  expect(theirs.map(({ length }) => length)).toEqual([30]);
  expect(text).toContain('value="template."');
  expect(text).toContain(`<input type="hidden" name="user" value="${user}"/>`);
  expect(text).toContain('<a href="/console/audit?action=template.">Show everybody');
});

test.each(["before=nonsense", "before=%5B1%2C2%5D", "user=nobody", "action=%00%25_", "user=%27--"])(
  "takes a query that makes no sense: %s",
  async (query) => {
    await note();
    const { status } = await console.get("operator", `/console/audit?${query}`);

    expect(status).toBe(200);
  },
);

test("of a service is shown to its people, and nothing of others", async () => {
  await note({ subject: "template 1" });
  await note({ subject: "template 2", serviceId: console.other.id });
  await note({ subject: "template 3", serviceId: null });

  const theirs = `/console/services/${console.other.id}/audit`;
  expect(await readAll("viewer", console.path("/audit"))).toEqual([["template 1"]]);
  expect(await readAll("stranger", theirs)).toEqual([["template 2"]]);
  expect(await readAll("viewer", `${console.path("/audit")}?service=${console.other.id}`)).toEqual([
    ["template 1"],
  ]);
  expect((await readAll("operator", "/console/audit")).flat().sort()).toEqual([
    "template 1",
    "template 2",
    "template 3",
  ]);
  for (const person of ["manager", "viewer", "stranger"] as const) {
    expect((await console.get(person, "/console/audit")).status).toBe(404);
  }
  expect((await console.get("viewer", theirs)).status).toBe(404);
});

test("shows hostile words as words", async () => {
  const hostile = `</dd><script>alert(1)</script><img src=x onerror="alert(2)">'`;
  await note({
    userName: hostile,
    subject: hostile,
    before: { [hostile]: hostile },
    after: { [hostile]: { deep: hostile } },
  });
  await using visitor = await console.visit("operator");

  await visitor.page.goto(`/console/audit?action=${encodeURIComponent("template")}`);

  const main = visitor.page.locator("main");
  expect(await main.locator("script, img").count()).toBe(0);
  expect(await main.locator("tbody td").nth(1).textContent()).toBe(hostile);
  expect(await main.locator("tbody dt").textContent()).toBe(hostile);
});

test("can be read by everybody, on desk and telephone, in light and dark", async () => {
  await note({ before: { name: "Old" }, after: { name: "New" } });
  for (const options of [{}, { colours: "dark", screen: "telephone", scripts: "off" }] as const) {
    await using visitor = await console.visit("operator", options);
    for (const path of ["/console/audit", console.path("/audit")]) {
      await visitor.page.goto(path);
      expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
    }
  }
});
