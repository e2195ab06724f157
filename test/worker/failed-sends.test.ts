import { describe, expect, test } from "bun:test";
import { createFailedSends } from "../../worker/failed-sends.ts";
import { createListLog } from "../support/list-log.ts";
import { until } from "../support/until.ts";

const counted = new Set(["mmg", "firetext"]);

/** Writes when it is told to. */
function openWrites() {
  const { log, lines } = createListLog();
  const written: Record<string, number>[] = [];
  let gate = Promise.resolve();
  const failedSends = createFailedSends({
    counted,
    log,
    async write(counts) {
      written.push(Object.fromEntries(counts));
      await gate;
    },
  });
  return {
    ...failedSends,
    written,
    lines,
    hold() {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      gate = promise;
      return { resolve, reject };
    },
  };
}

describe("failed sends", () => {
  test("are written by themselves, many at once", async () => {
    const sends = openWrites();

    for (let n = 0; n < 500; n++) sends.add(n % 5 === 0 ? "firetext" : "mmg");
    const atFirst = [...sends.written];
    await until(() => sends.written.length > 0, "they are written");

    expect(atFirst).toEqual([]);
    expect(sends.written).toEqual([{ firetext: 100, mmg: 400 }]);
  });

  test("are written when asked, and not again", async () => {
    const sends = openWrites();

    sends.add("mmg");
    await sends.flush();
    await sends.flush();

    expect(sends.written).toEqual([{ mmg: 1 }]);
  });

  test("of emails are not counted", async () => {
    const sends = openWrites();

    sends.add("ses");
    await sends.flush();

    expect(sends.written).toEqual([]);
  });

  test("that come during a write wait for its end, and are written after it", async () => {
    const sends = openWrites();
    const gate = sends.hold();

    sends.add("mmg");
    const flushed = sends.flush();
    sends.add("firetext");
    sends.add("mmg");
    const during = [...sends.written];
    gate.resolve();
    await flushed;

    expect(during).toEqual([{ mmg: 1 }]);
    expect(sends.written).toEqual([{ mmg: 1 }, { firetext: 1, mmg: 1 }]);
  });

  test("that cannot be written are forgotten, with a word in the log", async () => {
    const sends = openWrites();
    const gate = sends.hold();

    sends.add("mmg");
    const flushed = sends.flush();
    gate.reject(new Error("gone"));
    await flushed;
    sends.hold().resolve();
    sends.add("mmg");
    await sends.flush();

    expect(sends.written).toEqual([{ mmg: 1 }, { mmg: 1 }]);
    expect(sends.lines).toMatchObject([{ level: "warn", message: "Cannot count failed sends" }]);
  });
});
