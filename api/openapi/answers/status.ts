import * as v from "valibot";
import { fixed, nothing, text, whole } from "./values.ts";

const ok = fixed("ok", "Always the same.");

export const Status = v.union([
  v.strictObject({
    build_time: text("When this build was made."),
    db_bulk_version: nothing("Always null."),
    db_version: v.nullable(text("The newest migration of the database.")),
    git_commit: text("What this build was made from."),
    status: ok,
  }),
  v.pipe(v.strictObject({ status: ok }), v.metadata({ description: "With `simple`." })),
]);

export const Ready = v.strictObject({
  status: v.pipe(
    v.picklist(["ok", "unavailable"]),
    v.metadata({ description: "Whether it can serve requests." }),
  ),
});

export const LiveCounts = v.strictObject({
  organisations: whole("How many organisations have live services."),
  services: whole("How many services are live."),
});
