import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { readStatusReport } from "../../../shared/dvla/status-report.ts";
import { createStatusToken } from "../../../shared/dvla/status-token.ts";
import { createSigner } from "../../../shared/signing.ts";
import { findTimeline } from "../../../shared/timeline/find-timeline.ts";
import { jobsAbout, type NotificationFacts, notificationRow } from "../../support/notifications.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  await world.sql`delete from alerts`;
});

afterAll(() => world[Symbol.asyncDispose]());

const letter = (facts: NotificationFacts = {}) =>
  world.notification({ channel: "letter", status: "sending", billableUnits: 1, ...facts });

function despatched(jobId: string, over: object = {}) {
  return {
    id: "m-1",
    time: "2026-01-05T16:00:00Z",
    metadata: { correlationId: "c-1" },
    data: {
      jobId,
      jobStatus: "DESPATCHED",
      transitionDate: "2026-01-05T15:58:02Z",
      despatchProperties: properties("2ND", "MM"),
      ...over,
    },
  };
}

const properties = (postageClass: string, mailingProduct: string, totalSheets = "1") => [
  { key: "totalSheets", value: totalSheets },
  { key: "postageClass", value: postageClass },
  { key: "mailingProduct", value: mailingProduct },
];

const rejected = (jobId: string) => ({
  id: "m-2",
  data: { jobId, jobStatus: "REJECTED", transitionDate: "2026-01-05T15:58:02Z" },
});

async function tokenOf(id: string): Promise<string> {
  return await createStatusToken(await createSigner(world.config.encryptionKeys), id);
}

async function post(body: unknown, token: string | null): Promise<{ status: number; text: string }> {
  const query = token === null ? "" : `?token=${token}`;
  const response = await fetch(`${world.apiUrl}/notifications/letter/status${query}`, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

const report = async (id: string, body: unknown = despatched(id)) => post(body, await tokenOf(id));
const statusOf = async (id: string) => (await notificationRow(world.sql, id)).status;

async function factsOf(id: string) {
  const [row] = await world.sql`
    select despatched_on::text as on, cost_threshold as threshold from letters where notification_id = ${id}`;
  return row;
}

describe("POST /notifications/letter/status", () => {
  test("delivers a letter that was despatched, and keeps when and how; no service is told", async () => {
    const id = await letter();

    expect(await report(id)).toEqual({ status: 204, text: "" });

    expect(await statusOf(id)).toBe("delivered");
    expect(await factsOf(id)).toEqual({ on: "2026-01-05", threshold: "sorted" });
    expect(await jobsAbout(world.sql, "service-callbacks", id)).toEqual([]);
    const { events } = (await findTimeline(world.sql, id)) ?? { events: [] };
    expect(events.at(-1)).toMatchObject({
      kind: "receipt",
      provider: "dvla",
      status: "delivered",
      code: "DESPATCHED",
      happenedAt: new Date("2026-01-05T15:58:02Z"),
    });
  });

  test("ends a letter that was rejected, and has somebody look", async () => {
    const id = await letter();

    expect(await report(id, rejected(id))).toEqual({ status: 204, text: "" });

    expect(await statusOf(id)).toBe("technical-failure");
    expect([...(await world.sql`select subject, facts from alerts`)]).toMatchObject([
      { subject: "letters-rejected", facts: { latest_notification: id } },
    ]);
    expect(await factsOf(id)).toEqual({ on: null, threshold: null });
  });

  test.each([
    ["delivered", rejected],
    ["technical-failure", despatched],
    ["returned-letter", despatched],
    ["cancelled", rejected],
  ] as const)("ignores what comes of a letter that is %s", async (status, body) => {
    const id = await letter({ status });

    expect(await report(id, body(id))).toMatchObject({ status: 204 });

    expect(await statusOf(id)).toBe(status);
    expect(await world.sql`select from alerts`).toHaveLength(0);
  });

  test("takes one report of several that come at once", async () => {
    const id = await letter();

    const answers = await Promise.all(Array.from({ length: 8 }, () => report(id)));

    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 204));
    const { events } = (await findTimeline(world.sql, id)) ?? { events: [] };
    expect(events.filter(({ kind }) => kind === "receipt")).toHaveLength(1);
  });

  test("may be earlier than our note that the letter was handed over", async () => {
    const id = await letter({ status: "created", sentAt: null });

    await report(id);

    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "delivered",
      sentBy: "dvla",
      sentAt: expect.any(Date),
    });
  });

  test("of a letter that is gone is taken", async () => {
    expect(await report(crypto.randomUUID())).toMatchObject({ status: 204 });
  });

  test("says so in the log where the printer counted other sheets, and changes nothing of ours", async () => {
    const id = await letter({ billableUnits: 2 });

    await report(id, despatched(id, { despatchProperties: properties("2ND", "MM", "3") }));

    expect(await notificationRow(world.sql, id)).toMatchObject({ status: "delivered", billableUnits: 2 });
    expect(world.lines).toContainEqual({
      level: "error",
      facts: { notificationId: id, ourSheets: 2, sheets: 3 },
      message: "Printer counted other sheets",
    });
  });

  test.each([
    ["none", () => null],
    ["an empty one", () => ""],
    ["another's signature", async (id: string) => (await tokenOf(crypto.randomUUID())).replace(/^[^.]+/, id)],
    ["an id alone", (id: string) => id],
    ["one that was cut", async (id: string) => (await tokenOf(id)).slice(0, -2)],
    ["rubbish", () => "%00.%ff"],
  ])("refuses a report whose token is %s", async (_what, make) => {
    const id = await letter();

    expect(await post(despatched(id), await make(id))).toMatchObject({ status: 403 });

    expect(await statusOf(id)).toBe("sending");
  });

  test("refuses a report of another letter than its token's", async () => {
    const [id, other] = [await letter(), await letter()];

    expect(await post(despatched(other), await tokenOf(id))).toMatchObject({ status: 400 });

    expect([await statusOf(id), await statusOf(other)]).toEqual(["sending", "sending"]);
  });

  test.each<[string, (id: string) => unknown]>([
    ["no JSON", () => "{"],
    ["no object", () => "[]"],
    ["no data", () => ({ id: "m-1" })],
    ["no UUID", () => despatched("none")],
    ["an unknown status", (id) => despatched(id, { jobStatus: "LOST" })],
    ["no date", (id) => despatched(id, { transitionDate: "2026-02-30T00:00:00Z" })],
    ["no properties", (id) => despatched(id, { despatchProperties: undefined })],
    ["a property too few", (id) => despatched(id, { despatchProperties: properties("2ND", "MM").slice(1) })],
    ["odd sheets", (id) => despatched(id, { despatchProperties: properties("2ND", "MM", "-1") })],
  ])("refuses a report with %s", async (_what, body) => {
    const id = await letter();

    expect(await report(id, body(id))).toMatchObject({ status: 400 });

    expect(await statusOf(id)).toBe("sending");
  });

  test("answers with an error where it could not be stored, so that it comes again", async () => {
    const id = await letter();
    await world.sql`alter table letters rename to lost_letters`;

    const answer = await report(id);
    await world.sql`alter table lost_letters rename to letters`;

    expect(answer.status).toBe(500);
    expect(await statusOf(id)).toBe("sending");
    expect(await report(id)).toMatchObject({ status: 204 });
  });

  test("takes no more than a report's size", async () => {
    const id = await letter();

    expect(await report(id, " ".repeat(300_000))).toMatchObject({ status: 413 });
  });
});

