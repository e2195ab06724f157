import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type BroadcastStatus, broadcastStatuses } from "../../../shared/broadcast/broadcast.ts";
import { setAsBroadcastService } from "../../../shared/broadcast/settings.ts";
import {
  addBroadcastService,
  addPerson,
  type BroadcastPlace,
  operatorToken,
  storeBroadcast,
  townSquare,
} from "../../support/broadcasts.ts";
import { openWorld, type World } from "../../support/world.ts";

const secret = "a-secret-of-operators";
let world: World;
let live: BroadcastPlace;
let training: BroadcastPlace;

beforeAll(async () => {
  world = await openWorld({ worker: false, env: { ADMIN_CLIENT_SECRETS: secret } });
  live = await addBroadcastService(world.sql, world.cipher);
  training = await addBroadcastService(world.sql, world.cipher, { mode: "training" });
});

afterAll(() => world[Symbol.asyncDispose]());

async function post(path: string, body: object) {
  const response = await fetch(`${world.apiUrl}${path}`, {
    method: "POST",
    headers: { Authorization: `Bearer ${await operatorToken(secret)}` },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const change = (
  { serviceId }: Pick<BroadcastPlace, "serviceId">,
  id: string,
  status: BroadcastStatus,
  userId: string,
  more: object = {},
) => post(`/service/${serviceId}/broadcast-message/${id}/status`, { status, created_by: userId, ...more });

const refused = (message: string, status = 400) => ({ status, body: { result: "error", message } });

async function eventsOf(id: string) {
  return await world.sql<
    { type: string; position: number; provider: string; status: string; isQueued: boolean }[]
  >`
    select e.message_type as type, e.position, m.provider, m.status, m.queued_at is not null as "isQueued"
    from broadcast_events e left join broadcast_provider_messages m on m.broadcast_event_id = e.id
    where e.broadcast_message_id = ${id} order by e.position, m.provider`;
}

async function jobsOf(id: string) {
  return await world.sql<{ provider: string; type: string; groupId: string; waits: boolean }[]>`
    select j.data->>'provider' as provider, e.message_type as type, j.group_id as "groupId",
      j.state = 'created' and j.start_after <= now() as waits
    from pgboss.job j join broadcast_events e on e.id = (j.data->>'eventId')::uuid
    where j.name = 'send-broadcast-message' and e.broadcast_message_id = ${id} order by e.position, 1`;
}

const networks = ["ee", "o2", "three", "vodafone"];

describe("approving an alert", () => {
  test("stores status, event, the networks' messages and their jobs", async () => {
    const id = await storeBroadcast(world.sql, live);

    const { status, body } = await change(live, id, "broadcasting", live.approver);

    expect({ status, became: body.status, by: body.approved_by_id }).toEqual({
      status: 200,
      became: "broadcasting",
      by: live.approver,
    });
    expect(body.approved_at).toMatch(/Z$/);
    expect([...(await eventsOf(id))]).toEqual(
      networks.map((provider) => ({
        type: "alert",
        position: 1,
        provider,
        status: "sending",
        isQueued: true,
      })),
    );
    expect([...(await jobsOf(id))]).toEqual(
      networks.map((provider) => ({ provider, type: "alert", groupId: provider, waits: true })),
    );
  });

  test("freezes what the networks are told, the channel and the networks", async () => {
    const place = await addBroadcastService(world.sql, world.cipher, {
      channel: "operator",
      provider: "three",
    });
    const id = await storeBroadcast(world.sql, place, { content: "Leave now." });

    await change(place, id, "broadcasting", place.approver);
    await setAsBroadcastService(world.sql, {
      serviceId: place.serviceId,
      mode: "live",
      channel: "government",
      provider: "all",
      at: new Date(),
    });

    const [row] = await world.sql`
      select b.channel, b.providers, e.transmitted_content as content, e.transmitted_areas as areas,
        e.transmitted_sender as sender, e.transmitted_starts_at = b.starts_at as "sameStart",
        e.transmitted_finishes_at = b.finishes_at as "sameEnd"
      from broadcast_messages b join broadcast_events e on e.broadcast_message_id = b.id where b.id = ${id}`;
    expect(row).toEqual({
      channel: "operator",
      providers: ["three"],
      content: { body: "Leave now." },
      areas: { names: ["Wainfleet"], simple_polygons: [townSquare] },
      sender: "notifications.service.gov.uk",
      sameStart: true,
      sameEnd: true,
    });
  });

  test("gives Vodafone's message a number of its own, and no other's", async () => {
    const ids = [await storeBroadcast(world.sql, live), await storeBroadcast(world.sql, live)];
    for (const id of ids) await change(live, id, "broadcasting", live.approver);

    const rows = await world.sql<{ provider: string; number: string | null }[]>`
      select m.provider, m.message_number as number from broadcast_provider_messages m
      join broadcast_events e on e.id = m.broadcast_event_id where e.broadcast_message_id = any (${ids}::text[]::uuid[])`;

    const numbers = rows.filter(({ number }) => number !== null);
    expect(numbers.map(({ provider }) => provider)).toEqual(["vodafone", "vodafone"]);
    expect(new Set(numbers.map(({ number }) => number)).size).toBe(2);
  });

  test("of two at once, one does", async () => {
    const others = await Promise.all(
      Array.from({ length: 4 }, () => addPerson(world.sql, { serviceId: live.serviceId })),
    );
    const id = await storeBroadcast(world.sql, live);

    const answers = await Promise.all(others.map((userId) => change(live, id, "broadcasting", userId)));

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400]);
    expect(answers.find(({ status }) => status === 400)).toEqual(
      refused(`Cannot move broadcast_message ${id} from broadcasting to broadcasting`),
    );
    expect(await eventsOf(id)).toHaveLength(4);
  });

  test("of one's own is refused on a live service, to platform admins too", async () => {
    const admin = await addPerson(world.sql, { serviceId: live.serviceId, platformAdmin: true });
    for (const writer of [live.writer, admin]) {
      const id = await storeBroadcast(world.sql, { ...live, writer });

      expect(await change(live, id, "broadcasting", writer)).toEqual(
        refused(`User ${writer} cannot approve their own broadcast_message ${id}`),
      );
    }
  });

  test("of one's own is allowed in training, and nothing is sent", async () => {
    const id = await storeBroadcast(world.sql, training, { stubbed: true });

    expect(await change(training, id, "broadcasting", training.writer)).toMatchObject({ status: 200 });
    expect(await eventsOf(id)).toHaveLength(0);
  });

  test("of what a service's own program made takes one person", async () => {
    const id = await storeBroadcast(world.sql, live);
    await world.sql`
      update broadcast_messages set created_by_id = null, submitted_by_id = null,
        created_by_api_key_id = (select id from api_keys where service_id = ${live.serviceId} and expiry_date is null)
      where id = ${id}`;

    expect(await change(live, id, "broadcasting", live.writer)).toMatchObject({ status: 200 });
  });

  test.each([
    ["was made in training, once its service is live", true, "live", "training", "live"],
    ["was made live, once its service is in training", false, "training", "live", "training"],
  ] as const)("of an alert that %s, is refused", async (_, stubbed, mode, then, now) => {
    const place = mode === "live" ? live : training;
    const id = await storeBroadcast(world.sql, place, { stubbed });

    expect(await change(place, id, "broadcasting", place.approver)).toEqual(
      refused(
        `broadcast_message ${id} cannot be broadcasted: it was made while its service was in ${then} mode, which now is in ${now} mode`,
      ),
    );
    expect(await eventsOf(id)).toHaveLength(0);
  });

  test("names the version that was read, and is refused where it has changed since", async () => {
    const id = await storeBroadcast(world.sql, live);
    const path = `/service/${live.serviceId}/broadcast-message/${id}`;
    const finishes = new Date(Date.now() + 3_600_000).toISOString();
    const { body } = await post(path, { finishes_at: finishes });

    expect(await change(live, id, "broadcasting", live.approver, { version: body.version - 1 })).toEqual(
      refused(
        `broadcast_message ${id} has changed since it was read: it has version 2, and 1 was to be approved`,
      ),
    );
    expect(await change(live, id, "broadcasting", live.approver, { version: body.version })).toMatchObject({
      status: 200,
    });
  });

  test("is refused where the area was changed after it was handed in, until it is handed in again", async () => {
    const id = await storeBroadcast(world.sql, live);
    const areas = { ids: ["here"], simple_polygons: [townSquare.map(([lat, long]) => [lat + 1, long])] };
    await post(`/service/${live.serviceId}/broadcast-message/${id}`, { areas });

    expect(await change(live, id, "broadcasting", live.approver)).toEqual(
      refused(
        `broadcast_message ${id} was changed after it was handed in for approval: it must be handed in again`,
      ),
    );

    await change(live, id, "draft", live.writer);
    await change(live, id, "pending-approval", live.writer);
    expect(await change(live, id, "broadcasting", live.approver)).toMatchObject({ status: 200 });
  });

  test("at the moment its area is changed sends what was read, or is refused", async () => {
    const areas = { ids: ["there"], simple_polygons: [townSquare.map(([lat, long]) => [lat + 1, long])] };
    for (let round = 0; round < 10; round++) {
      const id = await storeBroadcast(world.sql, live);

      const [approved, edited] = await Promise.all([
        change(live, id, "broadcasting", live.approver),
        post(`/service/${live.serviceId}/broadcast-message/${id}`, { areas }),
      ]);

      expect([approved.status, edited.status].sort()).toEqual([200, 400]);
      const sent = await world.sql`
        select transmitted_areas as areas from broadcast_events where broadcast_message_id = ${id}`;
      expect([...sent]).toEqual(
        approved.status === 200 ? [{ areas: { names: ["Wainfleet"], simple_polygons: [townSquare] } }] : [],
      );
    }
  });

  test("is refused to who handed in another's alert with changes", async () => {
    const id = await storeBroadcast(world.sql, live, { status: "draft" });
    const areas = { ids: ["here"], simple_polygons: [townSquare] };
    await post(`/service/${live.serviceId}/broadcast-message/${id}`, { areas });
    await change(live, id, "pending-approval", live.approver);

    expect(await change(live, id, "broadcasting", live.approver)).toEqual(
      refused(`User ${live.approver} cannot approve their own broadcast_message ${id}`),
    );
  });

  const hours = (count: number) => new Date(Date.now() + count * 3_600_000);
  const open = townSquare.slice(0, 4);
  test.each<[what: string, facts: Parameters<typeof storeBroadcast>[2], message: (id: string) => string]>([
    [
      "no areas",
      { areas: {} },
      (id) => `broadcast_message ${id} has no selected areas and so cannot be broadcasted.`,
    ],
    [
      "no polygons",
      { areas: { names: ["Here"], simple_polygons: [] } },
      (id) => `broadcast_message ${id} has no selected areas and so cannot be broadcasted.`,
    ],
    [
      "an open polygon",
      { areas: { simple_polygons: [open] } },
      (id) => `broadcast_message ${id} cannot be broadcasted: areas polygon 1 must end where it begins`,
    ],
    [
      "more polygons than networks take",
      { areas: { simple_polygons: Array.from({ length: 26 }, () => townSquare) } },
      (id) => `broadcast_message ${id} cannot be broadcasted: areas must have at most 25 polygons`,
    ],
    [
      "no start",
      { startsAt: null },
      (id) => `broadcast_message ${id} cannot be broadcasted: it must have a start and an end`,
    ],
    [
      "no end",
      { finishesAt: null },
      (id) => `broadcast_message ${id} cannot be broadcasted: it must have a start and an end`,
    ],
    [
      "an end that has passed",
      { startsAt: hours(-2), finishesAt: hours(-1) },
      (id) => `broadcast_message ${id} cannot be broadcasted: its end has passed`,
    ],
    [
      "an end before its start",
      { startsAt: hours(2), finishesAt: hours(1) },
      (id) => `broadcast_message ${id} cannot be broadcasted: its end must come after its start`,
    ],
    [
      "a life of 24 hours",
      { startsAt: hours(0), finishesAt: hours(24) },
      (id) =>
        `broadcast_message ${id} cannot be broadcasted: it must end at most 23 hours and 59 minutes after its start and its approval`,
    ],
    [
      "a life that begins tomorrow",
      { startsAt: hours(20), finishesAt: hours(25) },
      (id) =>
        `broadcast_message ${id} cannot be broadcasted: it must end at most 23 hours and 59 minutes after its start and its approval`,
    ],
  ])("is refused to one with %s", async (_, facts, message) => {
    const id = await storeBroadcast(world.sql, live, facts);

    expect(await change(live, id, "broadcasting", live.approver)).toEqual(refused(message(id)));
    expect(await eventsOf(id)).toHaveLength(0);
  });

  test("is refused where no network of the service is enabled", async () => {
    await using quiet = await openWorld({
      worker: false,
      env: { ADMIN_CLIENT_SECRETS: secret, BROADCAST_NETWORKS: "ee" },
    });
    const place = await addBroadcastService(quiet.sql, quiet.cipher, { provider: "o2" });
    const id = await storeBroadcast(quiet.sql, place);

    const response = await fetch(
      `${quiet.apiUrl}/service/${place.serviceId}/broadcast-message/${id}/status`,
      {
        method: "POST",
        headers: { Authorization: `Bearer ${await operatorToken(secret)}` },
        body: JSON.stringify({ status: "broadcasting", created_by: place.approver }),
      },
    );

    expect(await response.json()).toEqual(
      refused(`broadcast_message ${id} cannot be broadcasted: no network of its service is enabled`).body,
    );
  });

  test("goes out though nobody can be told of it", async () => {
    await using broken = await openWorld({
      worker: false,
      env: {
        ADMIN_CLIENT_SECRETS: secret,
        NOTIFY_ENVIRONMENT: "live",
        CALLBACK_ALLOWED_CIDRS: "",
        EMAIL_DOMAIN: "a.example",
        API_HOST: "https://api.example",
      },
    });
    const place = await addBroadcastService(broken.sql, broken.cipher);
    const id = await storeBroadcast(broken.sql, place);
    // Neither tickets nor the public's list can be queued.
    await broken.sql`delete from pgboss.queue where name in ('send-alerts', 'publish-govuk-alerts')`;

    const response = await fetch(
      `${broken.apiUrl}/service/${place.serviceId}/broadcast-message/${id}/status`,
      {
        method: "POST",
        headers: { Authorization: `Bearer ${await operatorToken(secret)}` },
        body: JSON.stringify({ status: "broadcasting", created_by: place.approver }),
      },
    );

    expect(response.status).toBe(200);
    const jobs = await broken.sql`select from pgboss.job where name = 'send-broadcast-message'`;
    expect(jobs).toHaveLength(4);
    expect(broken.lines.filter(({ level }) => level === "error")).toHaveLength(2);
  });

  test("pages somebody in production, and has the public's list made once", async () => {
    await using real = await openWorld({
      worker: false,
      env: {
        ADMIN_CLIENT_SECRETS: secret,
        NOTIFY_ENVIRONMENT: "live",
        EMAIL_DOMAIN: "a.example",
        API_HOST: "https://api.example",
      },
    });
    const place = await addBroadcastService(real.sql, real.cipher);
    const bring = async (id: string, status: BroadcastStatus) =>
      await fetch(`${real.apiUrl}/service/${place.serviceId}/broadcast-message/${id}/status`, {
        method: "POST",
        headers: { Authorization: `Bearer ${await operatorToken(secret)}` },
        body: JSON.stringify({ status, created_by: place.approver }),
      });
    const ids = [await storeBroadcast(real.sql, place), await storeBroadcast(real.sql, place)];
    for (const id of ids) await bring(id, "broadcasting");

    const alerts = await real.sql`select severity, title from alerts`;
    expect([...alerts]).toEqual(
      Array.from({ length: 2 }, () => ({ severity: "page", title: "Live broadcast sent" })),
    );
    expect(await real.sql`select from pgboss.job where name = 'publish-govuk-alerts'`).toHaveLength(1);

    const [first = ""] = ids;
    await bring(first, "completed");
    const open = await real.sql`select facts->>'broadcastId' as id from alerts where resolved_at is null`;
    expect([...open]).toEqual([{ id: ids[1] }]);
  });
});

describe("calling an alert off", () => {
  async function onAir() {
    const id = await storeBroadcast(world.sql, live);
    await change(live, id, "broadcasting", live.approver);
    return id;
  }
  const acknowledge = (id: string, providers: string[]) => world.sql`
    update broadcast_provider_messages m set status = 'returned-ack', acknowledged_at = now()
    from broadcast_events e
    where e.id = m.broadcast_event_id and e.broadcast_message_id = ${id} and m.provider = any (${providers}::text[])`;

  test("queues the cancel for networks that have acknowledged the alert, and keeps the others' waiting", async () => {
    const id = await onAir();
    await acknowledge(id, ["ee", "vodafone"]);

    const { status, body } = await change(live, id, "cancelled", live.writer);

    expect({ status, became: body.status, by: body.cancelled_by_id }).toEqual({
      status: 200,
      became: "cancelled",
      by: live.writer,
    });
    const cancels = (await eventsOf(id)).filter(({ type }) => type === "cancel");
    expect(cancels.map(({ provider, isQueued }) => ({ provider, isQueued }))).toEqual([
      { provider: "ee", isQueued: true },
      { provider: "o2", isQueued: false },
      { provider: "three", isQueued: false },
      { provider: "vodafone", isQueued: true },
    ]);
    const jobs = (await jobsOf(id)).filter(({ type }) => type === "cancel");
    expect(jobs.map(({ provider }) => provider)).toEqual(["ee", "vodafone"]);
  });

  test("leaves the alert's end as it was, and comes after it", async () => {
    const id = await onAir();
    await change(live, id, "cancelled", live.writer);

    const [row] = await world.sql`
      select b.finishes_at = c.transmitted_finishes_at as "sameEnd", c.sent_at > a.sent_at as later
      from broadcast_messages b
        join broadcast_events a on a.broadcast_message_id = b.id and a.position = 1
        join broadcast_events c on c.broadcast_message_id = b.id and c.position = 2
      where b.id = ${id}`;
    expect(row).toEqual({ sameEnd: true, later: true });
  });

  test("goes to the networks that have the alert, whatever the service's settings are now", async () => {
    const place = await addBroadcastService(world.sql, world.cipher, { provider: "o2" });
    const id = await storeBroadcast(world.sql, place);
    await change(place, id, "broadcasting", place.approver);
    await world.sql`update service_broadcast_settings set provider = 'ee' where service_id = ${place.serviceId}`;

    await change(place, id, "cancelled", place.writer);

    expect((await eventsOf(id)).map(({ type, provider }) => `${type} ${provider}`)).toEqual([
      "alert o2",
      "cancel o2",
    ]);
  });

  test("is open to a platform admin of no service, and nothing else is", async () => {
    const admin = await addPerson(world.sql, { platformAdmin: true });
    const waiting = await storeBroadcast(world.sql, live);

    expect(await change(live, waiting, "broadcasting", admin)).toEqual(
      refused(`User ${admin} cannot update broadcast_message ${waiting} from other service`),
    );
    expect(await change(live, await onAir(), "cancelled", admin)).toMatchObject({ status: 200 });
  });

  test("is open to a platform admin who may only look on in the service", async () => {
    const { serviceId } = live;
    const permissions = ["view_activity"];
    const admin = await addPerson(world.sql, { serviceId, permissions, platformAdmin: true });
    const onlooker = await addPerson(world.sql, { serviceId, permissions });
    const id = await onAir();

    expect(await change(live, id, "cancelled", onlooker)).toMatchObject({ status: 400 });
    expect(await change(live, id, "completed", admin)).toMatchObject({ status: 400 });
    expect(await change(live, id, "cancelled", admin)).toMatchObject({ status: 200 });
  });

  test("of two at once makes one cancel", async () => {
    const id = await onAir();

    const answers = await Promise.all(
      [live.writer, live.approver].map((userId) => change(live, id, "cancelled", userId)),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect((await eventsOf(id)).filter(({ type }) => type === "cancel")).toHaveLength(4);
  });

  test("goes to the networks though the service is in training by now", async () => {
    const place = await addBroadcastService(world.sql, world.cipher);
    const id = await storeBroadcast(world.sql, place);
    await change(place, id, "broadcasting", place.approver);
    await world.sql`update services set restricted = true where id = ${place.serviceId}`;

    expect(await change(place, id, "cancelled", place.approver)).toMatchObject({ status: 200 });

    expect((await eventsOf(id)).filter(({ type }) => type === "cancel")).toHaveLength(4);
    expect(
      world.lines.some(
        ({ level, facts }) => level === "error" && "broadcastId" in facts && facts.broadcastId === id,
      ),
    ).toBe(true);
  });

  test("of one that was only practised sends nothing", async () => {
    const id = await storeBroadcast(world.sql, training, { stubbed: true });
    await change(training, id, "broadcasting", training.approver);

    expect(await change(training, id, "cancelled", training.approver)).toMatchObject({ status: 200 });
    expect(await eventsOf(id)).toHaveLength(0);
  });

  test("and ending it at the same moment leaves one of both", async () => {
    const id = await onAir();

    const answers = await Promise.all([
      change(live, id, "cancelled", live.writer),
      change(live, id, "completed", live.approver),
    ]);

    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const [row] = await world.sql`select status from broadcast_messages where id = ${id}`;
    const cancels = (await eventsOf(id)).filter(({ type }) => type === "cancel");
    expect(cancels).toHaveLength(row?.status === "cancelled" ? 4 : 0);
  });
});

describe("who may bring an alert into a status", () => {
  const mayBecome: Record<BroadcastStatus, BroadcastStatus[]> = {
    draft: ["pending-approval"],
    "pending-approval": ["rejected", "draft", "broadcasting"],
    rejected: ["draft", "pending-approval"],
    broadcasting: ["completed", "cancelled"],
    completed: [],
    cancelled: [],
    "technical-failure": [],
  };

  test.each(broadcastStatuses)("from %s only where it may lead", async (from) => {
    for (const to of broadcastStatuses) {
      const id = await storeBroadcast(world.sql, live, { status: from });

      expect(await change(live, id, to, live.approver)).toMatchObject(
        mayBecome[from].includes(to)
          ? { status: 200, body: { id, status: to } }
          : refused(`Cannot move broadcast_message ${id} from ${from} to ${to}`),
      );
    }
  });

  test.each<[to: BroadcastStatus, from: BroadcastStatus, ...needed: string[]]>([
    ["pending-approval", "draft", "create_broadcasts"],
    ["broadcasting", "pending-approval", "approve_broadcasts"],
    ["rejected", "pending-approval", "reject_broadcasts", "approve_broadcasts", "create_broadcasts"],
    ["cancelled", "broadcasting", "cancel_broadcasts"],
  ])("to %s takes the permission for it", async (to, from, ...needed) => {
    const all = [
      "create_broadcasts",
      "approve_broadcasts",
      "reject_broadcasts",
      "cancel_broadcasts",
      "view_activity",
    ];
    const { serviceId } = live;
    const id = await storeBroadcast(world.sql, live, { status: from });
    const others = all.filter((one) => !needed.includes(one));
    const without = await addPerson(world.sql, { serviceId, permissions: others });

    expect(await change(live, id, to, without)).toEqual(
      refused(`User ${without} does not have permission to move broadcast_message ${id} to ${to}`),
    );
    for (const permission of needed) {
      const able = await addPerson(world.sql, { serviceId, permissions: [permission] });
      const another = await storeBroadcast(world.sql, live, { status: from });
      expect(await change(live, another, to, able)).toMatchObject({ status: 200 });
    }
  });

  test("not a stranger, a person of another service, one not signed up, nor nobody", async () => {
    const id = await storeBroadcast(world.sql, live);
    const pending = await addPerson(world.sql, { serviceId: live.serviceId, state: "pending" });
    for (const userId of [await addPerson(world.sql), training.approver, pending, crypto.randomUUID()]) {
      expect(await change(live, id, "broadcasting", userId)).toEqual(
        refused(`User ${userId} cannot update broadcast_message ${id} from other service`),
      );
    }
  });

  test("nobody in a suspended service, whoever they are", async () => {
    const place = await addBroadcastService(world.sql, world.cipher);
    const id = await storeBroadcast(world.sql, place);
    await world.sql`update services set active = false where id = ${place.serviceId}`;

    expect(await change(place, id, "broadcasting", crypto.randomUUID())).toEqual(
      refused("Updating broadcast message is not allowed: service is inactive ", 403),
    );
  });

  test("not by another service's path", async () => {
    const id = await storeBroadcast(world.sql, live);

    expect(await change(training, id, "broadcasting", training.approver)).toEqual(
      refused("No result found", 404),
    );
  });

  test.each([
    [{ created_by: crypto.randomUUID() }, "status is a required property"],
    [{ status: "broadcasting" }, "created_by is a required property"],
    [
      { status: "sent", created_by: crypto.randomUUID() },
      "status sent is not one of [draft, pending-approval, rejected, broadcasting, completed, cancelled, technical-failure]",
    ],
    [{ status: "draft", created_by: "me" }, "created_by is not a valid UUID"],
    [
      { status: "draft", created_by: crypto.randomUUID(), foo: 1 },
      "Additional properties are not allowed (foo was unexpected)",
    ],
    [{ status: "draft", created_by: crypto.randomUUID(), version: "1" }, "version 1 is not of type integer"],
  ])("refuses %j", async (body, message) => {
    const id = await storeBroadcast(world.sql, live);

    expect(await post(`/service/${live.serviceId}/broadcast-message/${id}/status`, body)).toEqual({
      status: 400,
      body: { status_code: 400, errors: [{ error: "ValidationError", message }] },
    });
  });
});
