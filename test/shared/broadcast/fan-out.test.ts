import { afterAll, beforeAll, expect, test } from "bun:test";
import { cancelAsOperator, changeStatus } from "../../../shared/broadcast/change-status.ts";
import { queueNextEvent } from "../../../shared/broadcast/fan-out.ts";
import { lockBroadcast } from "../../../shared/broadcast/queries.ts";
import { addBroadcastService, type BroadcastPlace, storeBroadcast } from "../../support/broadcasts.ts";
import { openWorld, type World } from "../../support/world.ts";

let world: World;
let place: BroadcastPlace;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  place = await addBroadcastService(world.sql, world.cipher);
});

afterAll(() => world[Symbol.asyncDispose]());

const deps = () => ({ log: world.log, enabled: ["ee", "three"] as const, pagesApprovals: false });

async function onAir(): Promise<string> {
  const id = await storeBroadcast(world.sql, place);
  const { serviceId, approver: userId } = place;
  await changeStatus(
    world.sql,
    { serviceId, id, to: "broadcasting", userId, versionRead: null, at: new Date() },
    deps(),
  );
  return id;
}

/** As the task does it that has sent to a network. */
async function acknowledge(id: string): Promise<void> {
  await world.sql.begin(async (tx) => {
    await lockBroadcast(tx, place.serviceId, id);
    await tx`
      update broadcast_provider_messages m set status = 'returned-ack', acknowledged_at = now()
      from broadcast_events e
      where e.id = m.broadcast_event_id and e.broadcast_message_id = ${id} and e.position = 1 and m.provider = 'ee'`;
    await queueNextEvent(tx, { broadcastId: id, position: 1, provider: "ee" }, new Date());
  });
}

async function cancelJobs(id: string): Promise<string[]> {
  const rows = await world.sql<{ provider: string }[]>`
    select j.data->>'provider' as provider
    from pgboss.job j join broadcast_events e on e.id = (j.data->>'eventId')::uuid
    where j.name = 'send-broadcast-message' and e.message_type = 'cancel' and e.broadcast_message_id = ${id}`;
  return rows.map(({ provider }) => provider);
}

const cancel = (id: string) =>
  cancelAsOperator(world.sql, { serviceId: place.serviceId, id, at: new Date() }, deps());

test("a cancel that waited is queued when the alert is acknowledged, for that network", async () => {
  const id = await onAir();
  await cancel(id);
  expect(await cancelJobs(id)).toEqual([]);

  await acknowledge(id);
  await acknowledge(id);

  expect(await cancelJobs(id)).toEqual(["ee"]);
});

test("a cancel stored at the moment the alert is acknowledged is queued once, however they meet", async () => {
  for (let round = 0; round < 20; round++) {
    const id = await onAir();
    const [first, second] = round % 2 === 0 ? [acknowledge, cancel] : [cancel, acknowledge];

    await Promise.all([first(id), second(id)]);

    expect(await cancelJobs(id)).toEqual(["ee"]);
  }
});

test("an operator calls off what is on air, once, and nothing else", async () => {
  const id = await onAir();
  const waiting = await storeBroadcast(world.sql, place);

  expect(await cancel(id)).toMatchObject({ outcome: "changed", broadcast: { status: "cancelled" } });
  expect(await cancel(id)).toEqual({
    outcome: "refused",
    message: `Cannot move broadcast_message ${id} from cancelled to cancelled`,
  });
  expect(await cancel(waiting)).toMatchObject({ outcome: "refused" });
  expect(await cancel(crypto.randomUUID())).toEqual({ outcome: "unknown" });
});

test("networks that are not enabled get nothing", async () => {
  const id = await onAir();

  const rows = await world.sql<{ provider: string }[]>`
    select m.provider from broadcast_provider_messages m join broadcast_events e on e.id = m.broadcast_event_id
    where e.broadcast_message_id = ${id} order by 1`;

  expect(rows.map(({ provider }) => provider)).toEqual(["ee", "three"]);
});
