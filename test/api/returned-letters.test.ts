import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { newLetterReference } from "../../shared/letter/reference.ts";
import { storeNotification } from "../support/notifications.ts";
import { openWorld, type World } from "../support/world.ts";

const secret = "an-internal-secret-of-this-test";
const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret } });
});

beforeEach(async () => {
  await world.sql`truncate letters, notifications, returned_letters`;
  await world.sql`delete from pgboss.job`;
});

afterAll(() => world[Symbol.asyncDispose]());

async function ask(path: string, body?: unknown) {
  const jwt = await new SignJWT({ iss: "notify-admin", iat: Math.floor(Date.now() / 1000) })
    .setProtectedHeader({ alg: "HS256" })
    .sign(new TextEncoder().encode(secret));
  const response = await fetch(`${world.apiUrl}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { Authorization: `Bearer ${jwt}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const jobs = () =>
  world.sql<{ data: { references: string[]; reportedAt: string } }[]>`
    select data from pgboss.job where name = 'returned-letters'`;

describe("POST /letters/returned", () => {
  test("has letters noted, five thousand a job, each once", async () => {
    const references = Array.from({ length: 10_001 }, newLetterReference);

    const answer = await ask("/letters/returned", { references: [...references, references[0]] });

    expect(answer.status).toBe(200);
    expect(answer.body.references).toHaveLength(10_002);
    const data = (await jobs()).map((job) => job.data);
    expect(data.map((each) => each.references.length).sort()).toEqual([1, 5000, 5000]);
    expect(new Set(data.flatMap((each) => each.references))).toEqual(new Set(references));
    expect(data[0]?.reportedAt).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test.each([
    [{}, "references is a required property"],
    [{ references: [] }, "references [] is too short"],
    [{ references: "7QK2M9ZD41XTB06H" }, "references 7QK2M9ZD41XTB06H is not of type array"],
    [{ references: ["7QK2M9ZD41XTB06H", 1] }, "references 1 is not of type string"],
    [{ references: ["7qk2m9zd41xtb06h"] }, "references 7qk2m9zd41xtb06h does not match ^[0-9A-Z]{16}$"],
  ])("refuses %j", async (body, message) => {
    expect(await ask("/letters/returned", body)).toEqual({
      status: 400,
      body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
    });
    expect(await jobs()).toHaveLength(0);
  });

  test("is for operators' programs alone", async () => {
    const response = await fetch(`${world.apiUrl}/letters/returned`, { method: "POST", body: "{}" });
    expect(response.status).toBe(401);
    expect((await response.json()).errors).toMatchObject([{ error: "AuthError" }]);
  });
});

describe("what was returned", () => {
  async function returned(reportedAt: string, createdAt: string): Promise<string> {
    const { sql, cipher, service } = world;
    const facts = { channel: "letter", status: "returned-letter", clientReference: "c-1" } as const;
    const id = await storeNotification(
      { sql, cipher, service },
      { ...facts, createdAt: new Date(createdAt) },
    );
    await sql`
      insert into returned_letters (notification_id, service_id, reported_at) values (${id}, ${service.id}, ${reportedAt})`;
    return id;
  }

  test("is counted by date, newest first", async () => {
    for (const day of ["2026-11-02", "2026-11-09", "2026-11-09"]) await returned(day, "2026-11-01T12:00:00Z");

    const { body } = await ask(`/service/${world.service.id}/returned-letter-summary`);

    expect(body).toEqual([
      { reported_at: "2026-11-09", returned_letter_count: 2 },
      { reported_at: "2026-11-02", returned_letter_count: 1 },
    ]);
  });

  test("of late is counted, and when the last was", async () => {
    const today = new Date().toISOString().slice(0, 10);
    const path = `/service/${world.service.id}/returned-letter-statistics`;
    expect((await ask(path)).body).toEqual({ returned_letter_count: 0, most_recent_report: null });

    await returned("2020-01-01", "2020-01-01T12:00:00Z");
    expect((await ask(path)).body).toEqual({
      returned_letter_count: 0,
      most_recent_report: "2020-01-01 00:00:00.000000",
    });

    await returned(today, "2026-11-01T12:00:00Z");
    expect((await ask(path)).body).toMatchObject({ returned_letter_count: 1 });
  });

  test("on one date is listed, the newest letter first, and what nothing is left of is counted", async () => {
    const older = await returned("2026-11-09", "2026-11-01T12:00:00Z");
    const newer = await returned("2026-11-09", "2026-11-02T12:00:00.123Z");
    const gone = await returned("2026-11-09", "2026-11-03T12:00:00Z");
    await world.sql`delete from notifications where id = ${gone}`;

    const { status, body } = await ask(
      `/service/${world.service.id}/returned-letters?reported_at=2026-11-09`,
    );

    expect(status).toBe(200);
    expect(body.orphaned_count).toBe(1);
    expect(body.returned_letters).toMatchObject([
      {
        notification_id: newer,
        client_reference: "c-1",
        created_at: "2026-11-02 12:00:00.123000",
        template_name: "Letter",
        user_name: "API",
        job_row_number: null,
      },
      { notification_id: older },
    ]);
    expect(
      (await ask(`/service/${world.service.id}/returned-letters?reported_at=2026-11-10`)).body
        .returned_letters,
    ).toEqual([]);
  });

  test.each([
    ["returned-letters", 400],
    ["returned-letters?reported_at=2026-02-30", 400],
    ["returned-letters?reported_at=2026-11-09T00:00:00Z", 400],
  ])("GET %s answers %d", async (path, status) => {
    expect((await ask(`/service/${world.service.id}/${path}`)).status).toBe(status);
  });

  test.each([
    "returned-letter-summary",
    "returned-letter-statistics",
    "returned-letters?reported_at=2026-11-09",
  ])("GET %s of no service answers 404", async (path) => {
    expect(await ask(`/service/${unknownId}/${path}`)).toEqual({
      status: 404,
      body: { result: "error", message: "No result found" },
    });
  });
});
