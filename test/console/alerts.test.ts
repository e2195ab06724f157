import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { raiseAlert, resolveAlert } from "../../shared/alert/alert.ts";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

beforeEach(async () => {
  const { sql } = console.world;
  await sql`delete from alerts`;
  await sql`delete from audit`;
});

afterAll(() => console[Symbol.asyncDispose]());

async function raise(subject: string, title: string, facts: Parameters<typeof raiseAlert>[1]["facts"] = {}) {
  await raiseAlert(console.world.sql, { subject, severity: "page", title, facts, at: new Date() });
}

const pathOf = (subject: string) => `/console/alerts/${encodeURIComponent(subject)}`;

test("lists the open ones, and on demand those that are over", async () => {
  await raise("print-run", "The print run is late");
  await raise("storage", "Files are missing");
  await resolveAlert(console.world.sql, "storage", new Date());

  const open = await console.get("operator", "/console/alerts");
  const all = await console.get("operator", "/console/alerts?all=yes");

  expect(open.text).toContain("The print run is late");
  expect(open.text).not.toContain("Files are missing");
  for (const title of ["The print run is late", "Files are missing"]) expect(all.text).toContain(title);
});

test("says that there is none", async () => {
  expect((await console.get("operator", "/console/alerts")).text).toContain("None: nothing needs anybody.");
});

test.each(["missed-runs:x/y z", "a?b=c#d", "100 %", "ü/../é", '"><script>alert(1)</script>'])(
  "shows and closes the one about %p",
  async (subject) => {
    await raise(subject, "Runs were <b>missed</b>", { tasks: ["one", "<two>"], late: null, count: 3 });

    const list = await console.get("operator", "/console/alerts");
    const [link = ""] = /\/console\/alerts\/[^"]+/.exec(list.text.split("<tbody>")[1] ?? "") ?? [];
    const page = await console.get("operator", link.replaceAll("&amp;", "&"));
    const closed = await console.post("operator", `${link}/resolve`);
    const again = await console.post("operator", `${link}/resolve`);

    expect(link).toBe(pathOf(subject));
    expect(page.status).toBe(200);
    expect(page.text).toContain("Runs were &lt;b&gt;missed&lt;/b&gt;");
    expect(page.text).toContain("one, &lt;two&gt;");
    expect(page.text).not.toContain("<script>alert");
    expect([closed.location, again.location]).toEqual(["/console/alerts", "/console/alerts"]);
    const [row] = await console.world.sql`select resolved_at as at from alerts where subject = ${subject}`;
    expect(row?.at).not.toBeNull();
    const entries = await console.world.sql`select subject, outcome from audit order by at, id`;
    expect(new Set(entries.map((entry) => entry.subject))).toEqual(new Set([`alert ${subject}`]));
    expect(entries.map(({ outcome }) => outcome).sort()).toEqual(["done", "refused"]);
    const over = await console.get("operator", pathOf(subject));
    expect(over.text).not.toContain("Close the alert");
  },
);

test("is for operators, and of what there is", async () => {
  await raise("print-run", "The print run is late");
  for (const person of ["manager", "viewer", "stranger"] as const) {
    expect((await console.get(person, "/console/alerts")).status).toBe(404);
    expect((await console.get(person, pathOf("print-run"))).status).toBe(404);
    expect((await console.post(person, `${pathOf("print-run")}/resolve`)).status).toBe(404);
  }
  for (const subject of ["nothing", "\0"]) {
    expect((await console.get("operator", pathOf(subject))).status).toBe(404);
  }
  expect((await console.post("operator", `${pathOf("\0")}/resolve`)).status).toBe(404);
  expect(await console.world.sql`select id from alerts where resolved_at is null`).toHaveLength(1);
});

test("can be read by everybody, on desk and telephone, in light and dark", async () => {
  await raise("missed-runs:x/y z", "Runs were missed", { tasks: ["one", "two"] });
  for (const options of [{}, { colours: "dark", screen: "telephone", scripts: "off" }] as const) {
    await using visitor = await console.visit("operator", options);
    for (const path of ["/console/alerts", pathOf("missed-runs:x/y z")]) {
      await visitor.page.goto(path);
      expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
    }
  }
});
