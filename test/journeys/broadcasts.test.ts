import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import * as v from "valibot";
import { type Network, networks } from "../../shared/broadcast/broadcast.ts";
import { endBroadcasts } from "../../worker/tasks/broadcasts/end-broadcasts.ts";
import {
  addBroadcastService,
  type BroadcastPlace,
  operatorToken,
  townSquare,
} from "../support/broadcasts.ts";
import { capXml } from "../support/cap.ts";
import { freePort } from "../support/free-port.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const operatorSecret = "a-secret-of-operators";
const publicSecret = "a-secret-of-the-public-list";

let world: World;
let live: BroadcastPlace;

beforeAll(async () => {
  const nowhere = `http://127.0.0.1:${freePort()}`;
  world = await openWorld({
    env: {
      CBC_PROXY_ENABLED: "true",
      ADMIN_CLIENT_SECRETS: operatorSecret,
      GOVUK_ALERTS_CLIENT_SECRETS: publicSecret,
      // Approvals wake somebody, who cannot be reached, and the public's list is away: no alert may wait for either.
      NOTIFY_ENVIRONMENT: "production",
      EMAIL_DOMAIN: "notify.example",
      API_HOST: "https://notify.example",
      ALERT_WEBHOOK_URL: nowhere,
      ZENDESK_URL: nowhere,
      ZENDESK_EMAIL: "alerts@town-hall.example",
      ZENDESK_TOKEN: "token",
      GOVUK_ALERTS_PUBLISH_URL: nowhere,
    },
  });
  live = await addBroadcastService(world.sql, world.cipher);
});

beforeEach(() => {
  world.sandbox.clearFaults();
  world.sandbox.cbc.clear();
});

afterAll(() => world[Symbol.asyncDispose]());

/** Of an alert as the API shows it. */
const Shown = v.looseObject({ id: v.string(), status: v.string(), version: v.number() });

