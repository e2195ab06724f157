import type { TransactionSql } from "postgres";
import { raiseAlert, resolveAlert } from "../alert/alert.ts";
import type { Db, Pool } from "../database.ts";
import { faultLine, type Log } from "../log.ts";
import { approvalFault, type BroadcastingService, providersOf } from "./approval.ts";
import type { Broadcast, BroadcastStatus, Network } from "./broadcast.ts";
import { fanOut } from "./fan-out.ts";
import { requestPublication } from "./publish.ts";
import { findBroadcast, lockBroadcast, lockBroadcastsToCancel } from "./queries.ts";
import { findStanding, mayBring, type Standing } from "./standing.ts";
import { mayBecome } from "./status.ts";

/** What decides, beside the database. */
export interface ChangeDeps {
  log: Log;
  /** Networks that this installation sends to. */
  enabled: readonly Network[];
  /** Whether somebody is woken when an alert goes out. */
  pagesApprovals: boolean;
}

export type Changed =
  | { outcome: "changed"; broadcast: Broadcast }
  | { outcome: "unknown" }
  /** The service may not have anything changed. */
  | { outcome: "suspended" }
  | { outcome: "refused"; message: string };

export interface StatusRequest {
  serviceId: string;
  id: string;
  to: BroadcastStatus;
  userId: string;
  /** The version they read; null where they do not say. */
  versionRead: number | null;
  at: Date;
}

/**
 * Brings an alert into another status for a person, by the rules of `spec/broadcasts.md` 1.2. Status, event, the
 * networks' messages and their jobs are one transaction, in which the alert's row is held: of two who approve at once
 * one does. Whom else it concerns is told by jobs of their own, without which it goes out as well.
 */
export async function changeStatus(sql: Pool, request: StatusRequest, deps: ChangeDeps): Promise<Changed> {
  const { serviceId, id, to, userId, versionRead, at } = request;
  return await sql.begin(async (tx): Promise<Changed> => {
    // Before the alert, as everywhere: and its mode cannot change until this is done.
    const service = await lockService(tx, serviceId);
    const broadcast = await lockBroadcast(tx, serviceId, id);
    if (!service || !broadcast) return { outcome: "unknown" };
    if (!service.active) return { outcome: "suspended" };

    const standing = await findStanding(tx, userId, serviceId);
    const fault =
      strangerFault(standing, request) ??
      moveFault(broadcast, to) ??
      permissionFault(standing, request) ??
      (to === "broadcasting"
        ? approvalFault(broadcast, { userId, versionRead, service, enabled: deps.enabled, at })
        : null);
    if (fault !== null) return { outcome: "refused", message: fault };
    return await move(tx, broadcast, { to, by: { userId }, service, at }, deps);
  });
}

/** An operator's doing, at the machine itself: calls off an alert that is on air. */
export async function cancelAsOperator(
  sql: Pool,
  { serviceId, id, at }: { serviceId: string; id: string; at: Date },
  deps: ChangeDeps,
): Promise<Changed> {
  return await sql.begin(async (tx): Promise<Changed> => {
    const service = await lockService(tx, serviceId);
    const broadcast = await lockBroadcast(tx, serviceId, id);
    if (!service || !broadcast) return { outcome: "unknown" };
    const fault = moveFault(broadcast, "cancelled");
    if (fault !== null) return { outcome: "refused", message: fault };
    return await move(tx, broadcast, { to: "cancelled", by: {}, service, at }, deps);
  });
}

export interface ReferenceCancel {
  serviceId: string;
  /** Identifiers of alerts, of which one is meant. */
  references: readonly string[];
  apiKeyId: string;
  at: Date;
}

/** Calls off the one alert that references name for a service's own program: one that waits is rejected. */
export async function cancelByReference(
  sql: Pool,
  { serviceId, references, apiKeyId, at }: ReferenceCancel,
  deps: ChangeDeps,
): Promise<Changed | { outcome: "several" }> {
  return await sql.begin(async (tx): Promise<Changed | { outcome: "several" }> => {
    const service = await lockService(tx, serviceId);
    const [broadcast, ...more] = await lockBroadcastsToCancel(tx, serviceId, references);
    if (!service || !broadcast) return { outcome: "unknown" };
    if (more.length > 0) return { outcome: "several" };
    const to = broadcast.status === "broadcasting" ? "cancelled" : "rejected";
    return await move(tx, broadcast, { to, by: { apiKeyId }, service, at }, deps);
  });
}

async function lockService(db: Db, id: string): Promise<BroadcastingService | null> {
  const [service] = await db<BroadcastingService[]>`
    select s.active, s.restricted,
      exists (select from service_permissions p where p.service_id = s.id and p.permission = 'broadcast') as "isAllowed",
      (select json_build_object('channel', b.channel, 'provider', b.provider)
        from service_broadcast_settings b where b.service_id = s.id) as settings
    from services s where s.id = ${id} for share of s`;
  return service ?? null;
}

