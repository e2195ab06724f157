import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { SignJWT } from "jose";
import { addPerson, storeBroadcast } from "../../support/broadcasts.ts";
import { giveNumber } from "../../support/inbound.ts";
import { storeReceivedText } from "../../support/received-texts.ts";
import type { WorldService } from "../../support/world.ts";
import { bearerOf } from "../bearer-of.ts";
import { idsOf, pathWith, type Route, routesOf, tablesOfServices } from "./all-routes.ts";
import { bodiesOf } from "./bodies.ts";
import { type Operators, openOperators, unknownId } from "./operators.ts";

/** In whatever the owner has that is text. */
const marker = "only-of-the-owner";

let operators: Operators;
let owner: WorldService;
let other: WorldService;
/** Of everything that the owner has. */
let ids: string[];
let userId: string;
let routes: Route[];

beforeAll(async () => {
  operators = await openOperators();
  const { world } = operators;
  owner = world.service;
  other = await world.addService("Other");
  userId = await addPerson(world.sql, { serviceId: other.id });
  await fill();
  ids = await idsOf(world.sql, owner.id);
  routes = routesOf(world);
});

afterAll(() => operators.world[Symbol.asyncDispose]());

/** One of everything. */
async function fill(): Promise<void> {
  const { world, ask } = operators;
  const { sql, cipher } = world;
  const path = (rest: string) => `/service/${owner.id}${rest && `/${rest}`}`;
  const ownerId = await addPerson(sql, { serviceId: owner.id });
  const make = async (rest: string, body: object) => {
    const answer = await ask("POST", path(rest), body);
    if (answer.status >= 300) throw new Error(`Cannot fill ${rest}: ${answer.text}`);
    return answer.body;
  };
  await make("", { name: `Hall ${marker}`, notes: marker });
  await make("letter-contact", { contact_block: marker, is_default: true });
  await make("api-key", { name: marker, key_type: "normal", created_by: ownerId });
  await make("data-retention", { notification_type: "sms", days_of_retention: 30 });
  await make("template-folder", { name: marker, parent_id: null });
  await ask("PUT", path("guest-list"), { email_addresses: [`${marker}@hall.example`], phone_numbers: [] });
  await sql`update templates set name = ${marker}, version = version + 1 where service_id = ${owner.id}`;
  await giveNumber(world, owner.id);
  await storeReceivedText(sql, cipher, {
    id: crypto.randomUUID(),
    serviceId: owner.id,
    notifyNumber: "07700900500",
    userNumber: "447400900999",
    content: marker,
    provider: "mmg",
    providerDate: null,
    providerReference: null,
    createdAt: new Date(),
  });
  for (const channel of ["sms", "email", "letter"] as const) {
    await world.notification({ channel, clientReference: marker, templateVersion: 2 });
  }
  await sql`
    insert into complaints (notification_id, service_id, event_id) values (${crypto.randomUUID()}, ${owner.id}, 'x')`;
  await sql`
    insert into letter_uploads (id, service_id, file_name, created_at)
    values (${crypto.randomUUID()}, ${owner.id}, ${marker}, now())`;
  const [upload, batch] = [crypto.randomUUID(), crypto.randomUUID()];
  await sql`
    insert into job_uploads (id, service_id, original_file_name, template_id, template_version, notification_count,
      valid, faults, created_at)
    values (${upload}, ${owner.id}, ${marker}, ${owner.templates.sms}, 2, 1, true, '{}', now())`;
  await sql`
    insert into jobs (id, service_id, original_file_name, template_id, template_version, notification_count,
      job_status, scheduled_for, created_at)
    values (${batch}, ${owner.id}, ${marker}, ${owner.templates.sms}, 2, 1, 'scheduled', now() + interval '1 day',
      now())`;
  await sql`
    insert into callback_replays (id, service_id, outcome, since, created_at, position_at)
    values (${crypto.randomUUID()}, ${owner.id}, 'any', now(), now(), now())`;
  await storeBroadcast(sql, { serviceId: owner.id, writer: ownerId }, { content: marker });
}

/** Every row of the owner's. */
async function stateOf(serviceId: string): Promise<Record<string, string | null>> {
  const { sql } = operators.world;
  const state: Record<string, string | null> = {};
  for (const table of await tablesOfServices(sql)) {
    const [row] = await sql<{ rows: string | null }[]>`
      select string_agg(t::text, e'\n' order by t::text) as rows from ${sql(table)} t where service_id = ${serviceId}`;
    state[table] = row?.rows ?? null;
  }
  const [service] = await sql<
    { row: string }[]
  >`select s::text as row from services s where id = ${serviceId}`;
  return { ...state, services: service?.row ?? null };
}

/** What the other service, or a program for it, is answered where `id` stands in path and body. */
async function askAsOther(route: Route, id: string): Promise<{ status: number; text: string }> {
  const values: Record<string, string> = { service: other.id, version: "1", type: "sms" };
  for (const name of route.names) values[name] ??= id;
  const body = bodiesOf(id, { userId, serviceId: other.id })[route.key];
  const query = route.path.includes("callback-api") ? "?callback_type=delivery_status" : "?page=1&year=2026";
  const isPublic = route.path.startsWith("/v2/") || route.path.startsWith("/d/");
  const path = pathWith(route, values);
  if (!isPublic) {
    return await operators.ask(
      route.method,
      `${path}${query}`,
      route.method === "GET" ? undefined : (body ?? {}),
    );
  }
  const response = await fetch(`${operators.world.apiUrl}${path}`, {
    method: route.method,
    headers: await bearerOf(other.keys.normal),
    ...(route.method !== "GET" && { body: JSON.stringify(body ?? {}) }),
  });
  return { status: response.status, text: await response.text() };
}

