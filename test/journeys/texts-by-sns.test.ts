import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { fireSchedule } from "../../shared/schedule/queries.ts";
import { notificationRow } from "../support/notifications.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

setDefaultTimeout(120_000);

let world: World;

beforeAll(async () => {
  const keys = { SNS_ACCESS_KEY_ID: "id", SNS_SECRET_ACCESS_KEY: "secret" };
  world = await openWorld({ env: { MMG_API_KEY: "", FIRETEXT_API_KEY: "", ...keys } });
});

afterAll(() => world[Symbol.asyncDispose]());

describe("texts by SNS", () => {
  test("arrive, and what became of them is read from its log and told to the service", async () => {
    const { sandbox, service, sql } = world;
    const endings = [
      ["07700900001", "delivered", "Message has been accepted by phone carrier"],
      ["07700900002", "permanent-failure", "Invalid phone number"],
      ["07700900003", "temporary-failure", "Phone is currently unreachable/unavailable"],
    ] as const;
    const texts: { id: string; status: string; reason: string }[] = [];
    for (const [number, status, reason] of endings) {
      const personalisation = { name: "Ada", day: "Monday" };
      const answer = await world.client().sendSms(service.templates.sms, number, { personalisation });
      texts.push({ id: answer.data.id, status, reason });
    }
    await until(async () => {
      const rows = await Promise.all(texts.map(({ id }) => notificationRow(sql, id)));
      return rows.every(({ status }) => status === "sending");
    }, "all texts are sent");
    await sandbox.receiptsSettled();

    await fireSchedule(sql, "read-sns-receipts", new Date());
    const callbacks = await sandbox.waitFor(3, { channel: "callback", timeoutMs: 20_000 });

    expect(sandbox.messages("sms").map(({ provider, from, body }) => ({ provider, from, body }))).toEqual(
      Array(3).fill({ provider: "sns", from: "TownHall", body: "Hello Ada, come on Monday" }),
    );
    const told = new Map(callbacks.map(({ body }) => [JSON.parse(body).id, JSON.parse(body).status]));
    for (const { id, status, reason } of texts) {
      expect(await notificationRow(sql, id)).toMatchObject({ status, reason, sentBy: "sns" });
      expect(told.get(id)).toBe(status);
    }
  });
});
