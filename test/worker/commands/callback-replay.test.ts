import { describe, expect, test } from "bun:test";
import * as v from "valibot";
import { listServiceAttempts } from "../../../shared/callback/attempt-list.ts";
import { setCallback } from "../../../shared/callback/queries.ts";
import { createCipher } from "../../../shared/encryption.ts";
import { type AttemptFacts, storeAttempts } from "../../support/told-callbacks.ts";
import { type Cli, keys, openCli, unknownId } from "./cli.ts";

async function openWith(attempts: readonly AttemptFacts[]) {
  const cli = await openCli();
  const { sql, cipher } = cli;
  const serviceId = await cli.service();
  const url = "https://hall.example/told";
  await setCallback(sql, cipher, { serviceId, type: "delivery_status", url, bearerToken: "0123456789" });
  return { cli, serviceId, subjects: await storeAttempts({ sql, cipher, serviceId }, attempts) };
}

const Rows = v.array(v.looseObject({ subject_id: v.string() }));
const subjectsIn = (out: string) => v.parse(Rows, JSON.parse(out)).map((row) => row.subject_id);
const queued = (cli: Cli) => cli.sql`select from pgboss.job where name = 'service-callbacks-replay'`;

describe("callback attempts and failures", () => {
  test("list what a service was told, without what a terminal would obey", async () => {
    const excerpt = "\u001b[2J<html>\0";
    const { cli, serviceId, subjects } = await openWith([{ outcome: "delivered" }, { excerpt }]);
    await using _ = cli;
    const [told = "", failed = ""] = subjects;

    const shown = await cli.run("callback", "attempts", serviceId);
    const delivered = await cli.run("callback", "attempts", serviceId, "--outcome", "delivered", "--json");
    const failures = await cli.run("callback", "failures", serviceId, "--since", "1h", "--json");
    const none = await cli.run("callback", "failures", serviceId, "--type", "complaint");

    expect(shown.out).toContain("timeout");
    expect(shown.out).not.toMatch(/[\u001b\0]/);
    expect(subjectsIn(delivered.out)).toEqual([told]);
    expect(subjectsIn(failures.out)).toEqual([failed]);
    expect(JSON.parse(failures.out)).toMatchObject([
      { answer: excerpt, address: "192.0.2.7", outcome: "exhausted" },
    ]);
    expect(none).toMatchObject({ code: 0, out: "No attempts" });
  });

  test.each([
    ["--since", "tomorrow", "--since must be a day or an instant that is over"],
    ["--since", "2999-01-01", "--since must be a day or an instant that is over"],
    ["--outcome", "lost", "--outcome must be one of delivered, failed"],
    ["--type", "gossip", "--type must be one of delivery_status"],
    ["--limit", "0", "--limit must be a whole number from 1 to 10000"],
  ])("do not take %s %s", async (option, value, message) => {
    await using cli = await openCli();

    const { code, err } = await cli.run("callback", "attempts", unknownId, option, value);

    expect(code).toBe(2);
    expect(err).toStartWith(message);
  });
});

describe("callback replay", () => {
  test("tells one thing again", async () => {
    const { cli, serviceId, subjects } = await openWith([{}]);
    await using _ = cli;

    const { code, out } = await cli.run(
      ...["callback", "replay", serviceId, "--subject", subjects[0] ?? "", "--type", "delivery_status"],
    );

    expect(code).toBe(0);
    expect(out).toStartWith("Queued as replay ");
    expect(await queued(cli)).toHaveLength(1);
  });

  test("begins one that is listed and can be cancelled", async () => {
    const { cli, serviceId } = await openWith([{}]);
    await using _ = cli;

    const began = await cli.run("callback", "replay", serviceId, "--since", "2d", "--outcome", "exhausted");
    const id = /replay ([0-9a-f-]{36})/.exec(began.out)?.[1] ?? "";
    const listed = await cli.run("callback", "replays", serviceId, "--json");
    const cancelled = await cli.run("callback", "cancel-replay", serviceId, id);
    const again = await cli.run("callback", "cancel-replay", serviceId, id);
    const unknown = await cli.run("callback", "cancel-replay", serviceId, unknownId);

    expect(JSON.parse(listed.out)).toMatchObject([{ id, state: "running", outcome: "exhausted", queued: 0 }]);
    expect(cancelled).toMatchObject({ code: 0, out: `Cancelled ${id}; 0 were queued, 0 of them delivered` });
    expect(again).toMatchObject({ code: 1, err: `Cannot cancel ${id}: it is cancelled` });
    expect(unknown).toMatchObject({ code: 1 });
  });

  test.each([
    [[], "Give --since, or --subject and --type"],
    [["--subject", unknownId], "Give --type with --subject"],
    [
      ["--subject", unknownId, "--type", "complaint", "--since", "1d"],
      "Give --subject, or --since and --outcome",
    ],
    [["--since", "1d", "--outcome", "failed"], "--outcome must be one of undelivered, exhausted"],
  ])("does not take %j", async (options, message) => {
    await using cli = await openCli();

    const { code, err } = await cli.run("callback", "replay", unknownId, ...options);

    expect(code).toBe(2);
    expect(err).toStartWith(message);
  });

  test("says what stands in its way", async () => {
    const { cli, serviceId } = await openWith([]);
    await using _ = cli;

    const { code, err } = await cli.run(
      "callback",
      "replay",
      serviceId,
      "--since",
      "1d",
      "--type",
      "complaint",
    );

    expect({ code, err }).toEqual({
      code: 1,
      err: "Cannot replay: The service has no complaint callback: set one first",
    });
  });
});

describe("keys rotate", () => {
  test("reaches what is kept of attempts and waits to be told again", async () => {
    const { cli, serviceId, subjects } = await openWith([
      { excerpt: "one" },
      { excerpt: "two", outcome: "failed" },
      {},
    ]);
    await using _ = cli;
    await cli.run(
      "callback",
      "replay",
      serviceId,
      "--subject",
      subjects[0] ?? "",
      "--type",
      "delivery_status",
    );
    const both = await createCipher([keys.new, keys.old]);

    const { out } = await cli.runWith({ cipher: both }, "keys", "rotate", "--json");

    expect(JSON.parse(out).places).toMatchObject({
      "callback_attempts.body": 2,
      "callback_attempts.excerpt": 2,
      "service-callbacks-replay jobs": 1,
    });
    const all = { serviceId, type: null, outcome: null, since: null, olderThan: null, limit: 10 };
    const attempts = await listServiceAttempts(cli.sql, await createCipher([keys.new]), all);
    expect(attempts.map(({ excerpt }) => excerpt)).toEqual([null, "two", "one"]);
    const left = await cli.sql`
      select from callback_attempts where body like 'old.%' or excerpt like 'old.%'`;
    expect(left).toHaveLength(0);
  });
});
