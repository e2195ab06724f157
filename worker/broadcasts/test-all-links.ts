import { raiseAlert, resolveAlert } from "../../shared/alert/alert.ts";
import type { Network } from "../../shared/broadcast/broadcast.ts";
import {
  type LinkTest,
  listFailingLinks,
  storeLinkTests,
  takeMessageNumbers,
} from "../../shared/broadcast/link-tests.ts";
import type { Db, Pool } from "../../shared/database.ts";
import type { CallCbc, Site } from "./cbc-proxy.ts";
import { type Link, testLink } from "./test-link.ts";

export interface LinkTesting {
  sql: Pool;
  callCbc: CallCbc;
  now: () => Date;
}

/**
 * Tries ways to networks, all at once, stores how they did, and opens a ticket for each that failed twice in a row until
 * it works again (`spec/broadcasts.md` 4.5). Throws only when `signal` aborts it, or the database does not answer.
 */
export async function testAllLinks(
  { sql, callCbc, now }: LinkTesting,
  ways: readonly { network: Network; site: Site }[],
  signal: AbortSignal,
): Promise<LinkTest[]> {
  const numbers = await takeMessageNumbers(sql, ways.filter(({ network }) => network === "vodafone").length);
  const links = ways.map(
    (way): Link => ({ ...way, number: way.network === "vodafone" ? (numbers.pop() ?? null) : null }),
  );
  const tests = await Promise.all(links.map((link) => testLink(link, { callCbc, now }, signal)));
  await storeLinkTests(sql, tests);
  await sql.begin((tx) => tellOf(tx, tests, now()));
  return tests;
}

/** One function after the other: there are eight. */
async function tellOf(db: Db, tests: readonly LinkTest[], at: Date): Promise<void> {
  for (const { function: name, succeeded } of tests) {
    if (succeeded) await resolveAlert(db, subjectOf(name), at);
  }
  const failed = tests.filter(({ succeeded }) => !succeeded).map(({ function: name }) => name);
  for (const { function: name, error } of await listFailingLinks(db, failed)) {
    await raiseAlert(db, {
      subject: subjectOf(name),
      severity: "ticket",
      title: "A way to a mobile network fails its link tests",
      facts: { function: name, reason: error },
      at,
    });
  }
}

function subjectOf(name: string): string {
  return `broadcast-link:${name}`;
}
