import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { pollJob, pollTask } from "../../../../shared/letter/dvla-poll.ts";
import { enqueue } from "../../../../shared/queue/enqueue.ts";
import { HostKeyRefused, SftpUnavailable } from "../../../../worker/letters/sftp/sftp.ts";
import { schedulesFor } from "../../../../worker/schedules.ts";
import { pollDvla } from "../../../../worker/tasks/letters/poll-dvla.ts";
import { storeLetters } from "../../../support/letters.ts";
import { notificationRow } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import { openWorld, type World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, dvla: {} });
});

beforeEach(async () => {
  await world.sql`truncate dvla_files, dvla_files_seen, alerts`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

const start = Date.parse("2026-11-20T18:00:00Z");
const look = (seconds: number, over = {}) =>
  pollDvla(world.newDeps({ now: () => new Date(start + seconds * 1000), ...over }), never);

const files = () => world.sql`select name, kind, size::int from dvla_files order by name, found_at`;
const jobs = () => world.sql`select data from pgboss.job where name = 'process-dvla-file'`;
const looks = () => world.sql`select id from pgboss.job where name = 'maintenance'`;
const openAlerts = () => world.sql`select subject, facts from alerts where resolved_at is null`;
/** Each test has names of its own: nothing is taken away from the printer's folder. */
const nameOf = (() => {
  let second = 0;
  return (end: string) => `NOTIFY-202611201600${String(second++).padStart(2, "0")}${end}`;
})();

describe("looking for files from the printer", () => {
  test("takes a file in once it stays the same, and queues reading it", async () => {
    const name = nameOf("-RSP.TXT");
    await world.dvla.dispatch(name, "line");

    await look(0);
    await look(19);
    expect(await files()).toEqual([] as never);

    await look(20);
    await look(300);
    expect(await files()).toEqual([{ name, kind: "response", size: 4 }] as never);
    expect(await jobs()).toHaveLength(1);
    const [stored] = await world.sql`select content from files where key like 'dvla/%'`;
    expect(Buffer.from(stored?.content).toString("latin1")).not.toContain("line");
  });

  test("ends letters by what is in it", async () => {
    const { sql, cipher, deps, service } = world;
    const sending = { status: "sending", pdf: null } as const;
    const [letter] = await storeLetters({ sql, cipher, storage: deps.storage, service }, [sending]);
    const name = nameOf("-RSP.TXT");
    await world.dvla.dispatch(name, `${letter?.reference}|Sent|1|Sorted|2026-11-20\r\n`);
    await look(0);
    await look(20);

    const worker = await world.startWorker();
    await until(
      async () => (await notificationRow(sql, letter?.id ?? "")).status === "delivered",
      "the letter is delivered",
    );
    await worker.stop(1000);
  });

  test("leaves one alone that still grows, and looks again soon", async () => {
    const name = nameOf("-RSP.TXT");
    await look(0);
    await look(20);
    await world.sql`delete from pgboss.job`;
    await world.sql`truncate dvla_files`;

    await world.dvla.dispatch(name, "half");
    await look(100);
    await world.dvla.dispatch(name, "half and half");
    await look(125);
    expect(await files()).toEqual([] as never);
    expect(await looks()).toHaveLength(2);

    await look(150);
    expect(await files()).toEqual([{ name, kind: "response", size: 13 }] as never);
  });

  test("takes one in again that has other content, and not one that has the same", async () => {
    const name = nameOf("-RSP.TXT");
    for (const [n, content] of ["one", "other", "other", "one"].entries()) {
      await world.dvla.dispatch(name, content);
      // The server tells whole seconds: as if it had been written later.
      await world.sql`update dvla_files_seen set modified_at = modified_at - interval '1 day' where name = ${name}`;
      await look(n * 1000);
      await look(n * 1000 + 30);
    }

    expect((await files()).filter((file) => file.name === name)).toEqual([
      { name, kind: "response", size: 3 },
      { name, kind: "response", size: 5 },
    ]);
  });

  test("by several workers at once takes each in once", async () => {
    const name = nameOf(".ACK.TXT");
    await world.dvla.dispatch(name, "");
    await look(0);

    await Promise.all(Array.from({ length: 4 }, () => look(60)));

    expect((await files()).filter((file) => file.name === name)).toHaveLength(1);
    expect(
      await world.sql`
      select from pgboss.job j join dvla_files f on f.id::text = j.data->>'fileId' and f.name = ${name}`,
    ).toHaveLength(1);
  });

  test("notes once what is neither acknowledgement nor response, and reads it not", async () => {
    const name = nameOf("-REPORT.CSV");
    await world.dvla.dispatch(name, "a,b");

    for (const seconds of [0, 30, 60]) await look(seconds);

    expect((await files()).filter((file) => file.name === name)).toEqual([{ name, kind: "other", size: 3 }]);
    expect(
      await world.sql`
      select from pgboss.job j join dvla_files f on f.id::text = j.data->>'fileId' and f.name = ${name}`,
    ).toHaveLength(0);
  });

  test("refuses one that is too large with an alert, once, and takes the others", async () => {
    const large = nameOf("-RSP.TXT");
    const small = nameOf("-RSP.TXT");
    await world.dvla.dispatch(large, new Uint8Array(17 * 1024 * 1024));
    await world.dvla.dispatch(small, "x");

    for (const seconds of [0, 30, 60]) await look(seconds);

    const names = (await files()).map(({ name }) => name);
    expect([names.includes(large), names.includes(small)]).toEqual([false, true]);
    expect(await openAlerts()).toMatchObject([{ subject: `dvla-file-too-large:${large}` }]);
    expect(await world.sql`select from alerts where times > 1`).toHaveLength(0);
  });

  test("waits for a server that cannot be reached, and wakes somebody over another host key", async () => {
    const openSftp = (fault: Error) => ({ openSftp: () => Promise.reject(fault) });

    expect(await look(0, openSftp(new SftpUnavailable("down")))).toContain("could not be reached");
    expect(await openAlerts()).toEqual([] as never);

    await look(0, openSftp(new HostKeyRefused("SHA256:other")));
    expect(await openAlerts()).toMatchObject([{ subject: "dvla-host-key-refused" }]);

    await look(0);
    expect(await openAlerts()).toEqual([] as never);
  });

  test("is due every five minutes where there is a server to look at", async () => {
    const planned = (deps: Parameters<typeof schedulesFor>[0]) =>
      schedulesFor(deps).filter(({ task }) => task === pollTask);

    expect(planned(world.deps)).toMatchObject([{ cron: "*/5 * * * *" }]);
    expect(planned({ ...world.deps, openSftp: null })).toEqual([]);
    expect(await look(0, { openSftp: null })).toBe("SFTP is not configured here");
  });

  test("is one job for one reason, however often it is given", async () => {
    const at = new Date(start);
    for (let time = 0; time < 10; time++) await enqueue(world.sql, [await pollJob("a file", at)]);
    await enqueue(world.sql, [await pollJob("another file", at)]);
    expect(await looks()).toHaveLength(2);
  });
});
