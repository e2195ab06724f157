import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { newAttempt, recordCallbackAttempts } from "../../shared/callback/attempts.ts";
import { setCallback } from "../../shared/callback/queries.ts";
import { checkAccessibility } from "../support/browser.ts";
import { jobsAbout } from "../support/notifications.ts";
import { storeReceivedText } from "../support/received-texts.ts";
import { type ConsoleWorld, openConsole } from "./open-console.ts";

let console: ConsoleWorld;
let first: string;
let foreign: string;

beforeAll(async () => {
  console = await openConsole();
  first = await receive({ userNumber: "447700900123", content: "NO,\nI cannot come" });
  await receive({ userNumber: "447700900456" });
  await receive({ userNumber: "VODAFONE" });
  foreign = await receive({ userNumber: "447700900789", serviceId: console.other.id });
});

afterAll(() => console[Symbol.asyncDispose]());

async function receive(facts: {
  userNumber: string;
  content?: string;
  serviceId?: string;
  createdAt?: Date;
}) {
  const id = crypto.randomUUID();
  const { world, service } = console;
  await storeReceivedText(world.sql, world.cipher, {
    ...{ id, serviceId: service.id, notifyNumber: "07700900500", content: "Yes", createdAt: new Date() },
    ...{ provider: "mmg", providerDate: null, providerReference: null },
    ...facts,
  });
  return id;
}

const list = (query = "") => console.get("viewer", console.path(`/received-texts${query}`));
const one = (id: string) => console.path(`/received-texts/${id}`);

describe("received texts", () => {
  test("are listed without what they say, the service's own alone", async () => {
    const { status, text } = await list();

    expect(status).toBe(200);
    for (const number of ["447700900123", "447700900456", "VODAFONE"])
      expect(text).toContain(`>${number}</a>`);
    expect(text).not.toContain("447700900789");
    expect(text).not.toContain("I cannot come");
  });

  test.each([
    ["?q=07700+900123", ["447700900123"]],
    ["?q=0456", ["447700900456"]],
    ["?q=vodaf", ["VODAFONE"]],
    ["?q=%00%27%25", []],
  ])("are found by %s", async (query, numbers) => {
    const { text } = await list(query);

    const found = ["447700900123", "447700900456", "VODAFONE"].filter((one) => text.includes(`>${one}</a>`));
    expect(found).toEqual(numbers);
  });

  test("come in pages", async () => {
    for (let n = 0; n < 51; n++) {
      await receive({
        userNumber: `44770090${2000 + n}`,
        createdAt: new Date(Date.UTC(2026, 0, 5, 12, 60 - n)),
      });
    }

    const page = (await list("?q=4477009020")).text;
    const older = /rel="next" href="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const next = (await console.get("viewer", older)).text;

    expect([page.includes("447700902049"), page.includes("447700902050")]).toEqual([true, false]);
    expect([next.includes("447700902049"), next.includes("447700902050")]).toEqual([false, true]);
  });

  test("are read one by one, and who reads is noted", async () => {
    const { status, text } = await console.get("viewer", one(first));

    expect(status).toBe(200);
    expect(text).toContain('<p class="bubble">NO,\nI cannot come</p>');
    expect(text).toContain("It was not told");
    const noted = await console.world.sql<{ subject: string; name: string }[]>`
      select subject, user_name as name from audit where action = 'received-text.open'`;
    expect([...noted]).toEqual([{ subject: `received text ${first}`, name: "Ms viewer" }]);
  });

  test("are told to the service again, by managers alone", async () => {
    const { world, service } = console;
    const url = `${world.sandbox.url}/callback`;
    const callback = {
      serviceId: service.id,
      type: "inbound_sms" as const,
      url,
      bearerToken: "x".repeat(20),
    };
    await setCallback(world.sql, world.cipher, callback);
    const told = {
      ...{ at: new Date(), outcome: "exhausted" as const, status: 503, error: null, address: null },
      ...{ durationMs: 5, reason: "It answered 503", excerpt: "" },
    };
    const job = { v: 1 as const, type: "inbound_sms" as const, serviceId: service.id, attempt: 1, body: "x" };
    const attempt = await newAttempt({ ...job, subjectId: first }, told, world.cipher);

    const early = await console.post("manager", `${one(first)}/callback`);
    await recordCallbackAttempts(world.sql, [attempt]);
    const refused = await console.post("viewer", `${one(first)}/callback`);
    const done = await console.post("manager", `${one(first)}/callback`);

    expect([early.location, refused.status, done.location]).toEqual([one(first), 404, one(first)]);
    expect(await jobsAbout(world.sql, "service-callbacks-replay", first)).toHaveLength(1);
    const page = await console.get("viewer", one(first));
    expect(page.text).toContain("answered 503 · It answered 503");
    expect(page.text).not.toContain("Tell the service again");
    const noted = await world.sql<{ outcome: string }[]>`
      select outcome from audit where action = 'callback.replay' order by at`;
    expect(noted.map(({ outcome }) => outcome)).toEqual(["refused", "done"]);
  });

  test("are nobody else's", async () => {
    const answers = await Promise.all([
      console.get("viewer", one(foreign)),
      console.get("stranger", one(first)),
      console.get("stranger", console.path("/received-texts")),
      console.get("operator", one("x")),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  test.each([
    ["light", "desk"],
    ["dark", "telephone"],
  ] as const)("can be read by everybody, %s on a %s", async (colours, screen) => {
    await using visitor = await console.visit("viewer", { colours, screen });
    const { page } = visitor;
    for (const path of [console.path("/received-texts"), one(first)]) {
      await page.goto(path);
      expect({ path, faults: await checkAccessibility(page) }).toEqual({ path, faults: [] });
    }
  });
});
