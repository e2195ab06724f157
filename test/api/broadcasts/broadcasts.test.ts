import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createTemplate } from "../../../shared/template/queries.ts";
import {
  addBroadcastService,
  addPerson,
  type BroadcastPlace,
  operatorToken,
  storeBroadcast,
  townSquare,
} from "../../support/broadcasts.ts";
import { openWorld, type World } from "../../support/world.ts";
import { bearerOf } from "../bearer-of.ts";

const secret = "a-secret-of-operators";
const alertsSecret = "a-secret-of-govuk-alerts";
const unknownId = "99999999-9999-4999-8999-999999999999";
let world: World;
let place: BroadcastPlace;
let other: BroadcastPlace;
let templateId: string;

beforeAll(async () => {
  world = await openWorld({
    worker: false,
    env: { ADMIN_CLIENT_SECRETS: secret, GOVUK_ALERTS_CLIENT_SECRETS: alertsSecret },
  });
  place = await addBroadcastService(world.sql, world.cipher);
  other = await addBroadcastService(world.sql, world.cipher, { mode: "training", provider: "ee" });
  templateId = await addTemplate(place.serviceId, "Leave ((town)) now.");
});

afterAll(() => world[Symbol.asyncDispose]());

async function addTemplate(serviceId: string, content: string): Promise<string> {
  const [row] = await world.sql<{ id: string }[]>`
    insert into templates (service_id, name, template_type, content)
    values (${serviceId}, 'Evacuation', 'broadcast', ${content}) returning id`;
  return row?.id ?? "";
}

