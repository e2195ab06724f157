import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { idsOf, tablesOfServices } from "../api/internal/all-routes.ts";
import { addressOf, fieldsFor, type PageRoute, routesOfConsole } from "./all-pages.ts";
import { type FullConsole, marker, openFullConsole } from "./full-console.ts";
import type { Person } from "./open-console.ts";

let console: FullConsole;
let routes: PageRoute[];
/** Of everything that the service has, and its own. */
let ids: string[];

beforeAll(async () => {
  console = await openFullConsole();
  routes = routesOfConsole();
  ids = await idsOf(console.world.sql, console.service.id);
});

afterAll(() => console[Symbol.asyncDispose]());

/** Every row of the service's. */
async function state(): Promise<Record<string, string | null>> {
  const { sql } = console.world;
  const { id } = console.service;
  const rows: Record<string, string | null> = {};
  for (const table of await tablesOfServices(sql)) {
    const [row] = await sql<{ rows: string | null }[]>`
      select string_agg(t::text, e'\n' order by t::text) as rows from ${sql(table)} t where service_id = ${id}`;
    rows[table] = row?.rows ?? null;
  }
  const [service] = await sql<{ row: string }[]>`select s::text as row from services s where id = ${id}`;
  return { ...rows, services: service?.row ?? null };
}

async function ask(person: Person, route: PageRoute, path: string) {
  if (route.method === "GET") return await console.get(person, path);
  return await console.post(person, path, fieldsFor(route));
}

/** What of the service's a page shows that it was not asked about. */
function shown(text: string, path: string): string[] {
  const asked = decodeURIComponent(path);
  return [marker, ...ids].filter((secret) => text.includes(secret) && !asked.includes(secret));
}

const isForAll = ({ path }: PageRoute) => /^\/console(\/(sign-in|assets\/:file))$/.test(path);
/** Theirs, whoever has signed in. */
const isForPeople = ({ path }: PageRoute) =>
  /^\/console(\/services|\/sign-out|\/account(\/.*)?)?$/.test(path);

describe("a stranger", () => {
  test("is told of no page of the service that there is one, and changes nothing", async () => {
    const before = await state();
    const ofService = routes.filter(({ isOfService }) => isOfService);
    expect(ofService.length).toBeGreaterThan(90);

    for (const route of ofService) {
      const path = addressOf(route, console.things);
      const { status, text } = await ask("stranger", route, path);
      expect({ route: route.key, status, shown: shown(text, path) }).toEqual({
        ...{ route: route.key, status: 404, shown: [] },
      });
    }

    expect(await state()).toEqual(before);
  });

  test("sees nothing of it on pages of their own, and changes nothing of it there", async () => {
    const before = await state();
    const own = routes.filter(
      (route) =>
        isForPeople(route) ||
        (route.isOfService && (!route.namesThing || /\/:(kind|type)$/.test(route.path))),
    );
    // What ends their session comes last.
    own.sort((a, b) => Number(ends(a)) - Number(ends(b)));
    let seen = 0;

    for (const route of own) {
      const path = addressOf(route, { ...console.things, "services/:service": console.other.id });
      const { status, text } = await ask("stranger", route, path);
      if (status === 200) seen++;
      expect({ route: route.key, isFault: status >= 500, shown: shown(text, path) }).toEqual({
        ...{ route: route.key, isFault: false, shown: [] },
      });
    }

    expect(seen).toBeGreaterThan(15);
    expect(await state()).toEqual(before);
    await console.signIn("stranger");
  });

  test("finds nothing of it under a service of their own", async () => {
    const before = await state();
    const naming = routes.filter(({ isOfService, namesThing }) => isOfService && namesThing);
    expect(naming.length).toBeGreaterThan(50);

    for (const route of naming) {
      // A kind of thing is no thing: those of the stranger's own are others.
      if (/\/:(kind|type)(\/(secret|test|suspend|resume|remove))?$/.test(route.path)) continue;
      const path = addressOf(route, { ...console.things, "services/:service": console.other.id });
      const asked = await ask("stranger", route, path);
      const isLedOn = route.method === "GET" && asked.location !== null;
      const { status, text } = isLedOn ? await console.get("stranger", asked.location ?? "") : asked;
      expect({ route: route.key, status, shown: shown(text, path) }).toEqual({
        ...{ route: route.key, status: 404, shown: [] },
      });
    }

    expect(await state()).toEqual(before);
  });

  const ends = ({ method, path }: PageRoute) => method === "POST" && /sign-out|account/.test(path);
});

describe("somebody who may only look", () => {
  /** They change nothing, or ask for rights of their own. */
  const mayPost = [
    "/console/services/:service/templates/preview",
    "/console/services/:service/broadcasts/preview",
  ];

  test("is refused every action of their own service", async () => {
    const before = await state();
    const actions = routes.filter(
      ({ method, isOfService, path }) => method === "POST" && isOfService && !mayPost.includes(path),
    );
    expect(actions.length).toBeGreaterThan(40);

    for (const route of actions) {
      const { status } = await ask("viewer", route, addressOf(route, console.things));
      expect({ route: route.key, status }).toEqual({ route: route.key, status: 404 });
    }

    expect(await state()).toEqual(before);
  });
});

test("pages of the whole installation are for operators alone", async () => {
  const { sql } = console.world;
  const audited = async () => (await sql`select count(*)::int as count from audit`)[0]?.count;
  const before = await audited();
  const ofOperators = routes.filter((route) => !route.isOfService && !isForAll(route) && !isForPeople(route));
  expect(ofOperators.length).toBeGreaterThan(30);

  for (const person of ["manager", "stranger"] as const) {
    for (const route of ofOperators) {
      const path = addressOf(route, console.things);
      const { status, text } = await ask(person, route, path);
      const seen = person === "stranger" ? shown(text, path) : [];
      expect({ route: route.key, status, seen }).toEqual({ route: route.key, status: 404, seen: [] });
    }
  }

  expect(await audited()).toBe(before);
});

test("nobody sees or does anything without having signed in", async () => {
  const before = await state();
  for (const route of routes) {
    if (isForAll(route)) continue;
    const path = addressOf(route, console.things);
    const { method } = route;
    const body = method === "POST" ? { body: new URLSearchParams({ confirm: "yes" }) } : {};
    const answer = await fetch(console.world.apiUrl + path, { method, redirect: "manual", ...body });
    const isSentToSignIn =
      answer.status === 303 && (answer.headers.get("Location") ?? "").startsWith("/console/sign-in");
    expect({ route: route.key, isSentToSignIn, shown: shown(await answer.text(), path) }).toEqual({
      ...{ route: route.key, isSentToSignIn: true, shown: [] },
    });
  }
  expect(await state()).toEqual(before);
});

test("each page of the service is there for its own people, with the same addresses", async () => {
  const missing: string[] = [];
  for (const route of routes) {
    if (route.method !== "GET" || !route.isOfService || needsMore.includes(route.path)) continue;
    const { status } = await console.get("manager", addressOf(route, console.things));
    missing.push(...(status < 400 ? [] : [`${status} ${route.key}`]));
  }
  expect(missing).toEqual([]);
});

/** What a worker makes first, or another state of a thing. */
const needsMore = [
  "/console/services/:service/notifications/:id/pages/:page",
  "/console/services/:service/notifications/:id/letter.pdf",
  "/console/services/:service/batches/uploads/:id/letter.png",
];
