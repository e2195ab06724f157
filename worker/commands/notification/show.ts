import * as v from "valibot";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import { findDeliveryJob } from "../../../shared/queue/status.ts";
import { findTimeline } from "../../../shared/timeline/find-timeline.ts";
import { viewEvent } from "../../../shared/timeline/view-timeline.ts";
import { command, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { printFacts, printRows } from "../print.ts";
import { findStored, noNotification } from "./stored.ts";
import { timelineRow } from "./timeline-row.ts";

const Input = v.object({ id: Id, reveal: Flag, json: Flag });

export const showNotificationCommand = command({
  name: "show",
  description: "Show what became of a message",
  args: {
    id: { type: "positional", description: "The notification's id" },
    reveal: { type: "boolean", description: "Its recipient and personalisation too" },
    json: jsonOption,
  },
  input: Input,
  run: show,
});

async function show({ id, reveal, json }: v.InferOutput<typeof Input>, { sql, cipher, print }: Deps) {
  const stored = await findStored(sql, id);
  if (!stored) throw noNotification(id);
  const { facts, personal } = stored;
  const job = facts.status === "created" ? await findDeliveryJob(sql, id) : null;
  const sealed = personal.personalisation;
  const revealed = reveal && {
    ...personal,
    personalisation: sealed === null ? null : await cipher.decrypt(sealed, personalisationOf(id)),
  };
  const events = (await findTimeline(sql, id))?.events ?? [];
  if (json) {
    printFacts({ ...facts, job, ...revealed, timeline: events.map(viewEvent) }, { print, json });
    return;
  }
  printFacts({ ...facts, job, ...revealed }, { print, json });
  print("");
  printRows(events.map(timelineRow), { print, json, nothing: "No timeline" });
}
