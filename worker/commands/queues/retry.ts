import { PgBoss } from "pg-boss";
import * as v from "valibot";
import { wakeWorkers } from "../../../shared/queue/status.ts";
import { bossDb } from "../../boss.ts";
import { command, type Deps, Flag, jsonOption } from "../command.ts";
import { QueueName } from "./queue-name.ts";

const Input = v.object({ queue: QueueName, json: Flag });

export const retryJobsCommand = command({
  name: "retry",
  description: "Put a queue's jobs back that used up their retries and lie in dead-letters",
  args: { queue: { type: "positional", description: "The queue they came from" }, json: jsonOption },
  input: Input,
  run: retry,
});

async function retry({ queue, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  // No upkeep, no schedules: workers do that.
  const boss = new PgBoss({
    db: bossDb(sql),
    schema: "pgboss",
    migrate: false,
    supervise: false,
    schedule: false,
  });
  // Its failures arrive as rejections too.
  boss.on("error", () => {});
  await boss.start();
  let moved = 0;
  try {
    for (let batch = -1; batch !== 0; moved += batch) {
      batch = await boss.redrive("dead-letters", { sourceName: queue, limit: 1000 });
    }
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
  if (moved > 0) await wakeWorkers(sql, queue);
  print(json ? JSON.stringify({ moved }) : `Put ${moved} jobs back into ${queue}`);
}
