import { afterAll, beforeAll, expect, test } from "bun:test";
import fc from "fast-check";
import { isCapAlert } from "../../../shared/broadcast/cap.ts";
import { readCap } from "../../../shared/broadcast/cap-request.ts";
import { parseXml, XmlError } from "../../../shared/broadcast/xml.ts";
import { addBroadcastService, type BroadcastPlace } from "../../support/broadcasts.ts";
import { capXml } from "../../support/cap.ts";
import { processorClock } from "../../support/processor.ts";
import { openWorld, type World } from "../../support/world.ts";
import { bearerOf } from "../bearer-of.ts";

/** The same documents in each run. */
const seed = 20261121;
const documents = 10_000;
const requests = 1_000;
const atOnce = 50;

let world: World;
let place: BroadcastPlace;

beforeAll(async () => {
  world = await openWorld({ worker: false });
  place = await addBroadcastService(world.sql, world.cipher);
});

afterAll(() => world[Symbol.asyncDispose]());

/** What attackers and broken programs put into XML. */
const snippets = [
  '<!DOCTYPE alert [<!ENTITY a "SPREAD"><!ENTITY b "&a;&a;&a;">]>',
  '<!DOCTYPE alert SYSTEM "file:///etc/passwd">',
  '<!ENTITY a SYSTEM "http://127.0.0.1/">',
  "&a;",
  "&b;",
  "&#0;",
  "&#x110000;",
  "&#99999999;",
  "<![CDATA[",
  "]]>",
  "<!--",
  "-->",
  "--",
  "<?xml version='1.0'?>",
  "<?php x?>",
  "<",
  ">",
  "</alert>",
  "<alert>",
  'xmlns:x="urn:x"',
  'xmlns=""',
  "<x:y/>",
  "<area><areaDesc>1</areaDesc>",
  "\0",
  "\ufffe",
  "😀",
  "\r\n",
  " ".repeat(5000),
  "<info>".repeat(40),
  "<a ".repeat(500),
  "9".repeat(400),
  "1e309,-1e309 ",
  "NaN,NaN ",
  "51,-1 ".repeat(2000),
];

const bases = [
  capXml(),
  capXml({ msgType: "Cancel", references: "a,b,2026-11-20T23:01:13-00:00", info: null }),
];

/** A sound document with up to three parts of it cut out, said twice, moved, or spoilt. */
const mutated = fc
  .tuple(
    fc.constantFrom(...bases),
    fc.array(
      fc.record({
        kind: fc.constantFrom("cut", "repeat", "insert", "flip", "swap"),
        at: fc.double({ min: 0, max: 1, noNaN: true }),
        length: fc.integer({ min: 1, max: 80 }),
        snippet: fc.constantFrom(...snippets),
      }),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([base, changes]) => {
    let text = base;
    for (const { kind, at, length, snippet } of changes) {
      const from = Math.floor(at * text.length);
      const [before, part, after] = [
        text.slice(0, from),
        text.slice(from, from + length),
        text.slice(from + length),
      ];
      if (kind === "cut") text = before + after;
      else if (kind === "repeat") text = before + part.repeat(3) + after;
      else if (kind === "insert") text = before + snippet + part + after;
      else if (kind === "flip")
        text =
          before +
          String.fromCharCode(length % 3 === 0 ? length % 32 : 32 + ((length * 7) % 95)) +
          part.slice(1) +
          after;
      else text = before + after.slice(0, length) + part + after.slice(length);
    }
    return text;
  });

/** What becomes of a document, as the route does it. */
function read(text: string): "asked" | "refused" {
  try {
    const root = parseXml(new TextEncoder().encode(text));
    if (!isCapAlert(root)) return "refused";
    const result = readCap(root);
    if (result.ok && result.request.type === "alert") expect(result.request.content).not.toContain("SPREAD");
    return result.ok ? "asked" : "refused";
  } catch (error) {
    if (error instanceof XmlError) return "refused";
    throw error;
  }
}

test("10,000 spoilt documents are read or refused, soon, and nothing in them is expanded", () => {
  const counts = { asked: 0, refused: 0 };
  let slowestMs = 0;
  for (const text of fc.sample(mutated, { seed, numRuns: documents })) {
    const spentMs = processorClock();
    counts[read(text)]++;
    slowestMs = Math.max(slowestMs, spentMs());
  }

  expect(counts.asked + counts.refused).toBe(documents);
  expect(Math.min(counts.asked, counts.refused)).toBeGreaterThan(20);
  expect(slowestMs).toBeLessThan(5_000);
}, 60_000);

test("over HTTP they are answered 201 or 4xx", async () => {
  const headers = { ...(await bearerOf(place.apiKey)), "Content-Type": "application/cap+xml" };
  const bodies = fc.sample(mutated, { seed: seed + 1, numRuns: requests });
  const statuses = new Map<number, number>();
  for (let at = 0; at < bodies.length; at += atOnce) {
    await Promise.all(
      bodies.slice(at, at + atOnce).map(async (body) => {
        const response = await fetch(`${world.apiUrl}/v2/broadcast`, { method: "POST", headers, body });
        await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
      }),
    );
  }

  expect([...statuses.keys()].filter((status) => status !== 201 && (status < 400 || status > 499))).toEqual(
    [],
  );
  expect(statuses.get(400)).toBeGreaterThan(100);
}, 60_000);

test.each<[what: string, text: string]>([
  ["deep nesting", "<a>".repeat(1_300_000)],
  ["many elements", `<a>${"<b/>".repeat(800_000)}</a>`],
  ["many attributes", `<a ${Array.from({ length: 300_000 }, (_, at) => `a${at}="1"`).join(" ")}/>`],
  ["a long name", `<${"a".repeat(4_000_000)}`],
  ["a long name with colons", `<${"a:".repeat(2_000_000)}`],
  ["spaces in a tag", `<a${" ".repeat(4_000_000)}`],
  ["a value that does not end", `<a b="${"c".repeat(4_000_000)}`],
  ["many namespaces", `<a ${Array.from({ length: 200_000 }, (_, at) => `xmlns:a${at}="u"`).join(" ")}/>`],
  [
    "namespaces at each depth",
    `${Array.from({ length: 31 }, (_, depth) => `<a ${Array.from({ length: 60 }, (_, at) => `xmlns:a${depth}_${at}="u"`).join(" ")}>`).join("")}`,
  ],
  ["many comments", `<a>${"<!---->".repeat(590_000)}</a>`],
  ["many references", `<a>${"&#65;".repeat(800_000)}</a>`],
  ["ampersands", `<a>${"&".repeat(4_000_000)}</a>`],
  ["a long text", `<a>${"b".repeat(4_000_000)}</a>`],
  ["polygons of one sign", capXml({ areas: [{ name: "1", polygons: ["1,".repeat(2_000_000)] }] })],
  [
    "many short polygons",
    capXml({ areas: [{ name: "1", polygons: Array.from({ length: 90_000 }, () => "1,1 1,2 2,2 1,1") }] }),
  ],
  ["many areas", capXml({ areas: Array.from({ length: 25_000 }, () => ({ name: "-", polygons: [] })) })],
  ["a name of digits that no place has", capXml({ areas: [{ name: "0".repeat(4_000_000), polygons: [] }] })],
  [
    "many references to alerts",
    capXml({ msgType: "Cancel", references: "a,".repeat(2_000_000), info: null }),
  ],
])("of 4 MB with %s are read in bounded time", (_, text) => {
  const spentMs = processorClock();

  read(text);

  expect(spentMs()).toBeLessThan(10_000);
});
