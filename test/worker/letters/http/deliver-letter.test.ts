import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { letterAddressOf } from "../../../../shared/letter/address.ts";
import { letterKey, sealLetter } from "../../../../shared/letter/files.ts";
import { findTimeline } from "../../../../shared/timeline/find-timeline.ts";
import { RetryIn } from "../../../../worker/consume.ts";
import { letterClaimSeconds } from "../../../../worker/store.ts";
import { deliverLetter } from "../../../../worker/tasks/letters/deliver-letter.ts";
import { jobsAbout, type NotificationFacts, notificationRow } from "../../../support/notifications.ts";
import { until } from "../../../support/until.ts";
import type { World } from "../../../support/world.ts";
import { never } from "../../providers/provider-server.ts";
import { openPrinterWorld, storePrintable } from "./letter.ts";

let world: World;

beforeEach(async () => {
  world = await openPrinterWorld();
});

afterEach(() => world[Symbol.asyncDispose]());

const deliver = (notificationId: string, deps = world.deps, signal = never) =>
  deliverLetter({ notificationId }, deps, signal);
const row = (id: string) => notificationRow(world.sql, id);
const printer = () => world.sandbox.dvlaHttp;
const openAlerts = () => world.sql`select subject, severity, facts from alerts where resolved_at is null`;

async function attemptsOf(id: string): Promise<(string | null)[]> {
  const { events } = (await findTimeline(world.sql, id)) ?? { events: [] };
  return events.flatMap((event) => (event.kind === "attempt" ? [event.outcome] : []));
}

