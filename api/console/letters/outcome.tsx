/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import * as v from "valibot";
import { Facts } from "../parts.tsx";

const names: Readonly<Record<string, string>> = {
  statuses: "What became of the letters",
  counts: "How they were sorted",
  acknowledged: "Batches acknowledged",
  lines: "Lines",
  lines_read: "Lines read",
  bad: "Bad lines",
  printed: "Letters printed",
  moved: "Letters whose status changed",
  failed: "Letters not printed",
  unknown: "Unknown",
  unexpected: "Unexpected",
  differences: "Letters with another number of sheets",
  repeated: "Repeated",
  billingDay: "Billing day",
  sorted: "Sorted",
  unsorted: "Unsorted",
  copy_of: "A copy of",
};

/** The database keeps them in one of its own. */
const order = Object.keys(names);

const FirstFew = v.object({ count: v.number(), first: v.array(v.unknown()) });

/** A tally of a file: numbers, and the first few of what is strange. */
export function Outcome({ value }: { value: object }) {
  const entries = Object.entries(value).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other));
  const parts = entries.filter(([, one]) => isPart(one));
  const facts = entries.filter(([, one]) => !isPart(one));
  return (
    <>
      {facts.length === 0 ? null : (
        <Facts
          facts={facts.map(([name, one]) => [names[name] ?? name, <OutcomeValue value={one} />] as const)}
        />
      )}
      {parts.map(([name, one]) => (
        <>
          <h3>{names[name] ?? name}</h3>
          <Outcome value={Object(one)} />
        </>
      ))}
    </>
  );
}

function isPart(value: unknown): boolean {
  return typeof value === "object" && value !== null && !v.is(FirstFew, value);
}

function OutcomeValue({ value }: { value: unknown }): Child {
  if (v.is(FirstFew, value)) {
    const { count, first } = value;
    if (count === 0) return "0";
    return (
      <details>
        <summary>{count.toLocaleString("en-GB")}</summary>
        <ul>
          {first.slice(0, 20).map((one) => (
            <li>
              <code>{typeof one === "string" ? one : JSON.stringify(one)}</code>
            </li>
          ))}
        </ul>
      </details>
    );
  }
  if (typeof value === "number") return value.toLocaleString("en-GB");
  return value === null ? "none" : String(value);
}
