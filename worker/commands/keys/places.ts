import { rowsOf } from "../../../shared/batch/process.ts";
import { excerptOf } from "../../../shared/callback/attempts.ts";
import { callbackBodyOf } from "../../../shared/callback/job.ts";
import { bearerTokenOf, signingSecretOf } from "../../../shared/callback/queries.ts";
import { trialResultOf } from "../../../shared/callback/trial.ts";
import type { Db } from "../../../shared/database.ts";
import { textJobOf } from "../../../shared/inbound/job.ts";
import { receivedTextOf } from "../../../shared/inbound/queries.ts";
import { letterAddressOf } from "../../../shared/letter/address.ts";
import { letterPreviewOf } from "../../../shared/letter/picture.ts";
import { personalisationOf } from "../../../shared/notification/admit.ts";
import { keptResponseOf } from "../../../shared/notification/idempotency-keys.ts";
import { credentialOf } from "../../../shared/provider/credentials.ts";
import type { JobName } from "../../../shared/queue/jobs.ts";
import { apiKeySecretOf } from "../../../shared/service/queries.ts";
import type { KeyType } from "../../../shared/service/service.ts";

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
  column("service_callback_api", "signing_secret", signingSecretOf),
  column("service_callback_api", "previous_signing_secret", signingSecretOf),
  oldCallbackTokens(),
  column("callback_tests", "result", trialResultOf),
  attemptColumn("body", ({ subjectId }) => callbackBodyOf(subjectId)),
  attemptColumn("excerpt", excerptOf),
  column("notifications", "personalisation", personalisationOf),
  keptResponses(),
  letterAddresses(),
  column("letter_pictures", "preview", letterPreviewOf),
  providerCredentials(),
  column("inbound_sms", "content", receivedTextOf),
  jobBodies("service-callbacks"),
  jobBodies("service-callbacks-retry"),
  jobBodies("service-callbacks-replay"),
  jobBodies("service-callbacks-parked"),
  jobBodies("inbound-sms"),
  jobBodies("process-rows"),
  jobBodies("dead-letters"),
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

/** Tokens of every version of a callback, bound to the callback as its own is. */
function oldCallbackTokens(): Place {
  const { name, replace } = column("service_callback_api_history", "bearer_token", bearerTokenOf);
  return {
    name,
    async read(db, { keyId, after, limit }) {
      const rows = await db<{ id: string; callbackId: string; value: string | null }[]>`
        select id, callback_id as "callbackId",
          case when not starts_with(bearer_token, ${`${keyId}.`}) then bearer_token end as value
        from service_callback_api_history ${after === null ? db`` : db`where id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, callbackId, value }) => ({ id, value, purpose: bearerTokenOf(callbackId) }));
    },
    replace,
  };
}

