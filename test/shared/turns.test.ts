import { describe, expect, test } from "bun:test";
import { Busy } from "../../shared/group.ts";
import { inTurns } from "../../shared/turns.ts";

/** Work that ends when told, and what is under way of it. */
function heldWork() {
  const held: { name: string; end: (error?: Error) => void }[] = [];
  const begin = (name: string) => () =>
    new Promise<string>((resolve, reject) => {
      held.push({ name, end: (error) => (error ? reject(error) : resolve(name)) });
    });
  return { held, begin, names: () => held.map(({ name }) => name) };
}

describe("turns", () => {
  test("come to so many at once, the others in their order, though one fails", async () => {
    const turn = inTurns({ atOnce: 2, waiting: 2 });
    const { held, begin, names } = heldWork();
    const [first, ...others] = ["a", "b", "c", "d"].map((name) => turn(begin(name)));
    await Promise.resolve();
    const atFirst = names();

    held[0]?.end(new Error("odd"));
    await expect(first).rejects.toThrow("odd");
    const next = names();
    for (let at = 1; at < 4; at++) {
      held[at]?.end();
      await others[at - 1];
    }

    expect(atFirst).toEqual(["a", "b"]);
    expect(next).toEqual(["a", "b", "c"]);
    expect(names()).toEqual(["a", "b", "c", "d"]);
  });

  test("are refused when too many wait, and come again when they are done", async () => {
    const turn = inTurns({ atOnce: 1, waiting: 1 });
    const { held, begin } = heldWork();
    const first = turn(begin("a"));
    const second = turn(begin("b"));

    await expect(turn(begin("c"))).rejects.toBeInstanceOf(Busy);
    held[0]?.end();
    await first;
    held[1]?.end();
    await second;
    const again = turn(begin("d"));
    held[2]?.end();

    expect(await again).toBe("d");
  });
});
