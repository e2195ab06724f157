import { describe, expect, test } from "bun:test";
import { openDatabase, type Pool } from "../../../shared/database.ts";
import { changeProviders, type ProviderChange } from "../../../shared/provider/change.ts";
import { listProviders, listProviderVersions } from "../../../shared/provider/queries.ts";
import { testDatabase } from "../../support/postgres.ts";

async function openProviders() {
  const database = await testDatabase();
  const open = () => openDatabase(database.url, { name: "test", connections: 2, statementTimeoutMs: 10_000 });
  const pools: Pool[] = [open()];
  return {
    sql: pools[0] ?? open(),
    /** As another process would. */
    another() {
      const pool = open();
      pools.push(pool);
      return pool;
    },
    async [Symbol.asyncDispose]() {
      for (const pool of pools) await pool.end({ timeout: 1 });
      await database[Symbol.asyncDispose]();
    },
  };
}

function changeOf(name: string, change: Partial<ProviderChange> = {}): ProviderChange {
  return { name, priority: null, active: null, reason: null, createdBy: null, ...change };
}

describe("changeProviders", () => {
  test("shows all of them, by name, with how long they have been as they are", async () => {
    await using world = await openProviders();
    await world.sql`update provider_details set updated_at = now() - interval '90 seconds' where identifier = 'mmg'`;
    const seen: unknown[] = [];

    const changed = await changeProviders(world.sql, (providers) => {
      for (const { name, channel, unchangedSeconds } of providers)
        seen.push([name, channel, unchangedSeconds && Math.round(unchangedSeconds / 90)]);
      return [];
    });

    expect(changed).toEqual([]);
    expect(seen).toEqual([
      ["dvla", "letter", null],
      ["firetext", "sms", null],
      ["mmg", "sms", 1],
      ["ses", "email", null],
      ["smtp", "email", null],
      ["sns", "sms", null],
    ]);
  });

  test("changes what is given, and leaves the rest", async () => {
    await using world = await openProviders();

    const changed = await changeProviders(world.sql, () => [
      changeOf("mmg", { priority: 0, reason: "Outage" }),
      changeOf("ses", { active: false }),
      changeOf("acme", { priority: 1 }),
    ]);

    const after = await listProviders(world.sql);
    const find = (name: string) => after.find((provider) => provider.name === name);
    expect(changed.map(({ name }) => name)).toEqual(["mmg", "ses"]);
    expect(find("mmg")).toMatchObject({ priority: 0, active: true, version: 2, reason: "Outage" });
    expect(find("ses")).toMatchObject({ priority: 100, active: false, version: 2, reason: null });
    expect(find("firetext")).toMatchObject({ version: 1, updatedAt: null });
  });

  test("changes none where one of the changes cannot be", async () => {
    await using world = await openProviders();

    const change = changeProviders(world.sql, () => [
      changeOf("firetext", { priority: 10 }),
      changeOf("mmg", { priority: 101 }),
    ]);

    await expect(change).rejects.toThrow("priority");
    expect((await listProviders(world.sql)).every(({ version }) => version === 1)).toBe(true);
    expect(await listProviderVersions(world.sql, "firetext")).toHaveLength(1);
  });

  test("lets processes that decide at the same time decide one after the other", async () => {
    await using world = await openProviders();
    const pools = Array.from({ length: 4 }, () => world.another());

    // Each adds one to what it saw: what was not seen would be lost.
    const changes = [...pools, ...pools].map((pool) =>
      changeProviders(pool, (providers) =>
        providers
          .filter(({ channel }) => channel === "sms")
          .toReversed()
          .map(({ name, priority }) => changeOf(name, { priority: priority + 1 })),
      ),
    );
    await Promise.all(changes);

    const after = await listProviders(world.sql);
    expect(after.filter(({ channel }) => channel === "sms")).toMatchObject([
      { name: "firetext", priority: 57, version: 9 },
      { name: "mmg", priority: 59, version: 9 },
      { name: "sns", priority: 58, version: 9 },
    ]);
  });

  test("one that waited for another sees that it was just now", async () => {
    await using world = await openProviders();
    const other = world.another();
    const ages: (number | null | undefined)[] = [];

    const decide = () =>
      changeProviders(other, (providers) => {
        const mmg = providers.find(({ name }) => name === "mmg");
        ages.push(mmg?.unchangedSeconds);
        return [changeOf("mmg", { priority: 20 })];
      });
    await Promise.all([decide(), decide(), decide()]);

    const [first, ...later] = ages;
    expect(first).toBeNull();
    expect(later).toHaveLength(2);
    for (const age of later) {
      expect(age).toBeGreaterThanOrEqual(0);
      expect(age).toBeLessThan(5);
    }
  });
});

describe("a provider's history", () => {
  test("holds what it was at first and after each change, with who and why", async () => {
    await using world = await openProviders();
    const [user] = await world.sql<{ id: string }[]>`
      insert into users (name, email_address) values ('Grace', 'grace@example.com') returning id`;

    await changeProviders(world.sql, () => [
      changeOf("mmg", { priority: 20, reason: "Contract", createdBy: user?.id ?? null }),
    ]);
    await changeProviders(world.sql, () => [changeOf("mmg", { active: false })]);

    const versions = await listProviderVersions(world.sql, "mmg");
    const common = { international: true };
    const at = expect.any(Date);
    expect([...versions]).toEqual([
      { ...common, version: 3, priority: 20, active: false, reason: null, createdBy: null, updatedAt: at },
      {
        ...common,
        version: 2,
        priority: 20,
        active: true,
        reason: "Contract",
        createdBy: "Grace",
        updatedAt: at,
      },
      { ...common, version: 1, priority: 51, active: true, reason: null, createdBy: null, updatedAt: null },
    ]);
    expect(versions[0]?.updatedAt?.getTime()).toBeGreaterThan(versions[1]?.updatedAt?.getTime() ?? 0);
  });

  test("holds changes made by hand, which count as any other", async () => {
    await using world = await openProviders();

    await world.sql`update provider_details set priority = 7 where identifier = 'firetext'`;
    await world.sql`
      insert into provider_details (identifier, display_name, notification_type, priority)
      values ('acme', 'Acme', 'sms', 1)`;

    const [newest] = await listProviderVersions(world.sql, "firetext");
    expect(newest).toMatchObject({ version: 2, priority: 7, updatedAt: expect.any(Date) });
    expect(await listProviderVersions(world.sql, "acme")).toMatchObject([{ version: 1, priority: 1 }]);
  });

  test("is read back a hundred changes", async () => {
    await using world = await openProviders();
    await world.sql`
      do $$ begin for n in 1..120 loop
        update provider_details set priority = n % 100 where identifier = 'mmg';
      end loop; end $$`;

    const versions = await listProviderVersions(world.sql, "mmg");

    expect(versions).toHaveLength(100);
    expect(versions.at(0)?.version).toBe(121);
    expect(versions.at(-1)?.version).toBe(22);
  });
});
