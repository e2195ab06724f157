import type { AlertFact } from "../../shared/alert/alert.ts";
import type { ClaimedAlert } from "../../shared/alert/telling.ts";

/** What is taken of an alert's words: chat and tickets have limits of their own, far above it. */
const longestText = 8000;
/** No fact keeps the others from being read. */
const longestFact = 2000;
/** Of a list so many are named. */
const mostNamed = 50;

type Worded = Pick<ClaimedAlert, "title" | "facts" | "subject" | "openedAt">;

export function subjectLine({ title }: Worded, environment: string): string {
  return `[${environment}] ${title}`.slice(0, 250);
}

/** A line for each fact. */
export function factLines({ facts, subject, openedAt }: Worded): string {
  const lines = Object.entries(facts).map(
    ([name, fact]) => `${name}: ${factText(fact).slice(0, longestFact)}`,
  );
  return [...lines, `subject: ${subject}`, `since: ${openedAt.toISOString()}`]
    .join("\n")
    .slice(0, longestText);
}

function factText(fact: AlertFact): string {
  if (fact === null) return "-";
  if (typeof fact !== "object") return String(fact);
  const more = fact.length > mostNamed ? `, and ${fact.length - mostNamed} more` : "";
  return `${fact.slice(0, mostNamed).join(", ")}${more}`;
}
