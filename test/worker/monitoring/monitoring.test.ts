import { beforeAll, describe, expect, test } from "bun:test";
import { resolve } from "node:path";
import * as v from "valibot";
import { groups } from "../../../worker/commands/groups.ts";
import { openWorld } from "../../support/world.ts";
import { type KnownMetric, metricsOf, valuesOf } from "./known-metrics.ts";
import { type Selector, selectorsOf } from "./promql.ts";

const root = resolve(import.meta.dir, "../../..");
const text = (path: string) => Bun.file(resolve(root, path)).text();

const Target = v.object({
  expr: v.string(),
  legendFormat: v.pipe(v.string(), v.minLength(1)),
  refId: v.string(),
});
const Panel = v.object({
  id: v.number(),
  type: v.picklist(["row", "stat", "timeseries"]),
  title: v.pipe(v.string(), v.minLength(1)),
  description: v.optional(v.pipe(v.string(), v.minLength(1))),
  gridPos: v.object({ x: v.number(), y: v.number(), w: v.number(), h: v.number() }),
  targets: v.optional(v.array(Target), []),
});
const Dashboard = v.object({ uid: v.literal("pillarbox"), title: v.string(), panels: v.array(Panel) });

const Rule = v.strictObject({
  alert: v.pipe(v.string(), v.regex(/^Pillarbox[A-Z]\w+$/)),
  expr: v.string(),
  for: v.optional(v.pipe(v.string(), v.regex(/^\d+[smh]$/))),
  labels: v.strictObject({ severity: v.picklist(["page", "ticket"]) }),
  annotations: v.strictObject({
    summary: v.pipe(v.string(), v.minLength(10)),
    action: v.pipe(v.string(), v.minLength(20)),
    guide: v.pipe(v.string(), v.regex(/^[\w/-]+\.md#[a-z-]+$/i)),
  }),
});
const Rules = v.strictObject({
  groups: v.array(v.strictObject({ name: v.string(), rules: v.pipe(v.array(Rule), v.minLength(1)) })),
});

const dashboard = v.parse(Dashboard, JSON.parse(await text("worker/monitoring/grafana.json")));
const rules = v
  .parse(Rules, Bun.YAML.parse(await text("worker/monitoring/alerts.yaml")))
  .groups.flatMap((group) => group.rules);
const targets = dashboard.panels.flatMap((panel) =>
  panel.targets.map((target) => ({ ...target, panel: panel.title })),
);
const expressions = [
  ...targets.map(({ panel, expr }): [where: string, expr: string] => [`the panel ${panel}`, expr]),
  ...rules.map(({ alert, expr }): [where: string, expr: string] => [`the alert ${alert}`, expr]),
];

/** Prometheus' own, with what it knows of each target. */
const up: KnownMetric = { name: "up", type: "gauge", labels: [], bounds: [] };
const targetLabels = ["instance", "job"];
/** prom-client's, of a process, that no panel needs; of those that Node alone has, none says anything on Bun. */
const unshown =
  /^pillarbox_(process_(cpu_(user|system)_seconds_total|virtual_memory_bytes|heap_bytes|open_fds|max_fds)|nodejs_(?!eventloop_lag_p99)\w+)$/;
/** The same from every worker, or counted once for all: a sum would count them as often as there are workers. */
const shared = /^pillarbox_(queue|callbacks_waiting|provider_(?!request)|alerts|broadcast)/;

let known: Map<string, KnownMetric>;
let providers: string[];

beforeAll(async () => {
  await using world = await openWorld({ worker: false });
  const worker = await world.startWorker();
  known = metricsOf(worker.metrics).set("up", up);
  const rows = await world.sql<{ name: string }[]>`select identifier as name from provider_details`;
  providers = rows.map(({ name }) => name);
});

/** The metric a selector reads, and which of a histogram's three series. */
function metricOf({ metric }: Selector): { of: KnownMetric; series: string } | null {
  const own = known.get(metric);
  if (own) return { of: own, series: "" };
  const [, name = "", series = ""] = /^(\w+)_(bucket|sum|count)$/.exec(metric) ?? [];
  const histogram = known.get(name);
  return histogram?.type === "histogram" ? { of: histogram, series } : null;
}

/** What is wrong with how a selector is used; empty where nothing is. */
function faultsOf(selector: Selector): string[] {
  const found = metricOf(selector);
  if (!found) return [`there is no metric ${selector.metric}`];
  const { of, series } = found;
  const { functions, groupings, matchers, isRange } = selector;
  const labels = [...of.labels, ...targetLabels, ...(series === "bucket" ? ["le"] : [])];
  const faults: string[] = [];
  for (const { label, isPattern, value } of matchers) {
    if (!labels.includes(label)) faults.push(`${of.name} has no label ${label}`);
    const allowed = label === "le" ? of.bounds : valuesOf(of.name, label);
    for (const each of isPattern ? value.split("|") : [value]) {
      if (allowed && !allowed.includes(each)) faults.push(`${label} of ${of.name} is never ${each}`);
    }
  }
  for (const label of groupings ?? []) {
    if (!labels.includes(label)) faults.push(`${of.name} cannot be told apart by ${label}`);
  }
  const grows = of.type !== "gauge";
  const isRated = /^(rate|increase)$/.test(functions[0] ?? "");
  if (of.type === "histogram" && series === "") faults.push(`${of.name} has only buckets, sum and count`);
  if (grows !== isRated || grows !== isRange)
    faults.push(
      `${of.name} is a ${of.type}, ${isRated ? "so it has no rate" : "so only its rate says anything"}`,
    );
  const isQuantile = functions.includes("histogram_quantile");
  if (isQuantile && (series !== "bucket" || !groupings?.includes("le")))
    faults.push(`a quantile of ${of.name} needs its buckets by le`);
  if (series === "bucket" && !isQuantile && !matchers.some(({ label }) => label === "le"))
    faults.push(`a bucket of ${of.name} is not chosen`);
  if (shared.test(of.name) && !/^(max|absent)$/.test(functions[0] ?? ""))
    faults.push(`${of.name} is the same from every worker: take max`);
  return faults;
}

/** What tells an expression's results apart, or may: labels of its metrics that no aggregation took away. */
function resultLabels(expression: string): string[] {
  return selectorsOf(expression).flatMap((selector) => {
    return selector.groupings ?? [...(metricOf(selector)?.of.labels ?? []), ...targetLabels];
  });
}

test.each(expressions)("%s asks for what there is", (_, expr) => {
  expect(selectorsOf(expr).flatMap(faultsOf)).toEqual([]);
});

test("providers are those of the database", () => {
  expect(valuesOf("pillarbox_provider_active", "provider")).toEqual(expect.arrayContaining(providers));
});

describe("expressions that would show nothing or nonsense", () => {
  test.each([
    ["rate(pillarbox_jobs_seconds_count[5m])", "there is no metric"],
    ["rate(pillarbox_job_seconds_total[5m])", "there is no metric"],
    ['rate(pillarbox_job_seconds_count{queues="maintenance"}[5m])', "has no label queues"],
    ['rate(pillarbox_job_seconds_count{queue="maintainance"}[5m])', "is never maintainance"],
    ['rate(pillarbox_job_seconds_count{queue=~"maintenance|deliver"}[5m])', "is never deliver"],
    ['rate(pillarbox_job_seconds_count{outcome="delivered"}[5m])', "is never delivered"],
    ['rate(pillarbox_accepted_to_sent_seconds_bucket{le="11"}[5m])', "is never 11"],
    ["rate(pillarbox_accepted_to_sent_seconds_bucket[5m])", "is not chosen"],
    ["sum by (provider) (rate(pillarbox_job_seconds_count[5m]))", "cannot be told apart by provider"],
    ["histogram_quantile(0.9, sum by (queue) (rate(pillarbox_job_seconds_bucket[5m])))", "by le"],
    ["histogram_quantile(0.9, sum(rate(pillarbox_job_seconds_sum[5m])))", "needs its buckets"],
    ["rate(pillarbox_job_seconds[5m])", "only buckets, sum and count"],
    ["sum(pillarbox_receipts_total)", "only its rate"],
    ["rate(pillarbox_process_resident_memory_bytes[5m])", "no rate"],
    ["sum by (queue) (pillarbox_queue_waiting)", "take max"],
  ])("are found: %s", (expr, fault) => {
    expect(selectorsOf(expr).flatMap(faultsOf).join("; ")).toContain(fault);
  });

  test.each(["sum(rate(x[5m])", "sum by (a (x)", "x{a=b}", "x >", 'rate(x{a="1"}[5])x', "$unknown", "1"])(
    "are refused: %s",
    (expr) => {
      expect(() => selectorsOf(expr)).toThrow();
    },
  );
});

describe("the dashboard", () => {
  test("shows every metric there is, but for those named as not", () => {
    const shown = new Set(
      targets.flatMap(({ expr }) => selectorsOf(expr).map((one) => metricOf(one)?.of.name)),
    );

    const missing = [...known.keys()].filter((name) => !shown.has(name) && !unshown.test(name));

    expect(missing).toEqual([]);
    expect([...shown].filter((name) => unshown.test(name ?? ""))).toEqual([]);
  });

  test("names its lines by labels that they have", () => {
    for (const { panel, expr, legendFormat } of targets) {
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);

      expect({ panel, lost: named.filter((label) => !resultLabels(expr).includes(label ?? "")) }).toEqual({
        panel,
        lost: [],
      });
    }
  });

  test("has a row for each subject, and panels that say what they show and lie beside each other", () => {
    const { panels } = dashboard;
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)},${y + Math.floor(n / w)}`),
    );

    expect(panels.filter(({ type }) => type === "row").map(({ title }) => title)).toEqual([
      "Traffic",
      "Latency",
      "Queues",
      "Providers",
      "Callbacks",
      "Letters",
      "Broadcasts",
      "Schedules",
      "Database and processes",
    ]);
    expect(
      panels.filter(({ type, description, targets }) => type !== "row" && !(description && targets[0])),
    ).toEqual([]);
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});

describe("the alerts", () => {
  test("have names of their own, and say what to do by commands that there are", () => {
    const commands = rules.flatMap(({ annotations: { action } }) =>
      [...action.matchAll(/`(?:bun run cli )?([a-z-]+)(?: ([a-z-]+))?[^`]*`/g)].map(
        ([command, group = "", name]) => {
          const found = groups[group];
          return { command, exists: name ? name in (found?.commands ?? {}) : found?.otherwise !== undefined };
        },
      ),
    );

    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    expect(commands.length).toBeGreaterThan(7);
    expect(commands.filter(({ exists }) => !exists)).toEqual([]);
  });

  test("point to chapters of guides that there are", async () => {
    for (const guide of new Set(rules.map(({ annotations }) => annotations.guide))) {
      const [path = "", chapter] = guide.split("#");
      const headings = [...(await text(path)).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
        heading
          .toLowerCase()
          .replaceAll(/[^\w -]/g, "")
          .replaceAll(" ", "-"),
      );

      expect({ guide, headings }).toEqual({ guide, headings: expect.arrayContaining([chapter]) });
    }
  });

  test("name labels that their results have", () => {
    for (const { alert, expr, annotations } of rules) {
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);

      expect({ alert, lost: named.filter((label) => !resultLabels(expr).includes(label ?? "")) }).toEqual({
        alert,
        lost: [],
      });
    }
  });
});
