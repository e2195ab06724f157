import type { NewAlert } from "../../../shared/alert/alert.ts";
import type { AcknowledgementTally } from "./apply-acknowledgement.ts";
import type { CountTally } from "./apply-counts.ts";
import type { StatusTally } from "./apply-statuses.ts";

/** What the reading of a file came to. */
export interface Report {
  /** Kept with the file, for people. */
  outcome: Readonly<Record<string, unknown>>;
  /** Raised once the whole file has been read, where somebody must look. */
  alert: Omit<NewAlert, "at"> | null;
}

export function reportAcknowledgement(
  name: string,
  { acknowledged, unknown, unexpected }: AcknowledgementTally,
): Report {
  return {
    outcome: { acknowledged, unknown, unexpected },
    // A zip that was given up has arrived: its letters may be printed twice.
    alert:
      unexpected.count === 0
        ? null
        : {
            subject: subjectOf(name),
            severity: "page",
            title: "The printer has a zip that it should not have",
            facts: { file: name, zips: unexpected.first.map((batch) => `${batch.name}: ${batch.state}`) },
          },
  };
}

/** Of a response file; null for what was not read of it. */
export function reportResponse(
  name: string,
  { statuses, counts }: { statuses: StatusTally | null; counts: CountTally | null },
): Report {
  const facts = { ...(statuses && factsOf(statuses)), ...(counts && faultOf(counts)) };
  return {
    outcome: { ...(statuses && { statuses }), ...(counts && { counts }) },
    alert:
      Object.keys(facts).length === 0
        ? null
        : {
            subject: subjectOf(name),
            severity: "ticket",
            title: titleOf(statuses),
            facts: { file: name, ...facts },
          },
  };
}

/** One alert a file: each reading of it finds the same. */
export function subjectOf(name: string): string {
  return `dvla-file:${name}`.slice(0, 200);
}

function titleOf(statuses: StatusTally | null): string {
  return statuses && statuses.failed.count > 0
    ? "The printer could not print letters"
    : "A file from the printer could not be understood in whole";
}

function factsOf({ failed, bad, unknown, unexpected, differences }: StatusTally): NewAlert["facts"] {
  const strange = [failed, bad, unknown, unexpected].some(({ count }) => count > 0);
  if (!strange) return {};
  return {
    failed: failed.count,
    failed_references: failed.first,
    bad_lines: bad.count,
    bad_line_numbers: bad.first.map(({ line, faults }) => `${line}: ${faults.join(", ")}`),
    unknown_references: unknown.count,
    first_unknown_references: unknown.first,
    unexpected_statuses: unexpected.count,
    first_unexpected_statuses: unexpected.first.map(({ reference, status }) => `${reference}: ${status}`),
    sheets_differ: differences.count,
  };
}

function faultOf({ billingDay }: CountTally): NewAlert["facts"] {
  return billingDay === null ? { not_counted: "the file's name tells no billing day" } : {};
}
