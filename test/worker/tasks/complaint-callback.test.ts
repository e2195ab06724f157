import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import { setCallback } from "../../../shared/callback/queries.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import type { SesReceipt } from "../../../shared/receipt/payload.ts";
import { applySesReceipt } from "../../../worker/tasks/apply-receipt.ts";
import { sendCallback } from "../../../worker/tasks/send-callback.ts";
import { jobsAbout, type NotificationFacts } from "../../support/notifications.ts";
import { openWorld, type World, type WorldService } from "../../support/world.ts";
import { never } from "../providers/provider-server.ts";

let world: World;
let service: WorldService;

beforeAll(async () => {
  world = await openWorld({ worker: false });
});

beforeEach(async () => {
  service = await world.addService(`Service ${crypto.randomUUID()}`);
  await setCallback(world.sql, world.cipher, {
    serviceId: service.id,
    type: "complaint",
    url: `${world.sandbox.url}/callback/complaints`,
    bearerToken: "complaints-token",
  });
});

afterAll(() => world[Symbol.asyncDispose]());

const at = "2026-07-05T16:01:07.250Z";

function complaint(
  reference: string,
  over: { eventId?: string; happenedAt?: string | null } = {},
): SesReceipt {
  const email = { v: 1, provider: "ses", mailedAt: at, happenedAt: at, receivedAt: at } as const;
  const facts = { feedbackId: "feedback", complaintType: "abuse", eventId: crypto.randomUUID() };
  return { ...email, type: "complaint", reference, ...facts, ...over };
}

/** An email that SES has taken. */
async function sent(facts: NotificationFacts = {}): Promise<{ id: string; reference: string }> {
  const reference = `0102-${crypto.randomUUID()}`;
  const given = {
    channel: "email",
    status: "delivered",
    serviceId: service.id,
    reference,
    ...facts,
  } as const;
  return { id: await world.notification(given), reference };
}

interface Told {
  complaintId: string;
  jobId: string;
  payload: Payload<"service-callbacks">;
  body: string;
}

/** What waits to be told of an email's complaints. */
async function toldOf(id: string): Promise<Told[]> {
  const complaints = await world.sql<{ id: string }[]>`
    select id from complaints where notification_id = ${id} order by created_at`;
  const told: Told[] = [];
  for (const { id: complaintId } of complaints) {
    for (const job of await jobsAbout(world.sql, "service-callbacks", complaintId)) {
      const payload = job.data as Payload<"service-callbacks">;
      const body = await world.cipher.decrypt(payload.body, callbackBodyOf(complaintId));
      told.push({ complaintId, jobId: job.id, payload, body });
    }
  }
  return told;
}

async function send({ payload, jobId }: Told): Promise<void> {
  await sendCallback(payload, world.newDeps(), never, { id: jobId, attempt: 1 });
}

describe("a complaint", () => {
  test("is told byte for byte as Notify does", async () => {
    const { id, reference } = await sent({ clientReference: "case-é", to: "Ada@bücher.example" });

    await applySesReceipt(complaint(reference), world.deps);

    const [told] = await toldOf(id);
    expect(told?.payload).toMatchObject({ v: 1, type: "complaint", attempt: 1, reportedAt: at });
    expect(told?.body).toBe(
      `{"notification_id": "${id}", "complaint_id": "${told?.complaintId}", "reference": "case-\\u00e9", ` +
        '"to": "Ada@xn--bcher-kva.example", "complaint_date": "2026-07-05T16:01:07.250000Z"}',
    );
  });

  test("leaves open what is not known", async () => {
    const { id, reference } = await sent();

    await applySesReceipt(complaint(reference, { happenedAt: null }), world.deps);

    const [told] = await toldOf(id);
    expect(told?.body).toContain('"reference": null, "to": "Ada@example.com", "complaint_date": null}');
  });

  test("reaches the address for complaints, and not the one for statuses", async () => {
    const { id, reference } = await sent();
    await applySesReceipt(complaint(reference), world.deps);
    const [told] = await toldOf(id);
    if (!told) throw new Error("Expected a callback");

    await send(told);

    const calls = world.sandbox.messages("callback").filter(({ body }) => body.includes(id));
    expect(calls).toMatchObject([
      {
        to: "/callback/complaints",
        headers: { authorization: "Bearer complaints-token" },
        body: told.body,
      },
    ]);
  });

  test("is told once, though SNS repeats it, two workers apply it, and its job runs again", async () => {
    const { id, reference } = await sent();
    const receipt = complaint(reference);

    await Promise.all([applySesReceipt(receipt, world.deps), applySesReceipt(receipt, world.newDeps())]);
    await applySesReceipt(receipt, world.deps);

    expect(await toldOf(id)).toHaveLength(1);
    const ofService = await world.sql`
      select from pgboss.job where name = 'service-callbacks' and group_id = ${service.id}`;
    expect(ofService).toHaveLength(1);
  });

  test("is another where the same email is complained of again", async () => {
    const { id, reference } = await sent();

    await applySesReceipt(complaint(reference), world.deps);
    await applySesReceipt(complaint(reference), world.deps);

    const told = await toldOf(id);
    expect(new Set(told.map(({ payload }) => payload.subjectId)).size).toBe(2);
  });

  test("is stored, and told nobody, where its service wants to hear of none", async () => {
    const { id, reference } = await sent({ serviceId: world.service.id });

    await applySesReceipt(complaint(reference), world.deps);

    expect(await world.sql`select from complaints where notification_id = ${id}`).toHaveLength(1);
    expect(await toldOf(id)).toEqual([]);
  });

  test("is stored and told, or neither", async () => {
    const { id, reference } = await sent();
    await world.sql`
      alter table pgboss.job_common add constraint no_callbacks check (name <> 'service-callbacks') not valid`;

    try {
      await expect(applySesReceipt(complaint(reference), world.deps)).rejects.toThrow();
      expect(await world.sql`select from complaints where notification_id = ${id}`).toHaveLength(0);
    } finally {
      await world.sql`alter table pgboss.job_common drop constraint no_callbacks`;
    }
    await applySesReceipt(complaint(reference), world.deps);

    expect(await toldOf(id)).toHaveLength(1);
  });

  test("is told though the email's row went before its service could be reached", async () => {
    const { id, reference } = await sent();
    await applySesReceipt(complaint(reference), world.deps);
    const [told] = await toldOf(id);
    if (!told) throw new Error("Expected a callback");
    await world.sql`delete from notifications where id = ${id}`;

    await send(told);

    expect(world.sandbox.messages("callback").map(({ body }) => body)).toContain(told.body);
  });

  test("is told though the email's row went while it was being applied", async () => {
    const { id, reference } = await sent();
    const deps = world.newDeps();
    const email = await deps.store.findByReference(reference);
    await world.sql`delete from notifications where id = ${id}`;

    await applySesReceipt(complaint(reference), {
      ...deps,
      store: { ...deps.store, findByReference: async () => email },
    });

    expect(await toldOf(id)).toHaveLength(1);
  });

  test("holds its recipient in no log and no job", async () => {
    const { id, reference } = await sent({ to: "grace.hopper@example.com" });

    await applySesReceipt(complaint(reference), world.deps);

    const [told] = await toldOf(id);
    expect(told?.body).toContain("grace.hopper@example.com");
    const jobs = await world.sql`select data from pgboss.job`;
    expect(JSON.stringify([...jobs, ...world.lines])).not.toContain("grace.hopper");
  });
});
