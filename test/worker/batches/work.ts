import type { JobName, Payload } from "../../../shared/queue/jobs.ts";
import { processRows } from "../../../worker/tasks/batches/process-rows.ts";
import type { World } from "../../support/world.ts";

export interface WaitingJob<Name extends JobName> {
  id: string;
  data: Payload<Name>;
}

/** The jobs of a queue that nobody has worked. */
export async function jobsOf<Name extends JobName>({ sql }: World, name: Name): Promise<WaitingJob<Name>[]> {
  return await sql<WaitingJob<Name>[]>`
    select id, data from pgboss.job where name = ${name} and state < 'active' order by created_on, id`;
}

/** Stores the rows of a batch that are queued. */
export async function workRows(world: World, batchId: string): Promise<void> {
  for (const { id, data } of await jobsOf(world, "process-rows")) {
    if (data.batchId !== batchId) continue;
    await processRows(data, world.deps);
    await world.sql`delete from pgboss.job where id = ${id}`;
  }
}
