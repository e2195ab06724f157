import { callbackBodyOf } from "../../../shared/callback/delivery-status.ts";
import { bearerTokenOf } from "../../../shared/callback/queries.ts";
import type { Db } from "../../../shared/database.ts";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import type { JobName } from "../../../shared/queue/jobs.ts";
import { apiKeySecretOf } from "../../../shared/service/queries.ts";

/** Where encrypted values are kept. */
export interface Place {
  name: string;
  /** The next rows by id; `value` is null where nothing is to be done. */
  read(db: Db, page: { keyId: string; after: string | null; limit: number }): Promise<Sealed[]>;
  /** Answers how many were still what they were. */
  replace(db: Db, changes: readonly Change[]): Promise<number>;
}

export interface Sealed {
  id: string;
  value: string | null;
  /** What its encryption is bound to. */
  purpose: string;
}

export interface Change {
  id: string;
  was: string;
  becomes: string;
}

/** Every place there is: one that is missing here is lost with its key. */
export const places: readonly Place[] = [
  column("api_keys", "secret", apiKeySecretOf),
  column("service_callback_api", "bearer_token", bearerTokenOf),
  column("notifications", "personalisation", personalisationOf),
  callbackBodies("service-callbacks"),
  callbackBodies("service-callbacks-retry"),
  callbackBodies("dead-letters"),
];

function column(table: string, name: string, purposeOf: (id: string) => string): Place {
  return {
    name: `${table}.${name}`,
    async read(db, { keyId, after, limit }) {
      const rows = await db<{ id: string; value: string | null }[]>`
        select id, case when not starts_with(${db(name)}, ${`${keyId}.`}) then ${db(name)} end as value
        from ${db(table)} ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, value }) => ({ id, value, purpose: purposeOf(id) }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update ${db(table)} t set ${db(name)} = c.becomes
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id uuid, was text, becomes text)
        where t.id = c.id and t.${db(name)} = c.was`;
      return count;
    },
  };
}

/** Jobs that tell a service something carry what they tell. */
function callbackBodies(queue: JobName): Place {
  return {
    name: `${queue} jobs`,
    async read(db, { keyId, after, limit }) {
      const rows = await db<{ id: string; value: string | null; subjectId: string }[]>`
        select id, data->>'subjectId' as "subjectId",
          case when not starts_with(data->>'body', ${`${keyId}.`}) and data ? 'subjectId' then data->>'body' end as value
        from pgboss.job
        where name = ${queue} ${after === null ? db`` : db`and id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, value, subjectId }) => ({ id, value, purpose: callbackBodyOf(subjectId) }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update pgboss.job j set data = jsonb_set(j.data, '{body}', to_jsonb(c.becomes))
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id uuid, was text, becomes text)
        where j.name = ${queue} and j.id = c.id and j.data->>'body' = c.was`;
      return count;
    },
  };
}
