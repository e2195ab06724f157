import { describe, expect, test } from "bun:test";
import { idIn } from "../chaos/client.ts";
import { readLedger } from "../chaos/ledger.ts";
import { openPostgres } from "../chaos/own-postgres.ts";
import { openSystem, type System } from "../chaos/system.ts";
import { until } from "../chaos/until.ts";
import { testDatabase } from "../support/postgres.ts";

async function untilCalledBack({ sandbox }: System, ids: Iterable<string>): Promise<void> {
  const wanted = [...ids];
  await until(
    () => {
      const { calledBack } = readLedger(sandbox);
      return wanted.every((id) => calledBack.has(id));
    },
    { what: "All is called back", timeoutMs: 60_000, everyMs: 100 },
  );
}

/** A text that a worker has claimed: it is talking to the provider. */
async function untilClaimed({ sql }: System, id: string): Promise<void> {
  const claimed = () => sql`select from notifications where id = ${id} and claimed_until is not null`;
  await until(async () => (await claimed()).length > 0, { what: "The text is claimed", timeoutMs: 20_000 });
}

describe("a worker that is told to stop", () => {
  test("in a stream finishes what it began: nothing is lost and nothing done twice", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({ databaseUrl: database.url });
    const [worker] = system.workers;
    const { client } = await system.addService("Town Hall", "/callback");
    for (const provider of ["mmg", "firetext"] as const) {
      system.sandbox.setFault({ provider, delay_ms: 100 });
    }

    const ids = new Set<string>();
    const codes: number[] = [];
    for (let n = 0; n < 20; n++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => client.sendSms("stream")));
      for (const answer of answers) ids.add(idIn(answer));
      if (n % 8 !== 4) continue;
      worker.signal(n % 16 === 4 ? "SIGTERM" : "SIGINT");
      codes.push(await worker.exited());
      worker.start();
      // Before it is ready it may be told to stop as well: below.
      await worker.ready();
    }
    await untilCalledBack(system, ids);

    expect(codes).toEqual([0, 0]);
    const { sent, calledBack } = readLedger(system.sandbox);
    expect([...sent].filter(([, times]) => times !== 1)).toEqual([]);
    expect([...calledBack].filter(([, times]) => times !== 1)).toEqual([]);
    expect(sent.size).toBe(ids.size);
  }, 120_000);

  test("while it still starts ends as well as later", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({ databaseUrl: database.url });
    const [worker] = system.workers;
    worker.signal("SIGTERM");
    await worker.exited();
    const { client } = await system.addService("Town Hall", "/callback");
    const ids = new Set<string>();
    for (let n = 0; n < 200; n++) ids.add(idIn(await client.sendSms("waiting")));
    for (const provider of ["mmg", "firetext"] as const) {
      system.sandbox.setFault({ provider, delay_ms: 100 });
    }

    worker.start();
    await system.sandbox.waitFor(1, { channel: "sms", timeoutMs: 20_000 });
    worker.signal("SIGTERM");
    const code = await worker.exited();
    const startedAt = performance.now();
    worker.start();
    await untilCalledBack(system, ids);

    expect(code).toBe(0);
    expect([...readLedger(system.sandbox).sent.values()].every((times) => times === 1)).toBe(true);
    // What is not given back is only taken back after the heartbeat's time.
    expect(performance.now() - startedAt).toBeLessThan(19_000);
  }, 120_000);

  test.each(["is stopped", "hangs"])(
    "waits no longer though its database %s",
    async (how) => {
      await using postgres = await openPostgres();
      await using system = await openSystem({
        databaseUrl: postgres.url,
        env: { WORKER_STOP_MS: "1000" },
      });
      const { sandbox, workers } = system;
      const { client } = await system.addService("Town Hall", "/callback");
      for (const provider of ["mmg", "firetext"] as const) sandbox.setFault({ provider, hang: true });
      await untilClaimed(system, idIn(await client.sendSms("its provider hangs")));
      if (how === "hangs") postgres.hang();
      else await postgres.stop();

      const startedAt = performance.now();
      workers[0].signal("SIGTERM");
      const code = await workers[0].exited();
      const tookMs = performance.now() - startedAt;

      expect(code).toBe(0);
      expect(tookMs).toBeLessThan(30_000);
    },
    120_000,
  );

  test("gives back what hangs at a provider or a receiver, and another does it", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({
      databaseUrl: database.url,
      env: { WORKER_STOP_MS: "1000", SMS_TIMEOUT_MS: "4000", EMAIL_TIMEOUT_MS: "4000" },
    });
    const { sandbox, workers } = system;
    const { client } = await system.addService("Town Hall", "/callback");
    sandbox.setFault({ provider: "callback", hang: true });
    const unheard = idIn(await client.sendSms("its callback hangs"));
    await sandbox.waitFor(1, { channel: "callback", timeoutMs: 20_000 });
    for (const provider of ["mmg", "firetext"] as const) sandbox.setFault({ provider, hang: true });
    const unsent = idIn(await client.sendSms("its provider hangs"));
    await untilClaimed(system, unsent);

    const startedAt = performance.now();
    workers[0].signal("SIGTERM");
    const code = await workers[0].exited();
    const tookMs = performance.now() - startedAt;
    const callbacks = sandbox.count("callback");
    sandbox.clearFaults();
    workers[0].start();
    await untilCalledBack(system, [unsent]);
    await sandbox.waitFor(callbacks + 2, { channel: "callback", timeoutMs: 60_000 });

    expect(code).toBe(0);
    expect(tookMs).toBeLessThan(20_000);
    expect(workers[0].log()).toContain("Gave back unfinished jobs");
    const { sent, calledBack } = readLedger(sandbox);
    expect([...sent.values()]).toEqual([1, 1]);
    expect(calledBack.get(unheard)).toBe(2);
  }, 120_000);

  test("exits at once at the second signal", async () => {
    await using database = await testDatabase();
    const env = { SMS_TIMEOUT_MS: "40000", WORKER_STOP_MS: "40000" };
    await using system = await openSystem({ databaseUrl: database.url, env });
    const { sandbox, workers } = system;
    const { client } = await system.addService("Town Hall", "/callback");
    for (const provider of ["mmg", "firetext"] as const) sandbox.setFault({ provider, hang: true });
    await untilClaimed(system, idIn(await client.sendSms("its provider hangs")));

    workers[0].signal("SIGTERM");
    await until(() => workers[0].log().includes("Worker stopping"), { what: "It stops", timeoutMs: 20_000 });
    const startedAt = performance.now();
    workers[0].signal("SIGTERM");
    const code = await workers[0].exited();

    expect(code).toBe(1);
    // It would have waited for the provider, 40 seconds.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  }, 120_000);
});

