import { expect, test } from "bun:test";
import { listApiKeys, revokeApiKey, setServiceActive } from "../../shared/service/setup.ts";
import { until } from "../support/until.ts";
import { type Answer, openApis } from "./several-apis.ts";

type Apis = Awaited<ReturnType<typeof openApis>>;

/**
 * Asks until each API gives this answer; answers the milliseconds until the last request that had another began, so
 * that a busy machine takes no part.
 */
async function msOfOthers(apis: Apis, expected: Answer): Promise<number> {
  const start = performance.now();
  let lastMs = 0;
  await until(async () => {
    const beganMs = performance.now() - start;
    const isAll = Bun.deepEquals(await apis.read("team"), [expected, expected, expected]);
    if (!isAll) lastMs = beganMs;
    return isAll;
  }, `all answer ${expected.message}`);
  return lastMs;
}

/** Notify's. */
const longestMs = 2000;

test("a revoked key, and an archived service, stop within two seconds in every process", async () => {
  await using apis = await openApis();
  expect(await apis.read("team")).toEqual(Array(3).fill({ status: 200, message: null }));

  const key = (await listApiKeys(apis.sql, apis.serviceId)).find(({ type }) => type === "team");
  await revokeApiKey(apis.sql, apis.serviceId, key?.id ?? "");
  const revoked = { status: 403, message: "Invalid token: API key revoked" };
  expect(await msOfOthers(apis, revoked)).toBeLessThan(longestMs);
  expect(await apis.read("normal")).toEqual(Array(3).fill({ status: 200, message: null }));

  await setServiceActive(apis.sql, apis.serviceId, false);
  const archived = { status: 403, message: "Invalid token: service is archived" };
  expect(await msOfOthers(apis, archived)).toBeLessThan(longestMs);
}, 60_000);

test("until then the database is not asked again", async () => {
  await using apis = await openApis();
  await apis.read("normal");
  await apis.sql`update services set active = false where id = ${apis.serviceId}`;

  expect(await apis.read("normal")).toEqual(Array(3).fill({ status: 200, message: null }));
});

const day = 24 * 60 * 60 * 1000;

test("a revoked key is told so until its midnight is seven days old, then is unknown", async () => {
  await using apis = await openApis();
  const [clock] = await apis.sql<{ midnight: Date }[]>`
    select date_trunc('day', now(), 'UTC') as midnight`;
  const midnight = clock?.midnight ?? new Date();
  const after = async (revokedAt: Date) => {
    await apis.sql`update api_keys set expiry_date = ${revokedAt}
      where service_id = ${apis.serviceId} and key_type = 'team'`;
    await apis.restart();
    return (await apis.read("team"))[0]?.message;
  };

  // Revoked in the last moment of seven days ago, whose midnight is now more than seven days old.
  expect(await after(new Date(midnight.getTime() - 6 * day - 1))).toBe("Invalid token: API key not found");
  expect(await after(new Date(midnight.getTime() - 6 * day))).toBe("Invalid token: API key revoked");
  expect(await after(new Date(midnight.getTime()))).toBe("Invalid token: API key revoked");

  // With no other key the service has none at all.
  await apis.sql`delete from api_keys where service_id = ${apis.serviceId} and key_type <> 'team'`;
  expect(await after(new Date(midnight.getTime() - 7 * day))).toBe("Invalid token: service has no API keys");
});
