import { type ListedAlert, listOpenAlerts } from "../alert/queries.ts";
import type { Db } from "../database.ts";
import { type FailingCallback, readFailingCallbacks } from "./callbacks.ts";
import { type DeliveryTimes, readDeliveryTimes } from "./delivery-times.ts";
import { type PrintOutlook, readPrintRun } from "./print-run.ts";
import { type ProviderState, readProviderShare } from "./providers.ts";
import { type QueueState, readQueues } from "./queues.ts";
import type { Range } from "./range.ts";
import { type LateSchedule, readLateSchedules } from "./schedules.ts";
import { readTraffic, type Traffic } from "./traffic.ts";

/** All that the overview shows, of the whole platform or of one service. */
export interface Overview {
  at: Date;
  range: Range;
  traffic: Traffic;
  testTraffic: Traffic;
  deliveryTimes: DeliveryTimes;
  callbacks: FailingCallback[];
  printRun: PrintOutlook;
  /** Null where it is of one service. */
  platform: PlatformState | null;
}

export interface PlatformState {
  queues: QueueState[];
  providers: ProviderState[];
  /** The open ones, newest first. */
  alerts: ListedAlert[];
  schedules: LateSchedule[];
}

export interface OverviewQuery {
  /** Null: the whole platform. */
  serviceId: string | null;
  range: Range;
  at: Date;
}

const mostCallbacks = 100;

/** One statement after the other, so that a page takes no more than one connection from those who accept. */
export async function readOverview(db: Db, { serviceId, range, at }: OverviewQuery): Promise<Overview> {
  return {
    at,
    range,
    traffic: await readTraffic(db, { serviceId, range, keys: "live", at }),
    testTraffic: await readTraffic(db, { serviceId, range, keys: "test", at }),
    deliveryTimes: await readDeliveryTimes(db, { serviceId, range, at }),
    callbacks: await readFailingCallbacks(db, { serviceId, limit: mostCallbacks }),
    printRun: await readPrintRun(db, { serviceId, at }),
    platform: serviceId === null ? await readPlatform(db, at) : null,
  };
}

async function readPlatform(db: Db, at: Date): Promise<PlatformState> {
  return {
    queues: await readQueues(db),
    providers: await readProviderShare(db, at),
    alerts: await listOpenAlerts(db),
    schedules: await readLateSchedules(db, at),
  };
}
