import type { Broadcast } from "../../../shared/broadcast/broadcast.ts";
import {
  type ChangeDeps,
  type Changed,
  cancelByReference,
  changeStatus,
  type ReferenceCancel,
  type StatusRequest,
} from "../../../shared/broadcast/change-status.ts";
import {
  type Composed,
  composeBroadcast,
  type Draft,
  type Edit,
  editBroadcast,
} from "../../../shared/broadcast/compose.ts";
import { listPublicAlerts, type PublicAlert } from "../../../shared/broadcast/public-alerts.ts";
import {
  findBroadcast,
  insertBroadcast,
  listBroadcasts,
  type NewBroadcast,
} from "../../../shared/broadcast/queries.ts";
import {
  type BroadcastService,
  type BroadcastSettings,
  findBroadcastService,
  setAsBroadcastService,
} from "../../../shared/broadcast/settings.ts";
import type { Pool } from "../../../shared/database.ts";
import { inTime } from "../../../shared/group.ts";

/** Emergency alerts, as people's programs and services' own set them up. Null: there is no such thing. */
export interface BroadcastDesk {
  find(serviceId: string, id: string): Promise<Broadcast | null>;
  list(serviceId: string): Promise<Broadcast[]>;
  compose(draft: Draft): Promise<Composed>;
  edit(edit: Edit): Promise<Composed>;
  changeStatus(request: StatusRequest): Promise<Changed>;
  /** Stores one of a service's own program. */
  add(broadcast: NewBroadcast): Promise<"stored" | "taken" | "no-service">;
  cancelByReference(cancel: ReferenceCancel): Promise<Changed | { outcome: "several" }>;
  setService(settings: BroadcastSettings): Promise<BroadcastService | null>;
  listPublic(): Promise<PublicAlert[]>;
}

export interface BroadcastRouteDeps {
  broadcasts: BroadcastDesk;
  now: () => Date;
  newId: () => string;
}

interface DeskParts extends ChangeDeps {
  sql: Pool;
  timeoutMs: number;
}

export function createBroadcastDesk({ sql, timeoutMs, ...deps }: DeskParts): BroadcastDesk {
  const bounded = <T>(work: Promise<T>) => inTime(work, timeoutMs);
  return {
    find: (serviceId, id) => bounded(findBroadcast(sql, serviceId, id)),
    list: (serviceId) => bounded(listBroadcasts(sql, serviceId)),
    compose: (draft) => bounded(composeBroadcast(sql, draft)),
    edit: (edit) => bounded(editBroadcast(sql, edit)),
    changeStatus: (request) => bounded(changeStatus(sql, request, deps)),
    add: (broadcast) => bounded(insertBroadcast(sql, broadcast)),
    cancelByReference: (cancel) => bounded(cancelByReference(sql, cancel, deps)),
    setService: async (settings) => {
      const isKnown = await bounded(setAsBroadcastService(sql, settings));
      return isKnown ? await bounded(findBroadcastService(sql, settings.serviceId)) : null;
    },
    listPublic: () => bounded(listPublicAlerts(sql)),
  };
}
