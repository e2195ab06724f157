import { describe, expect, test } from "bun:test";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import { writeSteps } from "../../../shared/notification/timeline.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

describe("notification show", () => {
  test("shows what became of it, and its people only when asked", async () => {
    await using cli = await openCli();
    const id = await addNotification(cli, { status: "permanent-failure" });

    const facts = await cli.run("notification", "show", id, "--json");
    const revealed = await cli.run("notification", "show", id, "--reveal", "--json");
    const text = await cli.run("notification", "show", id);

    expect(JSON.parse(facts.out)).toMatchObject({
      id,
      status: "permanent-failure",
      status_reason: "No such number",
      provider: "mmg",
      channel: "sms",
      job: null,
    });
    for (const secret of ["07700900123", "447700900123", "Ada", "case 7"]) {
      expect(facts.out + text.out).not.toContain(secret);
    }
    expect(JSON.parse(revealed.out)).toMatchObject({
      recipient: "07700900123",
      client_reference: "case 7",
      personalisation: '{"name":"Ada"}',
    });
    expect(text.out).toContain("permanent-failure");
  });

  test("shows its timeline as a table, by the clocks of UTC and London", async () => {
    await using cli = await openCli();
    const id = await addNotification(cli, { status: "delivered" });
    const at = (second: number) => new Date(Date.UTC(2026, 7, 5, 9, 0, second));
    const steps = writeSteps([
      {
        kind: "attempt",
        at: at(1),
        provider: "mmg",
        outcome: "unavailable",
        durationMs: 12,
        words: "Answered 503",
      },
      { kind: "attempt", at: at(2), provider: "firetext", outcome: "accepted", durationMs: 35, words: null },
      {
        kind: "receipt",
        at: at(3),
        provider: "firetext",
        status: "delivered",
        code: "0",
        detail: "000",
        reason: "No error reported",
        happenedAt: at(2),
      },
    ]);
    await cli.sql`update notifications set created_at = ${at(0)}, timeline = ${steps} where id = ${id}`;
    await cli.sql`
      insert into callback_attempts (service_id, type, subject_id, attempt, at, outcome, status, duration_ms)
      values (${unknownId}, 'delivery_status', ${id}, 1, ${at(4)}, 'delivered', 204, 7)`;

    const { out } = await cli.run("notification", "show", id);
    const json = JSON.parse((await cli.run("notification", "show", id, "--json")).out);

    const [, table] = out.split("\n\n");
    expect(table?.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
      "utc  london  event  with  outcome  ms  words",
      "2026-08-05T09:00:00.000Z  2026-08-05 10:00:00  accepted  -  created  -  -",
      "2026-08-05T09:00:01.000Z  2026-08-05 10:00:01  attempt  mmg  unavailable  12  Answered 503",
      "2026-08-05T09:00:02.000Z  2026-08-05 10:00:02  attempt  firetext  accepted  35  -",
      "2026-08-05T09:00:03.000Z  2026-08-05 10:00:03  receipt  firetext  delivered  -  " +
        "0, 000, No error reported, at 2026-08-05 10:00:02",
      "2026-08-05T09:00:04.000Z  2026-08-05 10:00:04  callback 1  service  delivered  7  Answered 204",
    ]);
    expect(json.timeline.map(({ event }: { event: string }) => event)).toEqual([
      "accepted",
      "attempt",
      "attempt",
      "receipt",
      "callback",
    ]);
  });

  test("says that there is none, or that it is no id", async () => {
    await using cli = await openCli();

    expect(await cli.run("notification", "show", unknownId)).toMatchObject({
      code: 1,
      err: `Cannot find the notification ${unknownId}: there is none`,
    });
    expect(await cli.run("notification", "show", "7")).toMatchObject({ code: 2 });
    expect(await cli.run("notification", "show")).toMatchObject({ code: 2 });
  });
});

describe("notification replay", () => {
  test.each([
    ["sms", "normal", "deliver-sms"],
    ["email", "team", "deliver-email"],
    ["sms", "test", "deliver-research"],
  ])("queues a created %s of a %s key in %s, once", async (channel, keyType, queue) => {
    await using cli = await openCli();
    const id = await addNotification(cli, { status: "created", channel, keyType });

    const answers = await Promise.all([1, 2, 3].map(() => cli.run("notification", "replay", id)));

    expect(answers.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(answers.filter(({ out }) => out === `Queued ${id} in ${queue}`)).toHaveLength(1);
    expect(answers.filter(({ out }) => out.startsWith(`${id} has a job in ${queue}`))).toHaveLength(2);
    const jobs = await cli.sql`select name, data, group_id from pgboss.job`;
    expect(jobs).toMatchObject([{ name: queue, data: { notificationId: id }, group_id: expect.any(String) }]);
    const shown = JSON.parse((await cli.run("notification", "show", id, "--json")).out);
    expect(shown.job).toMatchObject({ queue, state: "created" });
  });

  test("queues again what has only a finished job", async () => {
    await using cli = await openCli();
    const id = await addNotification(cli, { status: "created" });
    await cli.run("notification", "replay", id);
    await cli.sql`update pgboss.job set state = 'completed'`;

    await cli.run("notification", "replay", id);

    expect(await cli.sql`select from pgboss.job where state = 'created'`).toHaveLength(1);
  });

  test.each(["sending", "delivered", "technical-failure"])("refuses one that is %s", async (status) => {
    await using cli = await openCli();
    const id = await addNotification(cli, { status });

    const answer = await cli.run("notification", "replay", id);

    expect(answer).toEqual({ code: 1, out: "", err: `Cannot replay ${id}: it is ${status}` });
    expect(await cli.sql`select from pgboss.job`).toHaveLength(0);
  });

  test("says that there is none", async () => {
    await using cli = await openCli();

    expect(await cli.run("notification", "replay", unknownId)).toMatchObject({ code: 1 });
    expect(await cli.run("notification", "replay", "all")).toMatchObject({ code: 2 });
  });
});

async function addNotification(
  cli: Cli,
  { status, channel = "sms", keyType = "normal" }: { status: string; channel?: string; keyType?: string },
): Promise<string> {
  const id = crypto.randomUUID();
  const personalisation = await cli.cipher.encrypt('{"name":"Ada"}', personalisationOf(id));
  await cli.sql`
    insert into notifications (id, service_id, template_id, template_version, key_type, notification_type, status,
      recipient, normalised_to, client_reference, personalisation, status_reason, sent_by, created_at)
    values (${id}, ${unknownId}, ${unknownId}, 1, ${keyType}, ${channel}, ${status}, '07700900123', '447700900123',
      'case 7', ${personalisation}, 'No such number', 'mmg', now())`;
  return id;
}