describe("a status report", () => {
  const id = "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11";
  const despatchOf = (over: object) => {
    const read = readStatusReport(despatched(id, over));
    return read.ok ? read.report.despatch : null;
  };

  test.each([
    ["2ND", "MM", "sorted"],
    ["2ND", "MM ECONOMY", "sorted"],
    ["2nd", "mm", "sorted"],
    ["2ND", "UNCODED", "unsorted"],
    ["2ND", "MM UNSORTED", "unsorted"],
    ["2ND", "UNSORTED", "unsorted"],
    ["2ND", "UNSORTEDE", "unsorted"],
    ["1ST", "MM", "unsorted"],
    ["1ST", "UNCODED", "unsorted"],
    ["INTERNATIONAL", "INT EU", "unsorted"],
    ["INTERNATIONAL", "INT ROW", "unsorted"],
    ["2ND", "SOMETHING NEW", "unsorted"],
  ])("of %s by %s is %s", (postageClass, product, threshold) => {
    expect(despatchOf({ despatchProperties: properties(postageClass, product) })).toMatchObject({
      threshold,
    });
  });

  test.each([
    ["2026-01-05T23:59:59Z", "2026-01-05"],
    ["2026-07-05T22:59:59.999Z", "2026-07-05"],
    ["2026-07-05T23:00:00Z", "2026-07-06"],
    ["2026-07-06T00:30:00+01:00", "2026-07-06"],
    ["2026-10-25T00:30:00Z", "2026-10-25"],
    ["2026-12-31T23:59:59Z", "2026-12-31"],
  ])("of %s is of London's %s", (transitionDate, on) => {
    expect(despatchOf({ transitionDate })).toMatchObject({ on });
  });
});