describe("deliver-letter", () => {
  test("hands a letter to the printer, which then has it", async () => {
    const id = await storePrintable(world, { sheets: 3, postage: "first" });

    await deliver(id);

    const [letter] = await world.sql`select reference from letters where notification_id = ${id}`;
    expect(printer().jobs()).toMatchObject([
      {
        id,
        standardParams: {
          businessIdentifier: letter?.reference,
          recipientName: "Ada Archer",
          address: { unstructuredAddress: { line1: "1 Mill Lane", line2: "Leeds", postcode: "LS1 4AP" } },
          despatchMethod: "FIRST",
        },
      },
    ]);
    expect(await row(id)).toMatchObject({
      status: "sending",
      sentBy: "dvla",
      sentAt: expect.any(Date),
      billableUnits: 3,
      claimed: false,
    });
    expect(await attemptsOf(id)).toEqual(["accepted"]);
  });

  test("gives the PDF as it was made, and where to report", async () => {
    const id = await storePrintable(world);

    await deliver(id);

    const [job] = printer().jobs();
    const given = job?.customParams.find(({ key }) => key === "pdfContent")?.value ?? "";
    const [letter] = await world.sql`
      select encode(sha256, 'hex') as sha256 from letters where notification_id = ${id}`;
    expect(new Bun.CryptoHasher("sha256").update(Buffer.from(given, "base64")).digest("hex")).toBe(
      letter?.sha256,
    );
    expect(job?.callbackParams.target).toStartWith(
      `${world.apiUrl}/notifications/letter/status?token=${id}.`,
    );
  });

  test("sends a letter that a service made to the address that was read from it", async () => {
    const id = await storePrintable(world, { precompiled: true, to: "Provided as PDF" });
    const sealed = await world.cipher.encrypt("Bo Baker\n2 Rue X\nFrance", letterAddressOf(id));
    await world.sql`update letters set address = ${sealed}, postage = 'europe' where notification_id = ${id}`;

    await deliver(id);

    expect(printer().jobs()[0]?.standardParams).toMatchObject({
      recipientName: "Bo Baker",
      address: { internationalAddress: { line1: "2 Rue X", country: "France" } },
      despatchMethod: "INTERNATIONAL_EU",
    });
  });

  test.each<[string, NotificationFacts & { sheets?: number }]>([
    ["a test key's letter", { keyType: "test" }],
    ["one that was sent", { status: "sending" }],
    ["one that was cancelled", { status: "cancelled" }],
    ["one without a valid PDF", { sheets: 0 }],
  ])("leaves %s alone", async (_what, facts) => {
    const id = await storePrintable(world, facts);
    const { status } = await row(id);

    await deliver(id);

    expect(printer().requests()).toBe(0);
    expect(await row(id)).toMatchObject({ status, claimed: false });
  });

  test.each([
    ["is held", (id: string) => world.sql`insert into letter_holds select ${id}, 'why', now()`],
    ["is inactive", (id: string) => world.sql`update services set active = false where id = ${id}`],
  ])("leaves a letter for a later run while its service %s", async (_what, stop) => {
    const id = await storePrintable(world);
    await stop(world.service.id);

    await deliver(id);

    expect(printer().requests()).toBe(0);
    expect(await row(id)).toMatchObject({ status: "created", claimed: false });
  });

  test.each([
    ["is missing", async (id: string) => world.deps.storage.delete([letterKey(id, "letter")]), "missing"],
    [
      "is another",
      async (id: string) =>
        world.deps.storage.put([
          await sealLetter(world.cipher, id, "letter", new TextEncoder().encode("%PDF-1.7 other")),
        ]),
      "not the one that was made",
    ],
  ])(
    "ends a letter whose PDF %s, and has somebody look; no service is told",
    async (_what, spoil, reason) => {
      const id = await storePrintable(world);
      await spoil(id);

      await deliver(id);

      expect(await row(id)).toMatchObject({
        status: "technical-failure",
        reason: expect.stringContaining(reason),
        sentAt: null,
      });
      expect([...(await openAlerts())]).toMatchObject([
        { subject: "letters-not-handed-over", facts: { latest_notification: id } },
      ]);
      expect(await jobsAbout(world.sql, "service-callbacks", id)).toEqual([]);
      expect(printer().requests()).toBe(0);
    },
  );

  test("ends a letter that the printer will never take", async () => {
    const id = await storePrintable(world);
    world.sandbox.setFault({ provider: "dvla-http", count: 1, status: 400 });

    await deliver(id);

    expect(await row(id)).toMatchObject({
      status: "technical-failure",
      reason: "DVLA answered 400 with PP-SANDBOX",
    });
    expect(await attemptsOf(id)).toEqual(["rejected"]);
    expect([...(await openAlerts())]).toMatchObject([{ subject: "letters-not-handed-over" }]);
  });

  test.each([{ status: 503 }, { reset: true }, { status: 401 }])(
    "tries again after %j, and lets another worker",
    async (fault) => {
      const id = await storePrintable(world);
      world.sandbox.setFault({ provider: "dvla-http", count: 1, ...fault });

      await expect(deliver(id)).rejects.toThrow("DVLA");
      expect(await row(id)).toMatchObject({ status: "created", claimed: false, lastTried: "dvla" });
      await deliver(id, world.newDeps());

      expect(await row(id)).toMatchObject({ status: "sending" });
      expect(await attemptsOf(id)).toEqual(["unavailable", "accepted"]);
      expect([...(await openAlerts())]).toEqual([]);
    },
  );

  test("comes again no sooner than the printer asks, and no sooner than usual", async () => {
    const id = await storePrintable(world);
    for (const [asked, seconds] of [
      ["2", 180],
      ["900", 900],
    ] as const) {
      world.sandbox.setFault({
        provider: "dvla-http",
        count: 1,
        status: 429,
        headers: { "retry-after": asked },
      });

      const fault = await deliver(id, world.newDeps()).catch((error: unknown) => error);

      expect(fault).toBeInstanceOf(RetryIn);
      expect(fault).toMatchObject({ seconds });
    }
    expect(await row(id)).toMatchObject({ status: "created", claimed: false });
  });

  test("prints once where the answer was lost: DVLA says that it has it", async () => {
    const id = await storePrintable(world);
    world.sandbox.setFault({ provider: "dvla-http", count: 1, accept_without_answer: true });

    await expect(deliver(id)).rejects.toThrow();
    await deliver(id);

    expect(printer().jobs()).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "sending", sentBy: "dvla" });
  });

  test("is one call where two workers have its job", async () => {
    const id = await storePrintable(world);
    world.sandbox.setFault({ provider: "dvla-http", count: 1, delay_ms: 200 });

    const first = deliver(id);
    await until(() => printer().requests() === 1, "the printer is asked");
    const second = await deliver(id, world.newDeps()).catch((error: unknown) => error);
    await first;

    expect(second).toBeInstanceOf(RetryIn);
    expect(second).toMatchObject({ seconds: letterClaimSeconds });
    expect(printer().requests()).toBe(1);
  });

  test("keeps its claim when its worker stops in the middle: DVLA may have it", async () => {
    const id = await storePrintable(world);
    world.sandbox.setFault({ provider: "dvla-http", count: 1, hang: true });
    const stopping = new AbortController();

    const attempt = deliver(id, world.deps, stopping.signal);
    await until(() => printer().requests() === 1, "the printer is asked");
    stopping.abort();

    await expect(attempt).rejects.toThrow();
    expect(await row(id)).toMatchObject({ status: "created", claimed: true });
  });

  test("holds no connection while the printer is asked", async () => {
    const id = await storePrintable(world);
    world.sandbox.setFault({ provider: "dvla-http", count: 1, delay_ms: 300 });

    const attempt = deliver(id);
    await until(() => printer().requests() === 1, "the printer is asked");
    const [busy] = await world.sql`
      select count(*)::int as open from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and state like 'idle in transaction%'`;
    await attempt;

    expect(busy?.open).toBe(0);
  });
});
