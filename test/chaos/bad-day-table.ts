import { percentile } from "../bench/http-load.ts";
import type { Asked } from "./bad-day-faults.ts";
import type { Arrival } from "./split-system.ts";

/** How things stood at one moment. */
export interface Sample {
  /** Milliseconds since 1970. */
  at: number;
  phase: string;
  /** Texts that wait for a worker. */
  waiting: number;
  /** Priorities. */
  mmg: number;
  firetext: number;
}

interface Facts {
  asked: readonly Asked[];
  /** By notification. */
  texts: ReadonlyMap<string, readonly Arrival[]>;
  sent: readonly Arrival[];
  samples: readonly Sample[];
}

const mostLines = 48;

const columns = [
  ["second", 6],
  ["phase", 12],
  ["accepted/s", 10],
  ["mmg/s", 7],
  ["firetext/s", 10],
  ["priorities", 10],
  ["waiting", 8],
  ["accept p50", 10],
  ["accept p99 ms", 13],
  ["to provider p50", 15],
  ["p99 ms", 8],
] as const;

/**
 * What the day looked like, in lines of some seconds each. "To provider" is from a text's request to its first
 * arrival at a provider, by when it was asked for.
 */
export function createTable({ asked, texts, sent, samples }: Facts): string[] {
  const first = samples[0]?.at ?? 0;
  const last = samples.at(-1)?.at ?? 0;
  const widthMs = 1000 * Math.max(1, Math.ceil((last - first) / 1000 / mostLines));
  const lineOf = (at: number) => Math.floor((at - first) / widthMs);
  const asking = Map.groupBy(
    asked.filter(({ channel }) => channel === "sms"),
    ({ at }) => lineOf(at),
  );
  const arriving = Map.groupBy(sent, ({ at }) => lineOf(at));

  const lines = [...Map.groupBy(samples, ({ at }) => lineOf(at))].map(([line, seen]) => {
    const here = asking.get(line) ?? [];
    const arrived = arriving.get(line) ?? [];
    const perSecond = (count: number) => (count / (widthMs / 1000)).toFixed(0);
    const of = (name: string) => perSecond(arrived.filter(({ provider }) => provider === name).length);
    const acceptMs = here.map(({ ms }) => ms).sort((a, b) => a - b);
    const toProviderMs = here
      .flatMap(({ id, at }) => {
        const [arrival] = texts.get(id ?? "") ?? [];
        return arrival ? [arrival.at - at] : [];
      })
      .sort((a, b) => a - b);
    const end = seen.at(-1);
    return [
      String((line * widthMs) / 1000),
      end?.phase ?? "",
      perSecond(here.filter(({ id }) => id !== null).length),
      of("mmg"),
      of("firetext"),
      `${end?.mmg}/${end?.firetext}`,
      String(Math.max(...seen.map(({ waiting }) => waiting))),
      percentile(acceptMs, 0.5).toFixed(1),
      percentile(acceptMs, 0.99).toFixed(1),
      percentile(toProviderMs, 0.5).toFixed(0),
      percentile(toProviderMs, 0.99).toFixed(0),
    ];
  });
  return [columns.map(([name]) => name), ...lines].map((cells) =>
    cells.map((cell, n) => cell.padStart(columns[n]?.[1] ?? 0)).join(" "),
  );
}
