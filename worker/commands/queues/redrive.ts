import { PgBoss } from "pg-boss";
import * as v from "valibot";
import type { Pool } from "../../../shared/database.ts";
import { findDeadLetterQueue, wakeWorkers } from "../../../shared/queue/status.ts";
import { bossDb } from "../../boss.ts";
import { command, type Deps, Flag, Id, jsonOption, UsageError } from "../command.ts";
import { QueueName } from "./queue-name.ts";

const Input = v.object({ id: v.optional(Id), queue: v.optional(QueueName), json: Flag });

export const redriveCommand = command({
  name: "redrive",
  description: "Put dead letters back into the queue they came from, with all their attempts",
  args: {
    id: { type: "positional", required: false, description: "One dead letter, as queues dead names it" },
    queue: { type: "string", valueHint: "name", description: "All of this queue" },
    json: jsonOption,
  },
  input: Input,
  run: redrive,
});

/** Each goes back once, however often and by however many it is asked for: moving it takes it from the dead letters. */
async function redrive({ id, queue, json }: v.InferOutput<typeof Input>, { sql, print }: Deps) {
  if ((id === undefined) === (queue === undefined)) throw new UsageError("Give either ID or --queue");
  const source = queue ?? (id === undefined ? null : await findDeadLetterQueue(sql, id));
  const moved = source === null ? 0 : await move(sql, source, id);
  if (source !== null && moved > 0) await wakeWorkers(sql, source);
  if (json) print(JSON.stringify({ moved }));
  else if (id === undefined) print(`Put ${moved} jobs back into ${queue}`);
  else print(moved === 0 ? `No dead letter ${id}: it may be back already` : `Put ${id} back into ${source}`);
}

async function move(sql: Pool, sourceName: string, id: string | undefined): Promise<number> {
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
  try {
    if (id !== undefined) return await boss.redrive("dead-letters", { sourceName, ids: [id] });
    let moved = 0;
    for (let batch = -1; batch !== 0; moved += batch) {
      batch = await boss.redrive("dead-letters", { sourceName, limit: 1000 });
    }
    return moved;
  } finally {
    await boss.stop({ graceful: false, close: false });
  }
}
