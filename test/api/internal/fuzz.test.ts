import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { addPerson } from "../../support/broadcasts.ts";
import { idsOf, pathWith, type Route, routesOf } from "./all-routes.ts";
import { bodiesOf } from "./bodies.ts";
import { type Operators, openOperators, unknownId } from "./operators.ts";

/* Whatever a program of the operators' asks, no route fails: each is asked in ways that are nearly right. */

let operators: Operators;
let serviceId: string;
let bodies: Record<string, Record<string, unknown>>;
let routes: Route[];
/** Of what the service has. */
let ids: string[];

beforeAll(async () => {
  operators = await openOperators();
  const { world } = operators;
  serviceId = world.service.id;
  const userId = await addPerson(world.sql, { serviceId });
  bodies = bodiesOf(world.service.templates.sms, { userId, serviceId });
  await operators.ask("POST", `/service/${serviceId}/letter-contact`, {
    contact_block: "A",
    is_default: true,
  });
  await operators.ask("POST", `/service/${serviceId}/template-folder`, { name: "A", parent_id: null });
  await operators.ask("POST", `/service/${serviceId}/data-retention`, {
    notification_type: "email",
    days_of_retention: 30,
  });
  for (const channel of ["sms", "letter"] as const) await world.notification({ channel });
  ids = await idsOf(world.sql, serviceId);
  routes = routesOf(world).filter(
    ({ path }) => !/^\/(v2|d|unsubscribe|notifications\/(sms|email|letter)|_|docs|openapi)/.test(path),
  );
});

afterAll(() => operators.world[Symbol.asyncDispose]());

const odd = [
  ...["", " ", "\0", "\ud800", "null", "0", "-1", "1e400", "2147483648", "9223372036854775808", "0001-01-01"],
  ...["2026-02-30", "9999-12-31", "2999-12-31", "True", "' or 1=1 --", "%", "\\", "é", "𝕏", "x".repeat(300)],
  ...[unknownId, "00000000-0000-0000-0000-000000000000", "__proto__", "constructor", "07400900111"],
];

const value = fc.oneof(
  fc.constantFrom<unknown>(
    ...odd,
    null,
    true,
    -1,
    0,
    1,
    1.5,
    2 ** 31,
    2 ** 53,
    -(2 ** 63),
    [],
    {},
    [null],
    [[]],
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.array(fc.constantFrom(...odd), { maxLength: 3 }),
);

const queryNames = [
  ...["page", "page_size", "limit_days", "year", "status", "template_type", "to", "older_than", "statuses"],
  ...[
    "start_date",
    "end_date",
    "reported_at",
    "whole_days",
    "user_id",
    "only_active",
    "callback_type",
    "email",
  ],
  ...[
    "count_pages",
    "include_jobs",
    "template_id",
    "file_name",
    "sender_id",
    "name",
    "format_for_csv",
    "detailed",
  ],
  ...["financial_year_start", "outcome", "limit", "contact_list_id", "today_only"],
];

/** One field of a good body, or of none, is another; so are a name of the path, and parameters. */
const change = fc.record({
  at: fc.nat(30),
  value,
  name: fc.constantFrom(...odd.filter((text) => text !== "" && text.isWellFormed())),
  spoilsPath: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
  query: fc.array(
    fc.tuple(fc.constantFrom(...queryNames), fc.constantFrom(...odd.filter((one) => one.isWellFormed()))),
    {
      maxLength: 3,
    },
  ),
  shape: fc.constantFrom("object", "object", "object", "object", "value", "text"),
});

test("no route answers that it failed", async () => {
  expect(routes.length).toBeGreaterThan(100);
  for (const route of routes) {
    await fc.assert(
      fc.asyncProperty(change, async (change) => {
        const answer = await operators.ask(route.method, pathOf(route, change), bodyOf(route, change));
        expect({ route: route.key, status: answer.status, isOurs: answer.status >= 500 }).toEqual({
          route: route.key,
          status: answer.status,
          isOurs: false,
        });
      }),
      { numRuns: 12 },
    );
  }
}, 60_000);

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function pathOf(route: Route, { at, name, spoilsPath, query }: Change): string {
  const values: Record<string, string> = { service: serviceId, version: "1", type: "sms" };
  for (const one of route.names) values[one] ??= ids[at % ids.length] ?? unknownId;
  const [last] = route.names.slice(-1);
  if (spoilsPath && last !== undefined) values[last] = name;
  return `${pathWith(route, values)}?${new URLSearchParams(query)}`;
}

function bodyOf(route: Route, { at, value, shape }: Change): unknown {
  if (route.method === "GET" || route.method === "DELETE") return undefined;
  if (shape === "value") return JSON.stringify(value);
  if (shape === "text") return '{"a": ';
  const good = bodies[route.key] ?? {};
  const names = Object.keys(good);
  const name = names[at % Math.max(names.length, 1)] ?? "created_by";
  return { ...good, [name]: value };
}
