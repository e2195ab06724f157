import * as v from "valibot";
import { batchStatuses } from "../../../shared/batch/batch.ts";
import { id, text, timestamp, url, whole } from "./values.ts";

export const Batch = v.strictObject({
  created_at: timestamp("When it was accepted."),
  id: id("The batch's id, to ask later how far it is."),
  links: v.strictObject({ current: url("Where it is.") }),
  name: text("What you call it."),
  processing_finished: v.nullable(timestamp("When its last row was queued.")),
  processing_started: v.nullable(timestamp("When it began.")),
  rows: v.strictObject({
    failed: whole("Those stored that cannot be sent to.", { minimum: 0 }),
    skipped: whole("Those that your service may not send to while it is in trial mode.", { minimum: 0 }),
    stored: whole("Those that are messages now.", { minimum: 0 }),
    total: whole("All of them.", { minimum: 0 }),
  }),
  scheduled_for: v.nullable(timestamp("When it is to begin; null: at once.")),
  status: v.pipe(
    v.picklist(batchStatuses),
    v.metadata({
      description:
        "`finished`: every row is queued; `finished all notifications created`: every row is stored.",
    }),
  ),
  template: v.strictObject({
    id: id("The template's id."),
    uri: url("Where the template is."),
    version: whole("The version that is used.", { minimum: 1 }),
  }),
});
