import { afterAll, beforeAll, expect, test } from "bun:test";
import { checkAccessibility } from "../support/browser.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;

beforeAll(async () => {
  console = await openConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

async function provider(name: string) {
  const [row] = await console.world.sql`
    select priority, active, version from provider_details where identifier = ${name}`;
  return row;
}

test("shows what each carried in the last quarter of an hour", async () => {
  await console.world.sql`
    insert into traffic_providers (at, provider, sent, delivered, failed)
    values (date_trunc('minute', now()) - interval '5 minutes', 'mmg', 300, 280, 20),
      (date_trunc('minute', now()) - interval '5 minutes', 'firetext', 100, 99, 1)`;
  await console.world.sql`update traffic_progress set counted_until = date_trunc('minute', now())`;

  const { text } = await console.get("operator", "/console/providers");

  const row = text.split("<tr>").find((part) => part.includes('href="/console/providers/mmg"')) ?? "";
  expect(row.replace(/<[^>]*>/g, " ")).toMatch(/MMG\s+sms\s+active\s+\d+\s+75 %\s+300\s+20\s/);
});

test("changes one with a reason, and tells who did it", async () => {
  const before = await provider("mmg");

  const { location } = await console.post("operator", "/console/providers/mmg", {
    priority: " 80 ",
    active: "no",
    reason: "They <i>asked</i>\0",
  });

  expect(location).toBe("/console/providers/mmg");
  expect(await provider("mmg")).toEqual({ priority: 80, active: false, version: before?.version + 1 });
  const { text } = await console.get("operator", "/console/providers/mmg");
  const [, newest = ""] = text.slice(text.indexOf("<tbody>")).split("<tr>");
  expect(newest.replace(/<[^>]*>/g, " ")).toMatch(/80\s+off\s+Ms operator\s+They &lt;i&gt;asked&lt;\/i&gt;/);
  const entries = await console.world.sql`
    select subject, outcome, before, after from audit where action = 'provider.change'`;
  expect([...entries]).toEqual([
    {
      subject: "provider mmg",
      outcome: "done",
      before: { priority: before?.priority, active: true },
      after: { priority: 80, active: false, reason: "They <i>asked</i>" },
    },
  ]);
});

const good = { priority: "10", active: "yes", reason: "Why not" };

test.each([
  ["priority", "101", "Priority must be a whole number from 0 to 100"],
  ["priority", "-1", "Priority must be a whole number from 0 to 100"],
  ["priority", "1.5", "Priority must be a whole number from 0 to 100"],
  ["priority", "many", "Priority must be a whole number from 0 to 100"],
  ["priority", "", "Priority must be a whole number from 0 to 100"],
  ["active", "perhaps", "Choose whether it is used"],
  ["active", "", "Choose whether it is used"],
  ["reason", "  ", "Say why: others will want to know"],
  ["reason", "x".repeat(501), "The reason is too long"],
])("refuses %s %p, and shows again what was typed", async (field, value, message) => {
  const before = await provider("firetext");

  const { status, text } = await console.post("operator", "/console/providers/firetext", {
    ...good,
    [field]: value,
  });

  expect(status).toBe(400);
  expect(text).toContain("<title>Problem: ");
  expect(text).toContain(message);
  if (field !== "priority") expect(text).toContain('value="10"');
  expect(await provider("firetext")).toEqual(before);
});

test("says what is missing of a form that has nothing in it", async () => {
  const { status, text } = await console.post("operator", "/console/providers/firetext");

  expect(status).toBe(400);
  expect(text).toContain("Choose whether it is used");
});

test.each(["0", "100"])("takes the bound %s", async (priority) => {
  const { status } = await console.post("operator", "/console/providers/ses", { ...good, priority });

  expect(status).toBe(303);
  expect((await provider("ses"))?.priority).toBe(Number(priority));
});

test("is for operators, and of what there is", async () => {
  const before = await provider("dvla");
  for (const person of ["manager", "viewer", "stranger"] as const) {
    expect((await console.get(person, "/console/providers")).status).toBe(404);
    expect((await console.get(person, "/console/providers/dvla")).status).toBe(404);
    expect((await console.post(person, "/console/providers/dvla", good)).status).toBe(404);
  }
  expect((await console.get("operator", "/console/providers/pigeon")).status).toBe(404);
  expect((await console.post("operator", "/console/providers/pigeon", good)).status).toBe(404);
  expect(await provider("dvla")).toEqual(before);
});

test("can be read by everybody, on desk and telephone, in light and dark", async () => {
  for (const options of [{}, { colours: "dark", screen: "telephone", scripts: "off" }] as const) {
    await using visitor = await console.visit("operator", options);
    for (const path of ["/console/providers", "/console/providers/sns"]) {
      await visitor.page.goto(path);
      expect({ path, faults: await checkAccessibility(visitor.page) }).toEqual({ path, faults: [] });
    }
  }
});
