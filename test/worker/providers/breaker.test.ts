import { describe, expect, test } from "bun:test";
import { chooseProvider, type ProviderDetails } from "../../../shared/provider/choose.ts";
import type { SendResult } from "../../../shared/provider/provider.ts";
import { createBreaker } from "../../../worker/providers/breaker.ts";
import { createListLog } from "../../support/list-log.ts";

const slots = 10;
/** Of ten slots. */
const most = 6;

const share = (name: string, priority = 50): ProviderDetails => ({
  name,
  priority,
  supportsInternational: true,
});

/** A breaker, and what it did. */
function openBreaker(active: readonly ProviderDetails[] = [share("mmg"), share("firetext")]) {
  const { log, lines } = createListLog();
  const spared: string[] = [];
  const breaker = createBreaker({ slotsOf: () => slots, onSpared: (name) => spared.push(name), log });
  const configured = new Set(active.map(({ name }) => name));
  const drawn = (among: readonly ProviderDetails[], lastTried: string | null) =>
    chooseProvider(among, { configured, international: false, lastTried, random: 0 });

  return {
    spared,
    messages: () => lines.map(({ message }) => message),
    reroute: (name: string, lastTried: string | null = null) =>
      breaker.reroute(name, active, (open) => drawn(open, lastTried)),
    /** Begins a call and answers with what ends it. */
    begin(name: string) {
      const { promise, resolve, reject } = Promise.withResolvers<{ result: SendResult }>();
      const call = breaker.watch(name, () => promise);
      return {
        async end(outcome: "accepted" | "unavailable") {
          resolve({
            result: outcome === "accepted" ? { outcome, reference: null } : { outcome, reason: "no answer" },
          });
          await call;
        },
        async fail() {
          reject(new Error("The worker is stopping"));
          await call.catch(() => {});
        },
      };
    },
    async fails(name: string, times: number) {
      for (let n = 0; n < times; n++) await this.begin(name).end("unavailable");
    },
    async answers(name: string, times: number) {
      for (let n = 0; n < times; n++) await this.begin(name).end("accepted");
    },
    /** How many calls it may have at once. */
    async roomOf(name: string): Promise<number> {
      const begun: { fail(): Promise<void> }[] = [];
      while (begun.length < slots && this.reroute(name) === name) begun.push(this.begin(name));
      for (const call of begun) await call.fail();
      return begun.length;
    },
  };
}

describe("a provider", () => {
  test("without a fault leaves slots to the others", async () => {
    expect(await openBreaker().roomOf("mmg")).toBe(most);
  });

  test.each([
    { failures: 1, room: 3 },
    { failures: 2, room: 1 },
    { failures: 50, room: 1 },
  ])("may have $room calls after $failures failures", async ({ failures, room }) => {
    const breaker = openBreaker();

    await breaker.fails("mmg", failures);

    expect(await breaker.roomOf("mmg")).toBe(room);
    expect(await breaker.roomOf("firetext")).toBe(most);
  });

  test.each([
    { answers: 1, room: 2 },
    { answers: 3, room: 4 },
    { answers: 50, room: most },
  ])("that failed may have $room calls after $answers answers", async ({ answers, room }) => {
    const breaker = openBreaker();
    await breaker.fails("mmg", 9);

    await breaker.answers("mmg", answers);

    expect(await breaker.roomOf("mmg")).toBe(room);
  });

  test("is given a call again when one has ended, however it ended", async () => {
    const breaker = openBreaker();
    const [first] = Array.from({ length: most }, () => breaker.begin("mmg"));
    const full = breaker.reroute("mmg");

    await first?.fail();

    expect([full, breaker.reroute("mmg")]).toEqual(["firetext", "mmg"]);
  });

  test("that is the only one gets all", async () => {
    const breaker = openBreaker([share("mmg")]);

    await breaker.fails("mmg", 9);

    expect(await breaker.roomOf("mmg")).toBe(slots);
    expect(breaker.spared).toEqual([]);
  });

  test("gets what is drawn for it where the others have no room either", async () => {
    const breaker = openBreaker();
    await breaker.fails("mmg", 9);
    await breaker.fails("firetext", 9);
    breaker.begin("mmg");
    breaker.begin("firetext");

    expect(breaker.reroute("mmg")).toBe("mmg");
    expect(breaker.reroute("firetext")).toBe("firetext");
  });

  test("in trouble gets no more though the others are full", async () => {
    const breaker = openBreaker();
    await breaker.fails("mmg", 9);
    breaker.begin("mmg");
    for (let n = 0; n < most; n++) breaker.begin("firetext");

    expect(breaker.reroute("mmg")).toBe("firetext");
  });

  test("of no priority helps out in trouble and not where another is busy", async () => {
    const breaker = openBreaker([share("mmg", 100), share("firetext", 0)]);
    for (let n = 0; n < most; n++) breaker.begin("mmg");
    const busy = breaker.reroute("mmg");
    await breaker.fails("mmg", 9);

    expect([busy, breaker.reroute("mmg")]).toEqual(["mmg", "firetext"]);
  });

  test("that just failed a text takes it again where the others are in trouble", async () => {
    const breaker = openBreaker();
    await breaker.fails("mmg", 9);
    breaker.begin("mmg");

    expect(breaker.reroute("mmg", "firetext")).toBe("firetext");
  });
});

test("messages spared a provider in trouble count against it, those spared a busy one do not", async () => {
  const breaker = openBreaker();
  for (let n = 0; n < most; n++) breaker.begin("mmg");
  breaker.reroute("mmg");
  const busy = [...breaker.spared];

  await breaker.fails("mmg", 9);
  breaker.reroute("mmg");

  expect({ busy, inTrouble: breaker.spared }).toEqual({ busy: [], inTrouble: ["mmg"] });
});

test("trouble and its end are each told once", async () => {
  const breaker = openBreaker();

  await breaker.fails("mmg", 20);
  await breaker.answers("mmg", 20);
  await breaker.fails("mmg", 1);

  expect(breaker.messages()).toEqual([
    "A provider fails: others take its messages where they can",
    "A provider takes messages again",
  ]);
});
