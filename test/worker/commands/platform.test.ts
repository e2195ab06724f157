import { expect, test } from "bun:test";
import { platformIds } from "../../../shared/platform/platform.ts";
import { keys, openCli } from "./cli.ts";

const env = {
  DATABASE_URL: "postgres://localhost/none",
  ENCRYPTION_KEYS: `${keys.old.id}:${Buffer.from(keys.old.bytes).toString("base64")}`,
  EMAIL_DOMAIN: "hall.example",
};

test("platform setup makes the platform's own service once, and only says so on a dry run", async () => {
  await using cli = await openCli();
  const setUp = async (...options: string[]) => {
    const { code, out } = await cli.runWith({ env }, "platform", "setup", "--json", ...options);
    return { code, ...JSON.parse(out) };
  };
  const all = "owner, service, Check of a reply-to address, A service is live";
  const service_id = platformIds.service;

  expect(await setUp("--dry-run")).toEqual({ code: 0, service_id, missing: all });
  expect([...(await cli.sql`select from services`)]).toEqual([]);
  expect(await setUp("--name", "Hall Messages")).toEqual({ code: 0, service_id, made: all });
  await cli.sql`delete from templates_history where name = 'A service is live'`;
  await cli.sql`delete from templates where name = 'A service is live'`;
  expect(await setUp()).toEqual({ code: 0, service_id, made: "A service is live" });

  const [service] = await cli.sql`
    select s.name, s.restricted, s.count_as_live, u.email_address, u.state, sender.sms_sender
    from services s join user_to_service m on m.service_id = s.id join users u on u.id = m.user_id
      join service_sms_senders sender on sender.service_id = s.id`;
  expect(service).toEqual({
    name: "Hall Messages",
    restricted: false,
    count_as_live: false,
    email_address: "platform@hall.example",
    state: "inactive",
    sms_sender: "Pillarbox",
  });
});

test("platform setup says why it cannot", async () => {
  await using cli = await openCli();
  await cli.service("Pillarbox");

  const taken = await cli.runWith({ env }, "platform", "setup");
  const odd = await cli.runWith({ env }, "platform", "setup", "--name", "-");

  expect([taken.code, taken.err]).toEqual([1, expect.stringContaining('another is called "Pillarbox"')]);
  expect([odd.code, odd.err]).toEqual([1, expect.stringContaining("at least 2 letters or numbers")]);
});
