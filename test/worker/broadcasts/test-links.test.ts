import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { testLinks } from "../../../worker/tasks/broadcasts/test-links.ts";
import { type OnAir, openOnAir, signal } from "./on-air.ts";

let onAir: OnAir;

beforeAll(async () => {
  onAir = await openOnAir({ env: { CBC_PROXY_TIMEOUT_MS: "3000" } });
});

afterAll(() => onAir[Symbol.asyncDispose]());

beforeEach(async () => {
  onAir.world.sandbox.clearFaults();
  onAir.world.sandbox.cbc.clear();
  await onAir.world.sql`delete from broadcast_link_tests`;
  await onAir.world.sql`delete from alerts`;
});

const tickets = () => onAir.world.sql<{ subject: string; severity: string; open: boolean }[]>`
  select subject, severity, resolved_at is null as open from alerts order by opened_at, subject`;

describe("link tests", () => {
  test("try both ways to every enabled network, each with its own identifier and number", async () => {
    const { sql, sandbox, deps } = onAir.world;

    const detail = await testLinks(deps, signal);

    expect(detail).toBe("Tested 8 ways to networks, 0 failed");
    const calls = sandbox.cbc.list();
    expect(calls.map((call) => call.function).sort()).toEqual([
      "ee-1-proxy",
      "ee-2-proxy",
      "o2-1-proxy",
      "o2-2-proxy",
      "three-1-proxy",
      "three-2-proxy",
      "vodafone-1-proxy",
      "vodafone-2-proxy",
    ]);
    expect(new Set(calls.map(({ payload }) => payload.identifier)).size).toBe(8);
    expect(calls.every(({ payload }) => payload.message_type === "test")).toBe(true);
    const numbers = sandbox.cbc.list("vodafone").map(({ payload }) => Reflect.get(payload, "message_number"));
    expect(new Set(numbers).size).toBe(2);
    const stored = await sql`select id, function, succeeded, error, message_number from broadcast_link_tests`;
    expect(new Set(stored.map(({ id }) => id))).toEqual(
      new Set(calls.map(({ payload }) => payload.identifier)),
    );
    expect(stored.every(({ succeeded, error }) => succeeded && error === null)).toBe(true);
    expect(stored.filter(({ message_number: number }) => number !== null)).toHaveLength(2);
  });

  test("open a ticket for a function that fails twice in a row, and close it when it works again", async () => {
    const { sandbox, deps } = onAir.world;
    const subject = "broadcast-link:three-2-proxy";
    sandbox.setFault({ provider: "three-2-proxy", hang: true });

    expect(await testLinks(deps, signal)).toBe("Tested 8 ways to networks, 1 failed: three-2-proxy");
    sandbox.setFault({ provider: "three-2-proxy", reset: true });
    expect([...(await tickets())]).toEqual([]);
    await testLinks(deps, signal);
    expect([...(await tickets())]).toEqual([{ subject, severity: "ticket", open: true }]);
    await testLinks(deps, signal);
    expect([...(await tickets())]).toEqual([{ subject, severity: "ticket", open: true }]);
    sandbox.clearFaults();
    await testLinks(deps, signal);

    expect([...(await tickets())]).toEqual([{ subject, severity: "ticket", open: false }]);
  });

  test("open none for two failures with a success between", async () => {
    const { sandbox, deps } = onAir.world;
    for (const fails of [true, false, true]) {
      if (fails) sandbox.setFault({ provider: "ee-1-proxy", reset: true, count: 1 });
      await testLinks(deps, signal);
    }

    expect([...(await tickets())]).toEqual([]);
  });

  test("are left out of where nothing is sent, and for networks that are not enabled", async () => {
    const { broadcasts, now } = onAir.world.deps;
    const { config } = broadcasts;
    const off = { ...config, cbc: { ...config.cbc, enabled: false } };
    const some = { ...config, enabled: ["o2" as const] };

    expect(await testLinks({ broadcasts: { ...broadcasts, config: off }, now }, signal)).toBe(
      "CBC Proxy disabled",
    );
    expect(onAir.world.sandbox.cbc.list()).toEqual([]);
    await testLinks({ broadcasts: { ...broadcasts, config: some }, now }, signal);
    expect(
      onAir.world.sandbox.cbc
        .list()
        .map((call) => call.function)
        .sort(),
    ).toEqual(["o2-1-proxy", "o2-2-proxy"]);
  });
});
