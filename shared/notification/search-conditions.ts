import type { Db } from "../database.ts";
import type { KeyType } from "../service/service.ts";
import type { Channel, Status } from "./notification.ts";
import { unfinishedStatuses } from "./search-statuses.ts";
import type { SearchTerms } from "./search-terms.ts";

/** Which notifications are looked for. */
export interface NotificationSearch {
  /** Null: of all services, for platform operators only. */
  serviceId: string | null;
  /** Whole. */
  id: string | null;
  /** All of them are to be met, each by a recipient or a reference with a part it names. */
  terms: readonly SearchTerms[];
  /** Null: any. So for all that follow. */
  statuses: readonly Status[] | null;
  types: readonly Channel[] | null;
  keyTypes: readonly KeyType[] | null;
  templateId: string | null;
  batchId: string | null;
  /** Made at this instant or later. */
  since: Date | null;
  /** Made before this instant. */
  until: Date | null;
  /** Whether rows of spreadsheets are, and what a person sent by itself: neither by a key nor from a spreadsheet. */
  include: { batches: boolean; oneOffs: boolean };
}

/** A place in a list, newest first: after the notification with this id. */
export interface Position {
  /** To the microsecond, as Postgres writes it. */
  at: string;
  id: string;
}

/** What notifications `n` have that are found, but for the terms. */
export function meets(db: Db, search: NotificationSearch) {
  const { statuses } = search;
  return db`
    ${meetsFixed(db, search, db`n`)} and ${meetsSender(db, search)}
    ${statuses ? db`and n.status = any(${statuses as Status[]})` : db``}`;
}

/** The part of that which rows `of` either table of notifications, or of failed ones, say and which never changes. */
export function meetsFixed(db: Db, search: NotificationSearch, of: ReturnType<Db>) {
  const { serviceId, types, keyTypes, templateId, batchId, since, until, include } = search;
  return db`
    ${serviceId === null ? db`true` : db`${of}.service_id = ${serviceId}`}
    ${types ? db`and ${of}.notification_type = any(${types as Channel[]})` : db``}
    ${keyTypes ? db`and ${of}.key_type = any(${keyTypes as KeyType[]})` : db``}
    ${templateId === null ? db`` : db`and ${of}.template_id = ${templateId}`}
    ${batchId === null ? db`` : db`and ${of}.job_id = ${batchId}`}
    ${since === null ? db`` : db`and ${of}.created_at >= ${since}`}
    ${until === null ? db`` : db`and ${of}.created_at < ${until}`}
    ${include.batches ? db`` : db`and ${of}.job_id is null`}`;
}

/** The part that only notifications `n` say, and their history. */
export function meetsSender(db: Db, { include }: NotificationSearch) {
  return include.oneOffs ? db`true` : db`(n.job_id is not null or n.api_key_id is not null)`;
}

/** Follows that of the same. */
export function meetsTerms(db: Db, terms: readonly SearchTerms[]) {
  return allTerms(db, terms, {
    recipient: db`lower(n.normalised_to)`,
    reference: db`lower(n.client_reference)`,
  });
}

/** The same of history `n`, of which nobody knows whom it was to. */
export function meetsTermsInHistory(db: Db, terms: readonly SearchTerms[]) {
  return allTerms(db, terms, { recipient: db`null::text`, reference: db`lower(n.client_reference)` });
}

/** Of blocks `b`: what no block lacks that has one of those looked for. */
export function mayHold(db: Db, search: NotificationSearch) {
  const { serviceId, statuses, types, keyTypes, templateId, batchId, since, until } = search;
  return db`
    ${serviceId === null ? db`true` : db`b.service_id = ${serviceId}`}
    ${statuses ? mayHaveStatus(db, statuses) : db``}
    ${types ? db`and b.types && ${types as Channel[]}::text[]` : db``}
    ${keyTypes ? db`and b.key_types && ${keyTypes as KeyType[]}::text[]` : db``}
    ${templateId === null ? db`` : db`and ${templateId}::uuid = any(b.templates)`}
    ${batchId === null ? db`` : db`and ${batchId}::uuid = any(b.batches)`}
    ${since === null ? db`` : db`and b.last_at >= ${since}`}
    ${until === null ? db`` : db`and b.after_at < ${until}`}
    ${allTerms(db, search.terms, { recipient: db`b.recipients`, reference: db`b.client_references` })}`;
}

/** Of statuses that come later a block says nothing. */
function mayHaveStatus(db: Db, statuses: readonly Status[]) {
  if (!statuses.every((status) => unfinishedStatuses.includes(status))) return db``;
  // Since that look `created` ones may have gone on to others, and none but letters come back.
  const only = statuses.every((status) => status === "created");
  return db`and ('letter' = any(b.types)
    or ${only ? db`'created' = any(b.unfinished)` : db`cardinality(b.unfinished) > 0`})`;
}

/** In lower case. */
interface Texts {
  recipient: ReturnType<Db>;
  reference: ReturnType<Db>;
}

function allTerms(db: Db, terms: readonly SearchTerms[], texts: Texts) {
  return terms.reduce((all, one) => db`${all} and (${anyTerm(db, one, texts)})`, db``);
}

function anyTerm(db: Db, { recipients, reference }: SearchTerms, texts: Texts) {
  const byRecipient = recipients.reduce(
    (any, part) => db`${any} or strpos(${texts.recipient}, lower(${part})) > 0`,
    db`false`,
  );
  if (reference === null) return byRecipient;
  return db`${byRecipient} or strpos(${texts.reference}, lower(${reference})) > 0`;
}
