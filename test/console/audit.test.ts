import { afterAll, beforeAll, expect, test } from "bun:test";
import { addressOf, fieldsFor, type PageRoute, routesOfConsole } from "./all-pages.ts";
import { type FullConsole, openFullConsole } from "./full-console.ts";

let console: FullConsole;

beforeAll(async () => {
  console = await openFullConsole();
});

afterAll(() => console[Symbol.asyncDispose]());

/** Each table as it stands, but for what tells of the console's own use. */
async function snapshot(): Promise<ReadonlyMap<string, string | null>> {
  const { sql } = console.world;
  const tables = await sql<{ name: string }[]>`
    select oid::regclass::text as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relname not in ('audit', 'sessions')
      and (relnamespace = 'public'::regnamespace or oid = 'pgboss.job'::regclass)
    order by 1`;
  const each = tables.map(
    ({ name }) =>
      `select '${name}' as name, md5(string_agg(t::text, '' order by t::text)) as sum from ${name} t`,
  );
  const rows = await sql.unsafe<{ name: string; sum: string | null }[]>(each.join(" union all "));
  return new Map(rows.map(({ name, sum }) => [name, sum]));
}

/** Without anybody's own account, and what begins and ends being there at all. */
const isOwn = ({ path }: PageRoute) => /^\/console\/(sign-|account)/.test(path);
const isRemoval = ({ path }: PageRoute) =>
  /(remove|delete|drop|revoke|abandon|cancel|release|suspend|redact|allowed|no-operator|sign-out)$/.test(
    path,
  );
const isOfOperator = ({ path, isOfService }: PageRoute) =>
  !isOfService || /settings\/(allowed|standing)$/.test(path);

/** They show something, or are done when the console is filled: a file is uploaded. */
const changeNothing = [
  "/console/services/:service/broadcasts/preview",
  "/console/services/:service/templates/preview",
  "/console/services/:service/batches/uploads",
];

test("every action that changes something leaves a note of who did it, with its end", async () => {
  const { sql } = console.world;
  const actions = routesOfConsole().filter(
    (route) => route.method === "POST" && !isOwn(route) && !changeNothing.includes(route.path),
  );
  actions.sort((a, b) => Number(isRemoval(a)) - Number(isRemoval(b)));
  expect(actions.length).toBeGreaterThan(60);
  const known = new Set<string>();
  const newEntries = async () => {
    const entries = await sql<{ id: string; outcome: string; userId: string }[]>`
      select id, outcome, user_id as "userId" from audit`;
    const fresh = entries.filter(({ id }) => !known.has(id));
    for (const { id } of fresh) known.add(id);
    return fresh;
  };
  await newEntries();
  let changing = 0;
  const idle: string[] = [];
  const withoutNote: string[] = [];

  for (const route of actions) {
    const person = isOfOperator(route) ? "operator" : "manager";
    const url = `${console.world.sandbox.url}/another`;
    const fields = fieldsFor(
      route,
      route.path.endsWith("/:type") ? { url, token: "another-bearer-token" } : {},
    );
    const before = await snapshot();
    const { status } = await console.post(person, addressOf(route, console.things), fields);
    const entries = await newEntries();
    const after = await snapshot();
    const isNoted =
      entries.length > 0 &&
      entries.every(({ outcome, userId }) => outcome === "done" && userId === console.userIds[person]);
    const isAnswered = entries.length > 0 && entries.every(({ outcome }) => outcome !== "begun");
    const changed = [...after].filter(([name, sum]) => before.get(name) !== sum).map(([name]) => name);
    if (changed.length > 0) changing++;
    if (changed.length === 0 && !isAnswered) idle.push(`${status} ${route.path} ${JSON.stringify(entries)}`);
    if (changed.length > 0 && !isNoted) withoutNote.push(`${status} ${route.path}: ${changed}`);
  }

  expect(withoutNote).toEqual([]);
  // With nothing changed and nothing noted, its form was not what it asks for: `all-pages.ts` says what is.
  expect(idle).toEqual([]);
  expect(changing).toBeGreaterThan(55);
  const open = await sql`select action from audit where outcome = 'begun'`;
  expect([...open]).toEqual([]);
});