/** A stranger may only stop a mistake, and only one who looks after the whole installation. */
function strangerFault(standing: Standing | null, request: StatusRequest): string | null {
  const { id, userId } = request;
  const maySo = standing?.isMember || stopsMistake(standing, request);
  return maySo ? null : `User ${userId} cannot update broadcast_message ${id} from other service`;
}

function permissionFault(standing: Standing | null, request: StatusRequest): string | null {
  const { id, to, userId } = request;
  if (!standing || mayBring(standing, to) || stopsMistake(standing, request)) return null;
  return `User ${userId} does not have permission to move broadcast_message ${id} to ${to}`;
}

function stopsMistake(standing: Standing | null, { to }: StatusRequest): boolean {
  return standing?.isPlatformAdmin === true && to === "cancelled";
}

function moveFault({ id, status }: Broadcast, to: BroadcastStatus): string | null {
  return mayBecome(status, to) ? null : `Cannot move broadcast_message ${id} from ${status} to ${to}`;
}

interface Move {
  to: BroadcastStatus;
  by: { userId?: string; apiKeyId?: string };
  service: BroadcastingService;
  at: Date;
}

async function move(tx: TransactionSql, before: Broadcast, change: Move, deps: ChangeDeps): Promise<Changed> {
  const { id, serviceId } = before;
  const { to, service, at } = change;
  await writeStatus(tx, before, change, deps.enabled);
  const broadcast = await findBroadcast(tx, serviceId, id);
  if (!broadcast) throw new Error(`Cannot read broadcast ${id} back`);
  deps.log.info(
    { broadcastId: id, from: before.status, to },
    `broadcast_message ${id} moving from ${before.status} to ${to}`,
  );

  const isOnAir = (broadcast.providers ?? []).length > 0;
  if (to === "broadcasting" && !broadcast.stubbed) await fanOut(tx, broadcast, "alert", at);
  // Whatever became of the service since: what phones were shown can be called off.
  if (to === "cancelled" && isOnAir) await fanOut(tx, broadcast, "cancel", at);
  if (to === "cancelled" && broadcast.stubbed !== service.restricted) {
    deps.log.error(
      { broadcastId: id, stubbed: broadcast.stubbed, restricted: service.restricted },
      "The service's mode has changed since this alert was made",
    );
  }
  if (isOnAir) await tellOthers(tx, broadcast, at, deps);
  return { outcome: "changed", broadcast };
}

async function writeStatus(
  db: Db,
  { id, stubbed, status }: Broadcast,
  { to, by, service, at }: Move,
  enabled: readonly Network[],
): Promise<void> {
  const isSent = to === "broadcasting" && !stubbed;
  const { userId = null, apiKeyId = null } = by;
  const [moved] = await db`
    update broadcast_messages set status = ${to}, version = version + 1, updated_at = ${at}
      ${to === "pending-approval" ? db`, submitted_version = version + 1, submitted_by_id = ${userId}` : db``}
      ${to === "broadcasting" ? db`, approved_at = ${at}, approved_by_id = ${userId}` : db``}
      ${isSent ? db`, channel = ${service.settings?.channel ?? null}, providers = ${providersOf(service, enabled)}::text[]` : db``}
      ${to === "cancelled" ? db`, cancelled_at = ${at}, cancelled_by_id = ${userId}, cancelled_by_api_key_id = ${apiKeyId}` : db``}
    where id = ${id} and status = ${status}
    returning id`;
  if (!moved) throw new Error(`Cannot move broadcast ${id}: it is not ${status} any more`);
}

/** None of it may keep an alert from going out. */
async function tellOthers(
  tx: TransactionSql,
  { id, serviceId, status, channel, providers }: Broadcast,
  at: Date,
  { pagesApprovals, log }: ChangeDeps,
): Promise<void> {
  const attempt = async (what: string, work: (db: Db) => Promise<unknown>) => {
    try {
      await tx.savepoint(work);
    } catch (error) {
      log.error({ broadcastId: id, reason: faultLine(error) }, `Cannot queue ${what}`);
    }
  };
  await attempt("publishing the list of alerts", requestPublication);
  if (!pagesApprovals) return;
  const subject = `broadcast-sent:${id}`;
  if (status !== "broadcasting") {
    await attempt("closing what people were told", (db) => resolveAlert(db, subject, at));
    return;
  }
  await attempt("telling people of the alert", (db) =>
    raiseAlert(db, {
      subject,
      severity: "page",
      title: "Live broadcast sent",
      facts: { broadcastId: id, serviceId, channel, providers: providers ?? [] },
      at,
    }),
  );
}
