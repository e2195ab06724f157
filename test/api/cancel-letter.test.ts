import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { sealLetter } from "../../shared/letter/files.ts";
import { deadlineOf, printDateOf } from "../../shared/letter/print-day.ts";
import { type NotificationFacts, notificationRow } from "../support/notifications.ts";
import { openWorld, type World, type WorldService } from "../support/world.ts";

/* What operators do to letters. */

const secret = "a-secret-of-operators";
const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;
let other: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret } });
  other = await world.addService("Library");
});

afterAll(() => world[Symbol.asyncDispose]());

async function ask(method: string, path: string, headers: Record<string, string> = {}, key = secret) {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(key));
  return await fetch(`${world.apiUrl}/service/${path}`, {
    method,
    headers: { Authorization: `Bearer ${jwt}`, ...headers },
  });
}

async function cancel(id: string, serviceId = world.service.id) {
  const response = await ask("POST", `${serviceId}/notifications/${id}/cancel`);
  return { status: response.status, body: await response.json() };
}

const refused = (message: string, status = 400) => ({ status, body: { message, result: "error" } });
const letter = (facts: NotificationFacts = {}) => world.notification({ channel: "letter", ...facts });

describe("a letter is cancelled", () => {
  test.each(["created", "pending-virus-check"] as const)("while it is %s", async (status) => {
    const id = await letter({ status, sentAt: null, sentBy: null });
    const serviceId = world.service.id;

    expect(await cancel(id)).toEqual({
      status: 200,
      body: { id, notification_type: "letter", service: serviceId, status: "cancelled" },
    });
    expect(await notificationRow(world.sql, id)).toMatchObject({
      status: "cancelled",
      updatedAt: expect.any(Date),
    });
    const [row] = await world.sql`
      select l.settled_at is not null as settled, n.timeline from notifications n
        join letters l on l.notification_id = n.id where n.id = ${id}`;
    expect(row).toEqual({ settled: true, timeline: expect.stringMatching(/^\["e",\d+,"cancelled",null\]$/) });
    expect(await cancel(id)).toEqual(refused("This letter has already been cancelled."));
  });

  test("once of many who ask at the same time", async () => {
    const id = await letter();
    const answers = await Promise.all(Array.from({ length: 6 }, () => cancel(id)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400, 400]);
  });

  test("and gives back what it took of the day's limit; a test key's took none", async () => {
    const { sql, service } = world;
    const count = async () =>
      (await sql`select letter::int as letters from service_counters where service_id = ${service.id}`)[0]
        ?.letters;
    await sql`
      insert into service_counters (service_id, tokens, filled_at, utc_date, letter)
      values (${service.id}, array[1, 1, 1], array[now(), now(), now()], (now() at time zone 'UTC')::date, 3)
      on conflict (service_id) do update set letter = 3, utc_date = excluded.utc_date`;

    await cancel(await letter());
    expect(await count()).toBe(2);
    await cancel(await letter({ keyType: "test" }));
    expect(await count()).toBe(2);
    // Yesterday's count is not today's.
    await sql`update service_counters set utc_date = utc_date - 1 where service_id = ${service.id}`;
    await cancel(await letter());
    expect(await count()).toBe(2);
  });
});