async function postCap(place: BroadcastPlace, xml: string) {
  return await fetch(`${world.apiUrl}/v2/broadcast`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await operatorToken(place.apiKey.slice(-36), place.serviceId)}`,
      "content-type": "application/cap+xml; charset=utf-8",
    },
    body: xml,
  });
}

async function asPerson(place: BroadcastPlace, path: string, body: object) {
  return await fetch(`${world.apiUrl}/service/${place.serviceId}/broadcast-message${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${await operatorToken(operatorSecret)}` },
    body: JSON.stringify(body),
  });
}

async function shownIn(answer: Promise<Response>, status: number) {
  const response = await answer;
  const body: unknown = await response.json();
  expect([response.status, body]).toEqual([status, expect.objectContaining({ id: expect.any(String) })]);
  return v.parse(Shown, body);
}

function times(lastingMs = 4 * 3_600_000) {
  const startsAt = Date.now();
  return {
    starts_at: new Date(startsAt).toISOString(),
    finishes_at: new Date(startsAt + lastingMs).toISOString(),
  };
}

/** Asks in CAP, sets its times, and has it approved by somebody who has read that version. */
async function approved(place: BroadcastPlace, identifier: string, lastingMs?: number) {
  const asked = await shownIn(postCap(place, capXml({ identifier })), 201);
  const timed = await shownIn(asPerson(place, `/${asked.id}`, times(lastingMs)), 200);
  const approval = { status: "broadcasting", created_by: place.approver, version: timed.version };
  return await shownIn(asPerson(place, `/${asked.id}/status`, approval), 200);
}

async function messagesOf(id: string, type: "alert" | "cancel") {
  return await world.sql<{ id: string; eventId: string; provider: string; status: string }[]>`
    select m.id, e.id as "eventId", m.provider, m.status
    from broadcast_provider_messages m join broadcast_events e on e.id = m.broadcast_event_id
    where e.broadcast_message_id = ${id} and e.message_type = ${type}`;
}

async function untilAcknowledged(id: string, type: "alert" | "cancel"): Promise<void> {
  await until(async () => {
    const messages = await messagesOf(id, type);
    return messages.length === networks.length && messages.every(({ status }) => status === "returned-ack");
  }, `every network has the ${type}`);
}

/** What came to networks, but for link tests, which are made every quarter of an hour. */
function calls(network?: Network) {
  return world.sandbox.cbc.list(network).filter(({ payload }) => payload.message_type !== "test");
}

/** What a network took, in order. */
function takenBy(network: Network): string[] {
  const taken = calls(network).filter(({ accepted }) => accepted);
  return taken.map(({ payload }) => payload.message_type);
}

function faultsNoticed(): string[] {
  return calls().flatMap(({ faults }) => faults);
}

describe("an emergency alert", () => {
  test("asked for in CAP and approved by a person reaches every network, and so does its end", async () => {
    const asked = await shownIn(postCap(live, capXml({ identifier: "flood-1" })), 201);
    expect(asked).toMatchObject({ status: "pending-approval", reference: "flood-1", starts_at: null });
    expect(calls()).toEqual([]);
    const { version } = await shownIn(asPerson(live, `/${asked.id}`, times()), 200);

    const approval = { status: "broadcasting", created_by: live.approver, version };
    await shownIn(asPerson(live, `/${asked.id}/status`, approval), 200);
    await untilAcknowledged(asked.id, "alert");
    const references = "www.gov.uk/environment-agency,flood-1,2026-11-20T23:01:13-00:00";
    const ended = capXml({ identifier: "flood-1-end", msgType: "Cancel", references });
    expect(await shownIn(postCap(live, ended), 201)).toMatchObject({ id: asked.id, status: "cancelled" });
    await untilAcknowledged(asked.id, "cancel");

    for (const network of networks) {
      const [alert, cancel, ...more] = calls(network);
      expect(more).toEqual([]);
      expect(alert?.payload).toMatchObject({
        message_type: "alert",
        message_format: network === "vodafone" ? "ibag" : "cap",
        description: "A severe flood warning. Act now.",
        areas: [{ polygon: townSquare }],
        channel: "severe",
      });
      expect(alert?.xml).toContain("53.105,0.235 53.105,0.26 53.12,0.26 53.12,0.235 53.105,0.235");
      expect(cancel?.payload).toMatchObject({
        message_type: "cancel",
        references: [
          { message_id: alert?.payload.identifier, sent: Reflect.get(alert?.payload ?? {}, "sent") },
        ],
      });
      expect(cancel?.xml).toContain(alert?.payload.identifier ?? "none");
    }
    expect(faultsNoticed()).toEqual([]);
  });

  test("that a person wrote is approved by another, and shown to the public", async () => {
    const draft = {
      service_id: live.serviceId,
      created_by: live.writer,
      content: "Leave now",
      reference: "mine",
    };
    const areas = { names: ["Wainfleet"], simple_polygons: [townSquare] };
    const { id } = await shownIn(asPerson(live, "", { ...draft, ...times(), areas }), 201);
    const handIn = { status: "pending-approval", created_by: live.writer };
    await shownIn(asPerson(live, `/${id}/status`, handIn), 200);
    const approve = (created_by: string) =>
      asPerson(live, `/${id}/status`, { status: "broadcasting", created_by });

    const own = await approve(live.writer);
    const other = await approve(live.approver);
    await untilAcknowledged(id, "alert");
    const again = await approve(live.approver);
    const list = await fetch(`${world.apiUrl}/govuk-alerts`, {
      headers: { authorization: `Bearer ${await operatorToken(publicSecret, "govuk-alerts")}` },
    });

    expect([own.status, other.status, again.status]).toEqual([400, 200, 400]);
    expect(await own.json()).toEqual({
      result: "error",
      message: `User ${live.writer} cannot approve their own broadcast_message ${id}`,
    });
    expect(takenBy("ee")).toEqual(["alert"]);
    const { alerts } = v.parse(v.object({ alerts: v.array(v.unknown()) }), await list.json());
    expect(alerts).toContainEqual(
      expect.objectContaining({ id, content: "Leave now", channel: "severe", status: "broadcasting" }),
    );
  });

  test("goes out though nobody can be told of it", async () => {
    const { id } = await approved(live, "nobody-told");

    await untilAcknowledged(id, "alert");

    const [told] = await world.sql`
      select a.severity, bool_or(j.state = 'completed') as "isTold"
      from alerts a join pgboss.job j on j.name = 'send-alerts' and j.data->>'alertId' = a.id::text
      where a.subject = ${`broadcast-sent:${id}`} group by a.severity`;
    expect(told).toEqual({ severity: "page", isTold: false });
  });

  test("is called off at each network after that has it, and at one that did not answer too", async () => {
    for (const provider of ["three-1-proxy", "three-2-proxy"] as const)
      world.sandbox.setFault({ provider, status: 503 });

    const { id } = await approved(live, "slow-network");
    await until(() => calls("three").length >= 2, "both sites of a network have failed");
    const cancel = { status: "cancelled", created_by: live.writer };
    await shownIn(asPerson(live, `/${id}/status`, cancel), 200);
    await until(
      async () =>
        (await messagesOf(id, "cancel")).filter(({ status }) => status === "returned-ack").length === 3,
      "the other networks have the cancel",
    );
    expect(takenBy("three")).toEqual([]);
    world.sandbox.clearFaults();
    await untilAcknowledged(id, "cancel");

    for (const network of networks)
      expect([network, ...takenBy(network)]).toEqual([network, "alert", "cancel"]);
    expect(faultsNoticed()).toEqual([]);
    // By one site after the other, and always as the same message.
    const tried = calls("three").filter(({ payload }) => payload.message_type === "alert");
    expect(tried.slice(0, 2).map((call) => call.function)).toEqual(["three-1-proxy", "three-2-proxy"]);
    expect(new Set(tried.map(({ payload }) => payload.identifier)).size).toBe(1);
  });

  test("that ends before a network has it is not sent after, which wakes somebody", async () => {
    for (const provider of ["ee-1-proxy", "ee-2-proxy"] as const)
      world.sandbox.setFault({ provider, status: 503 });

    const { id } = await approved(live, "short-lived", 1500);
    const given = await until(
      async () => (await messagesOf(id, "alert")).find(({ status }) => status === "technical-failure"),
      "the network is given up",
    );
    world.sandbox.clearFaults();
    await endBroadcasts(world.deps);

    expect(given.provider).toBe("ee");
    expect([takenBy("ee"), takenBy("three")]).toEqual([[], ["alert"]]);
    const raised = await world.sql`
      select severity, facts->>'provider' as provider, facts->>'replay' as replay from alerts
      where subject like 'broadcast-expired:%' and facts->>'broadcastId' = ${id}`;
    expect([...raised]).toEqual([
      {
        severity: "page",
        provider: "ee",
        replay: `bun run cli broadcast replay ${given.eventId} ee --reason "…"`,
      },
    ]);
    const [broadcast] = await world.sql`select status from broadcast_messages where id = ${id}`;
    expect(broadcast?.status).toBe("completed");
    const [job] = await world.sql`
      select state from pgboss.job
      where name = 'send-broadcast-message' and data->>'eventId' = ${given.eventId} and data->>'provider' = 'ee'`;
    expect(job?.state).toBe("completed");
  });

  test("of a service in training is approved, and nothing is sent", async () => {
    const training = await addBroadcastService(world.sql, world.cipher, { mode: "training" });

    const { id, status } = await approved(training, "exercise");
    const cancel = { status: "cancelled", created_by: training.approver };
    const ended = await shownIn(asPerson(training, `/${id}/status`, cancel), 200);

    expect([status, ended.status]).toEqual(["broadcasting", "cancelled"]);
    expect([...(await messagesOf(id, "alert")), ...(await messagesOf(id, "cancel"))]).toEqual([]);
    expect(calls()).toEqual([]);
  });

  test("is not updated: that is refused, and the alert goes on", async () => {
    const { id } = await approved(live, "to-update");
    await untilAcknowledged(id, "alert");
    const references = "www.gov.uk/environment-agency,to-update,2026-11-20T23:01:13-00:00";

    const update = await postCap(live, capXml({ identifier: "update-1", msgType: "Update", references }));

    expect(update.status).toBe(400);
    expect(await update.json()).toEqual({
      status_code: 400,
      errors: [{ error: "ValidationError", message: "msgType Update is not one of [Alert, Cancel]" }],
    });
    const [alert] = await world.sql`select status from broadcast_messages where id = ${id}`;
    expect(alert?.status).toBe("broadcasting");
    expect(takenBy("ee")).toEqual(["alert"]);
  });
});
