import type { Db } from "../database.ts";
import { enqueue } from "../queue/enqueue.ts";

/** Has the public's list of alerts made anew, unless that is waiting to be done already. */
export async function requestPublication(db: Db): Promise<void> {
  const [waiting] = await db`
    select from pgboss.job where name = 'publish-govuk-alerts' and state = 'created' limit 1`;
  if (!waiting) await enqueue(db, [{ name: "publish-govuk-alerts", data: {} }]);
}