describe("a letter is not cancelled", () => {
  test("once its print run has begun", async () => {
    // Longer ago than any weekend with bank holidays is long.
    const createdAt = new Date(Date.now() - 7 * 24 * 3_600_000);
    const printDate = printDateOf(createdAt);
    const day = new Intl.DateTimeFormat("en-GB", {
      day: "numeric",
      month: "long",
      timeZone: "Europe/London",
    });
    const id = await letter({ createdAt });

    expect(await cancel(id)).toEqual(
      refused(
        `It’s too late to cancel this letter. Printing started on ${day.format(deadlineOf(printDate))} at 5.30pm`,
      ),
    );
    expect((await notificationRow(world.sql, id)).status).toBe("created");
  });

  test("while it is in a batch, but once that is abandoned", async () => {
    const { sql } = world;
    const id = await letter();
    const [runId, batchId] = [crypto.randomUUID(), crypto.randomUUID()];
    await sql`
      insert into print_runs (id, print_date, deadline, kind, created_at)
      values (${runId}, now()::date, now(), 'manual', now())`;
    await sql`
      insert into letter_batches (id, run_id, name, number, postage, service_id, letters, bytes, created_at)
      values (${batchId}, ${runId}, 'a.ZIP', 1, 'second', ${world.service.id}, 1, 1, now())`;
    await sql`
      insert into letter_batch_members (batch_id, position, notification_id, file_name, bytes, sha256)
      values (${batchId}, 0, ${id}, 'a.PDF', 1, '')`;

    expect(await cancel(id)).toMatchObject(
      refused(expect.stringContaining("Letter status: created, created_at: ")),
    );
    await sql`update letter_batch_members set live = false`;
    expect((await cancel(id)).status).toBe(200);
  });

  test.each(["sending", "delivered", "validation-failed", "technical-failure", "virus-scan-failed"] as const)(
    "when it is %s",
    async (status) => {
      const id = await letter({ status });
      const { body } = await cancel(id);

      expect(body.message).toMatch(
        new RegExp(
          `^We could not cancel this letter. Letter status: ${status}, created_at: 20\\d\\d-\\d\\d-\\d\\dT[\\d:.]+Z$`,
        ),
      );
      expect((await notificationRow(world.sql, id)).status).toBe(status);
    },
  );

  test("when it is none, another's, or not there", async () => {
    const notFound = refused("Notification not found", 404);

    expect(await cancel(await world.notification())).toEqual(
      refused("Notification cannot be cancelled - only letters can be cancelled"),
    );
    expect(await cancel(await letter({ serviceId: other.id }))).toEqual(notFound);
    expect(await cancel(unknownId)).toEqual(notFound);
    expect(await cancel("5")).toEqual(notFound);
  });

  test("by who is no operator", async () => {
    const path = `${world.service.id}/notifications/${await letter()}/cancel`;

    expect((await ask("POST", path, {}, "another secret")).status).toBe(403);
  });
});

describe("a letter's PDF for operators", () => {
  async function stored(
    files: Partial<Record<"letter" | "original", string>>,
    facts: NotificationFacts = {},
  ) {
    const id = await letter(facts);
    for (const which of ["letter", "original"] as const) {
      const text = files[which];
      if (text === undefined) continue;
      const bytes = new TextEncoder().encode(text);
      await world.deps.storage.put([await sealLetter(world.cipher, id, which, bytes)]);
    }
    return id;
  }
  const get = (id: string, query = "", headers = {}, serviceId = world.service.id) =>
    ask("GET", `${serviceId}/notifications/${id}/pdf${query}`, headers);

  test.each([
    "created",
    "pending-virus-check",
    "virus-scan-failed",
    "technical-failure",
    "validation-failed",
    "cancelled",
  ] as const)("is there whatever became of it: %s", async (status) => {
    const id = await stored({ original: "as sent" }, { status });
    const response = await get(id);

    expect([response.status, await response.text()]).toEqual([200, "as sent"]);
    expect(response.headers.get("Content-Disposition")).toBe(`attachment; filename="${id}.pdf"`);
  });

  test("is what is printed, unless what was sent is asked for", async () => {
    const id = await stored({ letter: "printed", original: "as sent" });

    expect(await (await get(id)).text()).toBe("printed");
    expect(await (await get(id, "?file=original")).text()).toBe("as sent");
    expect(await (await get(id, "", { Range: "bytes=0-4" })).text()).toBe("print");
    expect((await get(id, "?file=other")).status).toBe(400);
  });

  test("is refused where there is none", async () => {
    const answer = async (response: Response) => ({ status: response.status, body: await response.json() });

    expect(await answer(await get(await letter()))).toEqual(refused("This letter has no PDF", 404));
    expect(await answer(await get(await world.notification()))).toEqual(
      refused("Notification is not a letter"),
    );
    const others = await stored({ letter: "printed" });
    expect(await answer(await get(others, "", {}, other.id))).toEqual(refused("No result found", 404));
    expect((await get(unknownId)).status).toBe(404);
    expect((await get("5")).status).toBe(404);
  });
});
