import * as v from "valibot";
import { parseInstant } from "../time/instant.ts";
import { londonDate } from "../time/london.ts";

/** What DVLA reports of a letter that it got by HTTP. */
export interface StatusReport {
  /** The notification's id. */
  jobId: string;
  /** DVLA's own. */
  word: "DESPATCHED" | "REJECTED";
  happenedAt: Date;
  /** Null where it was rejected. */
  despatch: Despatch | null;
}

export interface Despatch {
  /** The date in London. */
  on: string;
  sheets: number;
  threshold: "sorted" | "unsorted";
  /** `2ND MM`: postage class and mailing product. */
  product: string;
}

const Instant = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const at = parseInstant(dataset.value);
    if (at) return at;
    addIssue({ message: "is no instant" });
    return NEVER;
  }),
);
const Word = v.pipe(v.string(), v.trim(), v.toUpperCase());

const Body = v.object({
  data: v.variant("jobStatus", [
    v.object({
      jobId: v.pipe(v.string(), v.uuid(), v.toLowerCase()),
      jobStatus: v.literal("DESPATCHED"),
      transitionDate: Instant,
      despatchProperties: v.array(v.object({ key: v.string(), value: v.string() })),
    }),
    v.object({
      jobId: v.pipe(v.string(), v.uuid(), v.toLowerCase()),
      jobStatus: v.literal("REJECTED"),
      transitionDate: Instant,
    }),
  ]),
});

/** Of the despatch's properties; a product that nobody has heard of was not sorted. */
const Properties = v.object({
  totalSheets: v.pipe(v.string(), v.digits(), v.transform(Number)),
  postageClass: Word,
  mailingProduct: Word,
});

const sortedProducts = new Set(["2ND MM", "2ND MM ECONOMY"]);

/** Reads what DVLA posts (`spec/letters.md` 9.5); where it is not as it must be, the names of what is wrong. */
export function readStatusReport(
  json: unknown,
): { ok: true; report: StatusReport } | { ok: false; faults: string[] } {
  const body = v.safeParse(Body, json);
  if (!body.success) return { ok: false, faults: faultsOf(body.issues) };
  const { data } = body.output;
  const common = { jobId: data.jobId, happenedAt: data.transitionDate };
  if (data.jobStatus === "REJECTED") {
    return { ok: true, report: { ...common, word: data.jobStatus, despatch: null } };
  }
  const given = Object.fromEntries(data.despatchProperties.map(({ key, value }) => [key, value]));
  const properties = v.safeParse(Properties, given);
  if (!properties.success) return { ok: false, faults: faultsOf(properties.issues) };
  const { totalSheets, postageClass, mailingProduct } = properties.output;
  const product = `${postageClass} ${mailingProduct}`;
  const despatch: Despatch = {
    on: londonDate(data.transitionDate),
    sheets: totalSheets,
    threshold: sortedProducts.has(product) ? "sorted" : "unsorted",
    product,
  };
  return { ok: true, report: { ...common, word: data.jobStatus, despatch } };
}

/** What they hold may be anything: only where it stands is told. */
function faultsOf(issues: readonly v.BaseIssue<unknown>[]): string[] {
  return issues.map((issue) => v.getDotPath(issue) ?? "all of it");
}
