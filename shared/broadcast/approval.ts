import { networksFault, polygonsFault } from "./areas.ts";
import type { Broadcast, BroadcastChannel, Network } from "./broadcast.ts";

/** What an approval is judged by, beside the alert itself (`spec/broadcasts.md` 1.2, 1.3). */
export interface ApprovalFacts {
  userId: string;
  /** The version they read; null where they do not say. */
  versionRead: number | null;
  service: BroadcastingService;
  /** Networks that this installation sends to. */
  enabled: readonly Network[];
  at: Date;
}

/** A service at the moment that something is decided about an alert of it. */
export interface BroadcastingService {
  active: boolean;
  /** In training: its alerts are never sent. */
  restricted: boolean;
  /** Whether it may have alerts at all. */
  isAllowed: boolean;
  /** Null where it was never set up for it. */
  settings: { channel: BroadcastChannel; provider: Network | "all" } | null;
}

/** Beyond 24 hours phones show an alert again that was put away. */
const longestMs = (23 * 60 + 59) * 60_000;

/** Why an alert that waits for approval cannot be approved now; null where it can. */
export function approvalFault(broadcast: Broadcast, facts: ApprovalFacts): string | null {
  const { id } = broadcast;
  const { service } = facts;
  if (!service.isAllowed) return "Service is not allowed to send broadcast messages";
  if (!service.restricted) {
    const fault = otherPersonFault(broadcast, facts.userId);
    if (fault !== null) return fault;
  }
  if (facts.versionRead !== null && facts.versionRead !== broadcast.version)
    return `broadcast_message ${id} has changed since it was read: it has version ${broadcast.version}, and ${facts.versionRead} was to be approved`;
  const polygons = broadcast.areas.simple_polygons ?? [];
  if (polygons.length === 0)
    return `broadcast_message ${id} has no selected areas and so cannot be broadcasted.`;
  const areasFault = polygonsFault(polygons) ?? networksFault(polygons);
  if (areasFault !== null) return `broadcast_message ${id} cannot be broadcasted: areas ${areasFault}`;
  const fault = timesFault(broadcast, facts.at) ?? serviceFault(broadcast, facts);
  return fault === null ? null : `broadcast_message ${id} cannot be broadcasted: ${fault}`;
}

/** Whether this person made the alert, or handed in its last words. */
export function isOwnAlert(broadcast: Broadcast, userId: string): boolean {
  const { createdById, submittedById, editedVersion } = broadcast;
  return userId === createdById || (editedVersion > 1 && userId === submittedById);
}

/** Two people stand behind an alert: who made it or handed in its last words, and who approves it. */
function otherPersonFault(broadcast: Broadcast, userId: string): string | null {
  const { id, editedVersion, submittedVersion } = broadcast;
  if (isOwnAlert(broadcast, userId)) return `User ${userId} cannot approve their own broadcast_message ${id}`;
  // Nobody stands behind what was changed since.
  if (editedVersion > (submittedVersion ?? 0))
    return `broadcast_message ${id} was changed after it was handed in for approval: it must be handed in again`;
  return null;
}

function timesFault({ startsAt, finishesAt }: Broadcast, at: Date): string | null {
  if (!startsAt || !finishesAt) return "it must have a start and an end";
  if (finishesAt <= at) return "its end has passed";
  if (finishesAt <= startsAt) return "its end must come after its start";
  // What is approved is sent at once, whenever it says it starts.
  if (finishesAt.getTime() - Math.min(startsAt.getTime(), at.getTime()) > longestMs)
    return "it must end at most 23 hours and 59 minutes after its start and its approval";
  return null;
}

function serviceFault({ stubbed }: Broadcast, { service, enabled }: ApprovalFacts): string | null {
  if (stubbed !== service.restricted) {
    const [then, now] = stubbed ? ["training", "live"] : ["live", "training"];
    return `it was made while its service was in ${then} mode, which now is in ${now} mode`;
  }
  if (stubbed) return null;
  if (!service.settings) return "its service has no channel";
  return providersOf(service, enabled).length === 0 ? "no network of its service is enabled" : null;
}

/** The networks that a service's alerts go to. */
export function providersOf(
  { settings }: Pick<BroadcastingService, "settings">,
  enabled: readonly Network[],
): Network[] {
  if (!settings) return [];
  return enabled.filter((network) => settings.provider === "all" || settings.provider === network);
}