/** Routes of operators that are of no service: whoever may ask them may see all. */
const ofNoService = (route: Route) =>
  !route.path.startsWith("/v2/") && !route.path.startsWith("/d/") && !route.path.includes("/:service");

/** An answer without what differs from one request to the next. */
function comparable({ status, text }: { status: number; text: string }, id: string): string {
  return `${status} ${text.replaceAll(id, "{id}").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "{time}")}`;
}

function assertNothingOfOwner(route: Route, text: string, asked: string): void {
  const shown = [marker, ...ids.filter((id) => id !== asked)].filter((secret) => text.includes(secret));
  expect({ route: route.key, shown }).toEqual({ route: route.key, shown: [] });
}

describe("with another service's ids", () => {
  test("each route that takes one answers as it does to an id of nothing, and changes nothing", async () => {
    const named = routes.filter(
      (route) =>
        !ofNoService(route) &&
        route.names.some((name) => !["service", "version", "type", "user"].includes(name)),
    );
    expect(named.length).toBeGreaterThan(40);
    const before = await stateOf(owner.id);

    for (const route of named) {
      const unknown = await askAsOther(route, unknownId);
      if (route.method !== "GET" && !route.path.startsWith("/d/")) {
        // A refusal of the body would hide what the route does with the id: it wants one in `bodiesOf`.
        expect({ route: route.key, status: unknown.status }).toEqual({ route: route.key, status: 404 });
      }
      for (const id of ids) {
        const answer = await askAsOther(route, id);
        expect({ route: route.key, answer: comparable(answer, id) }).toEqual({
          route: route.key,
          answer: comparable(unknown, unknownId),
        });
      }
    }

    expect(await stateOf(owner.id)).toEqual(before);
  }, 60_000);

  test("so does each route whose body names one", async () => {
    const naming = routes.filter(
      (route) =>
        !ofNoService(route) &&
        JSON.stringify(bodiesOf(unknownId, { userId, serviceId: other.id })[route.key] ?? null).includes(
          unknownId,
        ),
    );
    expect(naming.length).toBeGreaterThan(5);
    const before = await stateOf(owner.id);

    for (const route of naming) {
      const unknown = await askAsOther(route, unknownId);
      expect({ route: route.key, isRefused: unknown.status >= 400 && unknown.status < 500 }).toEqual({
        route: route.key,
        isRefused: true,
      });
      for (const id of ids) {
        expect({ route: route.key, answer: comparable(await askAsOther(route, id), id) }).toEqual({
          route: route.key,
          answer: comparable(unknown, unknownId),
        });
      }
    }

    expect(await stateOf(owner.id)).toEqual(before);
  }, 60_000);

  test("no list, search or statistic of its own shows a service anything of another, nor does a change touch it", async () => {
    const before = await stateOf(owner.id);
    const own = routes.filter(
      (route) => !ofNoService(route) && route.names.every((name) => name === "service"),
    );
    expect(own.length).toBeGreaterThan(40);
    // What ends a service comes last.
    own.sort((a, b) => Number(ends(a)) - Number(ends(b)));

    for (const route of own) {
      const answer = await askAsOther(route, unknownId);
      expect({ route: route.key, isOurFault: answer.status >= 500 }).toEqual({
        route: route.key,
        isOurFault: false,
      });
      assertNothingOfOwner(route, answer.text, unknownId);
    }

    expect(await stateOf(owner.id)).toEqual(before);
  });

  const ends = ({ path }: Route) => /archive|set-as-broadcast|^\/service\/:service$/.test(path);
});

describe("with another's keys", () => {
  /** Who asks without being anybody. */
  const isOpen = ({ path }: Route) =>
    /^\/(_status|_ready|openapi\.json|docs|unsubscribe|d\/|notifications\/(sms|email|letter)\/)/.test(path) ||
    path === "/";

  test("nobody without a token gets past the door", async () => {
    for (const route of routes.filter((route) => !isOpen(route))) {
      const path = pathWith(route, { service: owner.id, id: ids[0] ?? "" });
      const response = await fetch(`${operators.world.apiUrl}${path}`, { method: route.method });
      expect({ route: route.key, status: response.status }).toEqual({ route: route.key, status: 401 });
      assertNothingOfOwner(route, await response.text(), owner.id);
    }
  });

  test("a service's key opens no route of operators", async () => {
    for (const route of routes.filter((route) => !isOpen(route) && !route.path.startsWith("/v2/"))) {
      const path = pathWith(route, { service: other.id, id: ids[0] ?? "" });
      const headers = await bearerOf(other.keys.normal);
      const response = await fetch(`${operators.world.apiUrl}${path}`, { method: route.method, headers });
      expect({ route: route.key, status: response.status }).toEqual({ route: route.key, status: 401 });
    }
  });

  test("a service's key opens nothing in another's name", async () => {
    const token = await new SignJWT({ iss: owner.id, iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ typ: "JWT", alg: "HS256" })
      .sign(new TextEncoder().encode(other.keys.normal.slice(-36)));
    for (const route of routes.filter(({ path }) => path.startsWith("/v2/"))) {
      const path = pathWith(route, { id: ids[0] ?? "" });
      const headers = { Authorization: `Bearer ${token}` };
      const response = await fetch(`${operators.world.apiUrl}${path}`, { method: route.method, headers });
      expect({ route: route.key, status: response.status }).toEqual({ route: route.key, status: 403 });
    }
  });
});