async function request(method: string, path: string, body?: unknown, token?: string) {
  const response = await fetch(`${world.apiUrl}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token ?? (await operatorToken(secret))}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

const path = (id = "", { serviceId }: Pick<BroadcastPlace, "serviceId"> = place) =>
  `/service/${serviceId}/broadcast-message${id === "" ? "" : `/${id}`}`;
const draft = (over: object = {}) => ({
  service_id: place.serviceId,
  created_by: place.writer,
  content: "Leave now.",
  reference: "Flood",
  ...over,
});
const create = (body: object) => request("POST", path(), body);
const refused = (message: string, status = 400) => ({ status, body: { result: "error", message } });
const invalid = (...messages: string[]) => ({
  status: 400,
  body: { status_code: 400, errors: messages.map((message) => ({ error: "ValidationError", message })) },
});

describe("POST /service/{id}/broadcast-message", () => {
  test("writes a draft, and shows it as Notify does", async () => {
    const areas = {
      ids: ["wainfleet"],
      names: ["Wainfleet"],
      aggregate_names: ["Lincolnshire"],
      simple_polygons: [townSquare],
    };

    const { status, body } = await create(
      draft({ starts_at: "2026-06-01T20:00:01", finishes_at: "2026-06-02 00:00:01+01:00", areas }),
    );

    expect({ status, body }).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        reference: "Flood",
        cap_event: null,
        service_id: place.serviceId,
        template_id: null,
        template_version: null,
        template_name: null,
        personalisation: null,
        content: "Leave now.",
        areas,
        status: "draft",
        version: 1,
        starts_at: "2026-06-01T20:00:01.000000Z",
        // The offset counts.
        finishes_at: "2026-06-01T23:00:01.000000Z",
        created_at: expect.stringMatching(/Z$/),
        approved_at: null,
        cancelled_at: null,
        updated_at: null,
        created_by_id: place.writer,
        approved_by_id: null,
        cancelled_by_id: null,
      },
    });
  });

  test("fills in a template of the service", async () => {
    const { status, body } = await create({
      service_id: place.serviceId,
      created_by: place.writer,
      template_id: templateId,
      personalisation: { TOWN: "Wainfleet  – all of it" },
    });

    expect(status).toBe(201);
    expect(body).toMatchObject({
      template_id: templateId,
      template_version: 1,
      template_name: "Evacuation",
      personalisation: { TOWN: "Wainfleet  – all of it" },
      content: "Leave Wainfleet - all of it now.",
      reference: null,
    });
  });

  test("keeps references apart from those of the service's own program", async () => {
    await create(draft({ reference: "Test" }));

    expect(await create(draft({ reference: "Test" }))).toMatchObject({ status: 201 });
  });

  test.each<[what: string, over: () => object, message: string]>([
    [
      "an unfilled placeholder",
      () => ({ template_id: templateId }),
      "Content must not contain ((placeholders))",
    ],
    [
      "a placeholder in a value",
      () => ({ template_id: templateId, personalisation: { town: "((x))" } }),
      "Content must not contain ((placeholders))",
    ],
    [
      "too many characters",
      () => ({ content: "a".repeat(1396), reference: "a" }),
      "Content must be 1,395 characters or fewer",
    ],
    [
      "too many Welsh ones",
      () => ({ content: "ŵ".repeat(616), reference: "a" }),
      "Content must be 615 characters or fewer (because it could not be GSM7 encoded)",
    ],
    ["spaces alone", () => ({ content: " \n ", reference: "a" }), "Content must not be empty"],
  ])("refuses %s", async (_, over, message) => {
    const body = { service_id: place.serviceId, created_by: place.writer, ...over() };

    expect(await create(body)).toEqual(refused(message));
  });

  test("takes either a template or words with a reference", async () => {
    const who = { service_id: place.serviceId, created_by: place.writer };
    const shown = `{service_id: ${place.serviceId}, created_by: ${place.writer}`;

    expect(await create(who)).toEqual(invalid(`${shown}} is not valid under any of the given schemas`));
    expect(await create({ ...who, content: "a" })).toEqual(
      invalid(`${shown}, content: a} is not valid under any of the given schemas`),
    );
    expect(await create({ ...who, template_id: templateId, content: "a" })).toEqual(
      invalid(
        `${shown}, template_id: ${templateId}, content: a} is valid under each of {required: [content]}, {required: [template_id]}`,
      ),
    );
  });

  const notAreas = /^areas must be an object with names/;
  test.each<[over: object, message: string | RegExp]>([
    [{ foo: 1 }, "Additional properties are not allowed (foo was unexpected)"],
    [{ service_id: unknownId }, "service_id is not that of the path"],
    [{ created_by: "me" }, "created_by is not a valid UUID"],
    [{ reference: "" }, "reference is too short"],
    [{ reference: "a".repeat(256) }, "reference is too long"],
    [{ starts_at: "tomorrow" }, /^starts_at datetime format is invalid/],
    [{ areas: [] }, "areas [] is not of type object"],
    [{ areas: { simple_polygons: [[1, 2]] } }, notAreas],
    [{ areas: { simple_polygons: [[["1", "2"]]] } }, notAreas],
    [{ areas: { simple_polygons: [[[1, 2, 3]]] } }, notAreas],
    [{ areas: { names: [1] } }, notAreas],
    [{ areas: { more: [] } }, notAreas],
    [{ content: "a\0" }, "content must not contain NUL characters"],
  ])("refuses %j", async (over, message) => {
    expect(await create(draft(over))).toMatchObject({
      status: 400,
      body: {
        errors: [
          {
            error: "ValidationError",
            message: message instanceof RegExp ? expect.stringMatching(message) : message,
          },
        ],
      },
    });
  });

  test("takes a member who may write alerts", async () => {
    const approver = await addPerson(world.sql, {
      serviceId: place.serviceId,
      permissions: ["approve_broadcasts"],
    });
    for (const created_by of [other.writer, unknownId, approver]) {
      expect(await create(draft({ created_by }))).toEqual(
        refused(`User ${created_by} cannot create a broadcast_message for service ${place.serviceId}`),
      );
    }
  });

  test("needs a service that may send alerts", async () => {
    const serviceId = world.service.id;
    const created_by = await addPerson(world.sql, { serviceId });

    expect(
      await request("POST", path("", { serviceId }), draft({ service_id: serviceId, created_by })),
    ).toEqual(refused("Service is not allowed to send broadcast messages"));
  });

  test("knows no template of another service, another kind, or one that is archived", async () => {
    const theirs = await addTemplate(other.serviceId, "Leave now.");
    const archived = await addTemplate(place.serviceId, "Leave now.");
    await world.sql`update templates set archived = true where id = ${archived}`;
    const text = await createTemplate(world.sql, {
      serviceId: place.serviceId,
      name: "Text",
      type: "sms",
      content: "Leave now.",
      subject: null,
    });

    for (const template_id of [theirs, archived, text, unknownId]) {
      const body = { service_id: place.serviceId, created_by: place.writer, template_id };
      expect(await create(body)).toEqual(refused("No result found", 404));
    }
  });
});

describe("POST /service/{id}/broadcast-message/{id}", () => {
  test.each(["draft", "pending-approval", "rejected"] as const)("changes what is %s", async (status) => {
    const id = await storeBroadcast(world.sql, place, { status });
    const areas = { ids: ["a"], simple_polygons: [townSquare] };

    const changed = await request("POST", path(id), { starts_at: "2026-06-01 20:00:01Z", areas });

    expect(changed).toMatchObject({
      status: 200,
      body: {
        id,
        status,
        starts_at: "2026-06-01T20:00:01.000000Z",
        areas,
        version: 2,
        updated_at: expect.any(String),
      },
    });
  });

  test.each(["broadcasting", "completed", "cancelled", "technical-failure"] as const)(
    "does not change what is %s",
    async (status) => {
      const id = await storeBroadcast(world.sql, place, { status });

      expect(await request("POST", path(id), { finishes_at: "2026-06-01T20:00:01" })).toEqual(
        refused(`Cannot update broadcast_message ${id} while it has status ${status}`),
      );
    },
  );

  test("takes areas whole or not at all", async () => {
    const id = await storeBroadcast(world.sql, place);
    const incomplete = refused(`Cannot update broadcast_message ${id}, area IDs or polygons are missing.`);

    expect(await request("POST", path(id), { areas: { ids: ["a"] } })).toEqual(incomplete);
    expect(await request("POST", path(id), { areas: { simple_polygons: [townSquare] } })).toEqual(incomplete);
    expect(await request("POST", path(id), { areas: { names: ["a"] } })).toMatchObject({
      status: 200,
      body: { areas: { names: ["Wainfleet"], simple_polygons: [townSquare] } },
    });
  });

  test("writes a template's words anew when what fills them in changes", async () => {
    const { body } = await create({
      service_id: place.serviceId,
      created_by: place.writer,
      template_id: templateId,
      personalisation: { town: "Skegness" },
    });

    expect(await request("POST", path(body.id), { personalisation: { town: "Boston" } })).toMatchObject({
      status: 200,
      body: { content: "Leave Boston now.", personalisation: { town: "Boston" } },
    });
    expect(await request("POST", path(body.id), { personalisation: {} })).toEqual(
      refused("Content must not contain ((placeholders))"),
    );
  });

  test("refuses what it does not know", async () => {
    const id = await storeBroadcast(world.sql, place);

    expect(await request("POST", path(id), { content: "Stay." })).toEqual(
      invalid("Additional properties are not allowed (content was unexpected)"),
    );
  });
});

describe("reading alerts", () => {
  test("lists a service's own, oldest first", async () => {
    const mine = await addBroadcastService(world.sql, world.cipher);
    const ids = [
      await storeBroadcast(world.sql, mine),
      await storeBroadcast(world.sql, mine, { status: "draft" }),
    ];

    const [, newer = ""] = ids;
    await world.sql`update broadcast_messages set created_at = now() + interval '1 hour' where id = ${newer}`;

    const { body } = await request("GET", path("", mine));

    expect(body.broadcast_messages.map(({ id }: { id: string }) => id)).toEqual(ids);
  });

  test("shows where one takes effect", async () => {
    const id = await storeBroadcast(world.sql, place);

    expect(await request("GET", `${path(id)}/effect`)).toEqual({
      status: 200,
      body: {
        polygons: 1,
        points: 5,
        // 1.668 km from south to north, 1.669 km from west to east.
        square_kilometres: expect.closeTo(2.783, 2),
        bounds: { south: 53.105, west: 0.235, north: 53.12, east: 0.26 },
      },
    });
  });

  test("finds none by another service's path, or by no id", async () => {
    const id = await storeBroadcast(world.sql, place);
    const nothing = refused("No result found", 404);

    for (const one of [
      path(id, other),
      path(unknownId),
      path("x"),
      `${path(id, other)}/effect`,
      "/service/x/broadcast-message",
    ])
      expect(await request("GET", one)).toEqual(nothing);
    expect(await request("POST", path(id, other), {})).toEqual(nothing);
  });

  test("is for operators' programs only", async () => {
    const id = await storeBroadcast(world.sql, place);
    const { Authorization } = await bearerOf(place.apiKey);

    for (const token of [Authorization.slice(7), await operatorToken(alertsSecret, "govuk-alerts")]) {
      expect(await request("GET", path(id), undefined, token)).toMatchObject({ status: 401 });
      expect(await request("POST", `${path(id)}/status`, {}, token)).toMatchObject({ status: 401 });
    }
  });
});

describe("GET /govuk-alerts", () => {
  const alertsToken = () => operatorToken(alertsSecret, "govuk-alerts");

  test("lists what went out, newest first, and nothing else", async () => {
    const starts = (day: number) => ({ startsAt: new Date(Date.UTC(2026, 5, day)) });
    const ends = { finishesAt: new Date(Date.UTC(2026, 5, 28)) };
    const first = await storeBroadcast(world.sql, place, { status: "completed", ...starts(1), ...ends });
    const second = await storeBroadcast(world.sql, place, { status: "cancelled", ...starts(2), ...ends });
    const third = await storeBroadcast(world.sql, place, { status: "broadcasting", ...starts(3), ...ends });
    const early = new Date("2021-05-24T23:00:00Z");
    const hidden = [
      await storeBroadcast(world.sql, place, { status: "pending-approval", ...starts(4), ...ends }),
      await storeBroadcast(world.sql, other, {
        status: "broadcasting",
        stubbed: true,
        ...starts(5),
        ...ends,
      }),
      await storeBroadcast(world.sql, place, { status: "completed", startsAt: early, ...ends }),
    ];

    const { status, body } = await request("GET", "/govuk-alerts", undefined, await alertsToken());

    const ids: string[] = body.alerts.map(({ id }: { id: string }) => id);
    const known = new Set([first, second, third, ...hidden]);
    expect({ status, ids: ids.filter((id) => known.has(id)) }).toEqual({
      status: 200,
      ids: [third, second, first],
    });
    expect(body.alerts.find(({ id }: { id: string }) => id === third)).toEqual({
      id: third,
      reference: null,
      channel: "severe",
      content: "A flood is coming. Leave now.",
      areas: { names: ["Wainfleet"], simple_polygons: [townSquare] },
      status: "broadcasting",
      starts_at: "2026-06-03T00:00:00.000000Z",
      finishes_at: "2026-06-28T00:00:00.000000Z",
      approved_at: expect.stringMatching(/Z$/),
      cancelled_at: null,
    });
  });

  test("is for the program that shows them only", async () => {
    expect(await request("GET", "/govuk-alerts")).toEqual({
      status: 401,
      body: { result: "error", message: { token: ["Unauthorized: not allowed to perform this action"] } },
    });
    expect(
      await request("GET", "/govuk-alerts", undefined, await operatorToken(secret, "govuk-alerts")),
    ).toMatchObject({ status: 403 });
  });
});

describe("POST /service/{id}/set-as-broadcast-service", () => {
  const set = (serviceId: string, over: object = {}) =>
    request("POST", `/service/${serviceId}/set-as-broadcast-service`, {
      broadcast_channel: "government",
      service_mode: "live",
      provider_restriction: "all",
      ...over,
    });

  test("leaves a service that can do nothing but send alerts", async () => {
    const { id } = await world.addService("Flood desk");
    const person = await addPerson(world.sql, { serviceId: id });

    const { status, body } = await set(id);

    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: {
          id,
          name: "Flood desk",
          active: true,
          restricted: false,
          count_as_live: false,
          // It was live already.
          go_live_at: null,
          organisation: "38e4bf69-93b0-445d-acee-53ea53fe02df",
          permissions: ["broadcast", "email_auth"],
          broadcast_channel: "government",
          allowed_broadcast_provider: "all",
        },
      },
    });
    const permissions = await world.sql`select permission from permissions where user_id = ${person}`;
    expect([...permissions]).toEqual([{ permission: "view_activity" }]);
    const keys = await world.sql`select from api_keys where service_id = ${id} and expiry_date is null`;
    expect(keys).toHaveLength(0);
  });

  test("goes from training to live and back, and keeps a history", async () => {
    const { id } = await world.addService("Fire desk");

    const trained = await set(id, {
      service_mode: "training",
      broadcast_channel: "test",
      provider_restriction: "o2",
    });
    const live = await set(id, { service_mode: "live" });
    const again = await set(id, { service_mode: "live" });

    expect(trained.body.data).toMatchObject({
      restricted: true,
      go_live_at: null,
      allowed_broadcast_provider: "o2",
    });
    expect(live.body.data.restricted).toBe(false);
    expect(live.body.data.go_live_at).toMatch(/Z$/);
    expect(again.body.data.go_live_at).toBe(live.body.data.go_live_at);
    const history = await world.sql`
      select version, mode, channel, provider from service_broadcast_settings_history
      where service_id = ${id} order by version`;
    expect([...history]).toEqual([
      { version: 1, mode: "training", channel: "test", provider: "o2" },
      { version: 2, mode: "live", channel: "government", provider: "all" },
      { version: 3, mode: "live", channel: "government", provider: "all" },
    ]);
  });

  test.each([
    [
      { broadcast_channel: "loud" },
      "broadcast_channel loud is not one of [test, operator, severe, government]",
    ],
    [{ service_mode: "half" }, "service_mode half is not one of [training, live]"],
    [{ provider_restriction: "bt" }, "provider_restriction bt is not one of [all, ee, three, o2, vodafone]"],
  ])("refuses %j", async (over, message) => {
    expect(await set(place.serviceId, over)).toEqual(invalid(message));
  });

  test("knows no other service", async () => {
    expect(await set(unknownId)).toEqual(refused("No result found", 404));
  });
});
