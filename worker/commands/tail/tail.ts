import * as v from "valibot";
import type { Status } from "../../../shared/notification/notification.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { findTimeline } from "../../../shared/timeline/find-timeline.ts";
import { viewEvent } from "../../../shared/timeline/view-timeline.ts";
import { command, count, type Deps, Flag, Id, jsonOption, UsageError } from "../command.ts";
import { noNotification } from "../notification/stored.ts";
import { timelineRow } from "../notification/timeline-row.ts";
import { visible } from "../print.ts";
import { assertService } from "../service/known.ts";
import { listRecent, type Recent } from "./recent.ts";

const Input = v.object({
  id: v.optional(Id),
  service: v.optional(Id),
  seconds: v.optional(count({ least: 0, most: 86_400 }), "86400"),
  untilOver: Flag,
  every: v.optional(count({ least: 100, most: 60_000 }), "1000"),
  json: Flag,
});

export const tailCommand = command({
  name: "tail",
  description:
    "Follow messages as they are accepted and change, or the timeline of one, until it is stopped. For example: bun run cli tail --service SERVICE; ids and statuses alone, a JSON object a line with --json",
  args: {
    id: { type: "positional", required: false, description: "One notification's id: its timeline" },
    service: { type: "string", valueHint: "id", description: "Only this service's messages" },
    seconds: { type: "string", valueHint: "n", description: "Stop after this long; a day if not given" },
    "until-over": { type: "boolean", description: "Of one: stop once nothing more is expected of it" },
    every: { type: "string", valueHint: "ms", description: "How often to look; 1000 if not given" },
    json: jsonOption,
  },
  input: Input,
  async run(input, deps) {
    const { id, service } = input;
    if (input.untilOver && id === undefined) throw new UsageError("--until-over is for one notification");
    if (service !== undefined) await assertService(deps.sql, service);
    const look = id === undefined ? recentChanges(deps, service ?? null) : timelineSteps(deps, id);
    const until = performance.now() + input.seconds * 1000;
    for (;;) {
      const { news, isOver } = await look();
      for (const { shown, wire } of news) {
        deps.print(input.json ? JSON.stringify(wire) : visible(Object.values(shown).map(cell).join("  ")));
      }
      const left = until - performance.now();
      if (left <= 0 || (isOver && input.untilOver)) return;
      await Bun.sleep(Math.min(left, input.every));
    }
  },
});

/** What is new since it was last asked, as a person and as a program reads it. */
type Look = () => Promise<{ news: { shown: object; wire: object }[]; isOver: boolean }>;

const unfinished: readonly Status[] = ["created", "sending", "pending", "pending-virus-check"];

function recentChanges({ sql }: Deps, serviceId: string | null): Look {
  let seen = new Map<string, string>();
  return async () => {
    const recent = await listRecent(sql, serviceId);
    const news = recent.filter(({ id, status }) => seen.get(id) !== status);
    seen = new Map(recent.map(({ id, status }) => [id, status]));
    const lines = news.map(lineOf);
    return { news: lines.map((line) => ({ shown: line, wire: line })), isOver: false };
  };
}

function lineOf({ at, id, channel, status, serviceId, sentBy }: Recent): object {
  return { at: toTimestamp(at), id, channel, status, service: serviceId, sent_by: sentBy };
}

/** Several processes write them, so one that is new may stand before one that was shown. */
function timelineSteps({ sql }: Deps, id: string): Look {
  const seen = new Set<string>();
  return async () => {
    const timeline = await findTimeline(sql, id);
    if (!timeline) throw noNotification(id);
    const news = timeline.events.flatMap((event) => {
      const wire = viewEvent(event);
      const text = JSON.stringify(wire);
      if (seen.has(text)) return [];
      seen.add(text);
      return [{ shown: timelineRow(event), wire }];
    });
    return { news, isOver: !unfinished.includes(timeline.status) };
  };
}

function cell(value: unknown): string {
  return value instanceof Date ? value.toISOString() : String(value ?? "-");
}
