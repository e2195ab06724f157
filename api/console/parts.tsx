/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import { londonTime } from "../../shared/time/london.ts";

/** An instant, as London's clocks showed it; the whole of it where the pointer rests. */
export function Time({ at }: { at: Date | null }) {
  if (at === null) return <span class="none">–</span>;
  return (
    <time datetime={at.toISOString()} title={at.toISOString()}>
      {londonTime(at)}
    </time>
  );
}

const good = new Set([
  "delivered",
  "sent",
  "received",
  "accepted",
  "done",
  "finished",
  "ok",
  "live",
  "active",
]);
const bad = new Set([
  "failed",
  "technical-failure",
  "permanent-failure",
  "temporary-failure",
  "validation-failed",
  "virus-scan-failed",
  "cancelled",
  "suspended",
  "refused",
  "dead",
  "returned-letter",
  "page",
  "missed",
]);
const warning = new Set(["ticket", "spared"]);

/** A word for a state, coloured; the word alone says it. */
export function Status({ status }: { status: string }) {
  const kind = good.has(status)
    ? "tag good"
    : bad.has(status)
      ? "tag bad"
      : warning.has(status)
        ? "tag warn"
        : "tag";
  return <span class={kind}>{status}</span>;
}

/** A whole number, with commas. */
export function Count({ of }: { of: number }) {
  return <span class="number">{of.toLocaleString("en-GB")}</span>;
}

export interface Column<Row> {
  title: string;
  cell: (row: Row) => Child;
  /** Numbers stand on the right. */
  isNumber?: boolean;
}

/** Rows under a caption; on a small screen it scrolls sideways by itself. `empty` where there are none. */
export function Table<Row>({
  caption,
  columns,
  rows,
  empty,
}: {
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  empty: string;
}) {
  if (rows.length === 0) return <p class="empty">{empty}</p>;
  return (
    // What scrolls must be reached by keyboard.
    <section class="scrolls" aria-label={caption} tabindex={0}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th scope="col" class={isNumber ? "number" : undefined}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr>
              {columns.map(({ cell, isNumber }) => (
                <td class={isNumber ? "number" : undefined}>{cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Names and what they are. */
export function Facts({ facts }: { facts: readonly (readonly [string, Child])[] }) {
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** The links to the pages of a long list. Null where there is none that way. */
export function Paging({ newer, older }: { newer: string | null; older: string | null }) {
  if (newer === null && older === null) return null;
  return (
    <nav class="paging" aria-label="Pages">
      {newer === null ? null : (
        <a rel="prev" href={newer}>
          Newer
        </a>
      )}
      {older === null ? null : (
        <a rel="next" href={older}>
          Older
        </a>
      )}
    </nav>
  );
}