describe("an API that is told to stop", () => {
  /** Holds up all sends until it is let go. */
  async function holdSends({ sql }: System) {
    const held = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const transaction = sql.begin(async (tx) => {
      await tx`lock table service_counters in access exclusive mode`;
      held.resolve();
      await release.promise;
    });
    await held.promise;
    return async () => {
      release.resolve();
      await transaction;
    };
  }

  async function untilHeld({ sql }: System): Promise<void> {
    const waiting = () => sql`
      select from pg_stat_activity where application_name = 'pillarbox api' and wait_event_type = 'Lock'`;
    await until(async () => (await waiting()).length > 0, { what: "A send is held up", timeoutMs: 20_000 });
  }

  test("answers what it has accepted, takes nothing new and exits with 0", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({
      databaseUrl: database.url,
      env: { ADMIT_TIMEOUT_MS: "20000" },
    });
    const { api, sql } = system;
    const { client } = await system.addService("Town Hall", "/callback");
    // A client that keeps its connection open does not hold it up.
    await using idle = await keepConnection(api.url);
    const letGo = await holdSends(system);
    const sends = Array.from({ length: 5 }, () => client.sendSms("held up"));
    await untilHeld(system);

    api.signal("SIGTERM");
    await until(() => api.log().includes("API stopping"), { what: "It stops", timeoutMs: 20_000 });
    const late = await client.sendSms("late");
    await letGo();
    const answers = await Promise.all(sends);
    const code = await api.exited();

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(late.status).toBeNull();
    expect(code).toBe(0);
    expect(idle.answered).toBe(true);
    const [stored] = await sql`select count(*)::int as count from notifications`;
    expect(stored).toEqual({ count: 5 });
  }, 120_000);

  test("in a stream loses nothing that it answered with 201", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({ databaseUrl: database.url });
    const { api } = system;
    const { client } = await system.addService("Town Hall", "/callback");

    const ids = new Set<string>();
    const statuses = new Set<number | null>();
    let stopped: Promise<number> | undefined;
    await Promise.all(
      Array.from({ length: 8 }, async () => {
        for (let n = 0; n < 20; n++) {
          const answer = await client.sendSms("stream");
          statuses.add(answer.status);
          if (answer.status === 201) ids.add(idIn(answer));
          if (ids.size > 50 && !stopped) {
            api.signal("SIGTERM");
            stopped = api.exited();
          }
        }
      }),
    );
    const code = await stopped;
    // Receipts find it again.
    api.start();
    await untilCalledBack(system, ids);

    expect(code).toBe(0);
    expect([...statuses].sort()).toEqual([201, null]);
    expect([...readLedger(system.sandbox).sent.values()].every((times) => times === 1)).toBe(true);
  }, 120_000);

  test("exits at once at the second signal", async () => {
    await using database = await testDatabase();
    await using system = await openSystem({
      databaseUrl: database.url,
      env: { ADMIT_TIMEOUT_MS: "20000" },
    });
    const { api } = system;
    const { client } = await system.addService("Town Hall", "/callback");
    const letGo = await holdSends(system);
    const send = client.sendSms("held up");
    await untilHeld(system);

    api.signal("SIGTERM");
    await until(() => api.log().includes("API stopping"), { what: "It stops", timeoutMs: 20_000 });
    api.signal("SIGINT");
    const code = await api.exited();
    await letGo();

    expect(code).toBe(1);
    expect((await send).status).toBeNull();
  }, 120_000);
});

/** Asks once over a connection that then stays open. */
async function keepConnection(url: string) {
  const { hostname, port, host } = new URL(url);
  const first = Promise.withResolvers<void>();
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: { data: () => first.resolve(), error: (_socket, error) => first.reject(error) },
  });
  socket.write(`GET /_status?simple=1 HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  await first.promise;
  return {
    answered: true,
    async [Symbol.asyncDispose]() {
      socket.end();
    },
  };
}