/** What attempts at callbacks keep. Their rows' id here is what they tell of and their number: no space is in either. */
function attemptColumn(name: "body" | "excerpt", purposeOf: (row: AttemptRow) => string): Place {
  return {
    name: `callback_attempts.${name}`,
    async read(db, { keyId, after, limit }) {
      const [subject = "", number = ""] = after?.split(" ") ?? [];
      const rows = await db<(AttemptRow & { number: string; value: string | null })[]>`
        select subject_id as "subjectId", id as number, type, attempt, at,
          case when not starts_with(${db(name)}, ${`${keyId}.`}) then ${db(name)} end as value
        from callback_attempts
        ${after === null ? db`` : db`where (subject_id, id) > (${subject}, ${number})`}
        order by subject_id, id limit ${limit}`;
      return rows.map((row) => ({
        id: `${row.subjectId} ${row.number}`,
        value: row.value,
        purpose: purposeOf(row),
      }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update callback_attempts a set ${db(name)} = c.becomes
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id text, was text, becomes text)
        where a.subject_id = split_part(c.id, ' ', 1)::uuid and a.id = split_part(c.id, ' ', 2)::bigint
          and a.${db(name)} = c.was`;
      return count;
    },
  };
}

type AttemptRow = Parameters<typeof excerptOf>[0];

/** Answers kept under an `Idempotency-Key`. Their rows' id here is service, key type and key: none holds a space. */
function keptResponses(): Place {
  return {
    name: "idempotency_keys.response",
    async read(db, { keyId, after, limit }) {
      const [service = "", type = "", last = ""] = after?.split(" ") ?? [];
      const rows = await db<{ serviceId: string; keyType: KeyType; key: string; value: string | null }[]>`
        select service_id as "serviceId", key_type as "keyType", key,
          case when not starts_with(response, ${`${keyId}.`}) then response end as value
        from idempotency_keys
        ${after === null ? db`` : db`where (service_id, key_type, key) > (${service}, ${type}, ${last})`}
        order by service_id, key_type, key limit ${limit}`;
      return rows.map(({ serviceId, keyType, key, value }) => ({
        id: `${serviceId} ${keyType} ${key}`,
        value,
        purpose: keptResponseOf(serviceId, keyType, key),
      }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update idempotency_keys k set response = c.becomes
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id text, was text, becomes text)
        where k.service_id = split_part(c.id, ' ', 1)::uuid and k.key_type = split_part(c.id, ' ', 2)
          and k.key = split_part(c.id, ' ', 3) and k.response = c.was`;
      return count;
    },
  };
}

/** Addresses read from letters that services made. */
function letterAddresses(): Place {
  return {
    name: "letters.address",
    async read(db, { keyId, after, limit }) {
      const rows = await db<{ id: string; value: string | null }[]>`
        select notification_id as id, case when not starts_with(address, ${`${keyId}.`}) then address end as value
        from letters ${after === null ? db`` : db`where notification_id > ${after}`}
        order by notification_id limit ${limit}`;
      return rows.map(({ id, value }) => ({ id, value, purpose: letterAddressOf(id) }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update letters l set address = c.becomes
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id uuid, was text, becomes text)
        where l.notification_id = c.id and l.address = c.was`;
      return count;
    },
  };
}

/** What we sign in with at providers. Their rows' id here is provider and name: no space is in either. */
function providerCredentials(): Place {
  return {
    name: "provider_credentials.value",
    async read(db, { keyId, after, limit }) {
      const [provider = "", last = ""] = after?.split(" ") ?? [];
      const rows = await db<{ provider: string; name: string; value: string | null }[]>`
        select provider, name, case when not starts_with(value, ${`${keyId}.`}) then value end as value
        from provider_credentials
        ${after === null ? db`` : db`where (provider, name) > (${provider}, ${last})`}
        order by provider, name limit ${limit}`;
      return rows.map(({ provider, name, value }) => ({
        id: `${provider} ${name}`,
        value,
        purpose: credentialOf(provider, name),
      }));
    },
    async replace(db, changes) {
      const { count } = await db`
        update provider_credentials p set value = c.becomes
        from json_to_recordset(${JSON.stringify(changes)}::text::json) as c (id text, was text, becomes text)
        where p.provider = split_part(c.id, ' ', 1) and p.name = split_part(c.id, ' ', 2) and p.value = c.was`;
      return count;
    },
  };
}

/** Jobs that tell a service something, or store what somebody wrote to it or rows of a batch, carry what that is. */
function jobBodies(queue: JobName): Place {
  return {
    name: `${queue} jobs`,
    async read(db, { keyId, after, limit }) {
      const rows = await db<(JobFacts & { id: string; value: string | null })[]>`
        select id, data->>'subjectId' as "subjectId", data ? 'type' as "isCallback", data->>'batchId' as "batchId",
          (data->>'firstRow')::integer as "firstRow",
          case when not starts_with(data->>'body', ${`${keyId}.`}) and (data ? 'subjectId' or data ? 'firstRow')
            then data->>'body' end as value
        from pgboss.job
        where name = ${queue} ${after === null ? db`` : db`and id > ${after}`} order by id limit ${limit}`;
      return rows.map(({ id, value, ...job }) => ({ id, value, purpose: purposeOfJob(job) }));
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

interface JobFacts {
  subjectId: string | null;
  isCallback: boolean;
  batchId: string | null;
  firstRow: number | null;
}

function purposeOfJob({ subjectId, isCallback, batchId, firstRow }: JobFacts): string {
  if (batchId !== null && firstRow !== null) return rowsOf(batchId, firstRow);
  return (isCallback ? callbackBodyOf : textJobOf)(subjectId ?? "");
}
