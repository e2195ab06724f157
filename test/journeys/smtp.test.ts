import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startSandbox } from "../sandbox/sandbox.ts";
import { openWorld, type World } from "../support/world.ts";

let world: World;
let relay: Awaited<ReturnType<typeof startSandbox>>;

beforeAll(async () => {
  relay = await startSandbox({ port: 0, receipts: null });
  world = await openWorld({ env: { SES_ACCESS_KEY_ID: "", SMTP_URL: `smtp://127.0.0.1:${relay.smtpPort}` } });
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
  await relay[Symbol.asyncDispose]();
});

const personalisation = { name: "Ada", day: "Monday" };

describe("an email by SMTP", () => {
  test("arrives, and counts as delivered when the server has taken it, because no receipt will come", async () => {
    await world.client().sendEmail(world.service.templates.email, "ada@example.com", { personalisation });
    const [callback] = await world.sandbox.waitFor(1, { channel: "callback", timeoutMs: 20_000 });

    const [email] = relay.messages("email");
    expect(email).toMatchObject({ provider: "smtp", to: "ada@example.com", subject: "Your visit on Monday" });
    expect(email?.html).toContain("Hello Ada");
    expect(email?.headers).toMatchObject({ "Reply-To": "answers@town-hall.example" });
    expect(JSON.parse(callback?.body ?? "")).toMatchObject({
      status: "delivered",
      sent_at: expect.any(String),
      completed_at: expect.any(String),
    });
    const [row] = await world.sql`select status, sent_by, sent_at is not null as sent from notifications`;
    expect(row).toEqual(expect.objectContaining({ status: "delivered", sent_by: "smtp", sent: true }));
  });

  test("waits while the server is down", async () => {
    relay.setFault({ provider: "smtp", status: 451, count: 1 });
    await world.client().sendEmail(world.service.templates.email, "bob@example.com", { personalisation });

    const waiting = () => world.sql`
      select state from pgboss.job where name = 'deliver-email' and state = 'retry' and retry_count = 0`;
    while ((await waiting()).length === 0) await Bun.sleep(10);

    const [row] = await world.sql`select status from notifications where recipient = 'bob@example.com'`;
    expect(row?.status).toBe("created");
  });
});
