import type { JsonObject } from "../json/json.ts";

/** An emergency alert and what becomes of it (`spec/broadcasts.md` 1). */

export const broadcastStatuses = [
  "draft",
  "pending-approval",
  "rejected",
  "broadcasting",
  "completed",
  "cancelled",
  "technical-failure",
] as const;

export type BroadcastStatus = (typeof broadcastStatuses)[number];

export const networks = ["ee", "three", "o2", "vodafone"] as const;

/** A mobile network. */
export type Network = (typeof networks)[number];

export const broadcastChannels = ["test", "operator", "severe", "government"] as const;

/** How loud an alert is on phones, and who can turn it off. */
export type BroadcastChannel = (typeof broadcastChannels)[number];

/** `[latitude, longitude]`, in degrees. */
export type Point = readonly [latitude: number, longitude: number];

/** A ring: the last point is the first. */
export type Polygon = readonly Point[];

/** Where an alert is for; only the polygons reach the networks. */
export interface Areas {
  names?: string[];
  simple_polygons?: Polygon[];
  ids?: string[];
  aggregate_names?: string[];
}

export interface Broadcast {
  id: string;
  serviceId: string;
  templateId: string | null;
  templateVersion: number | null;
  templateName: string | null;
  /** Null without a template. */
  personalisation: JsonObject | null;
  /** As it is sent. */
  content: string;
  areas: Areas;
  status: BroadcastStatus;
  /** Goes up with each change: who approves says which one they read. */
  version: number;
  /** What was handed in for approval; null while nothing was. */
  submittedVersion: number | null;
  /** Who handed it in; null for the service's own program. */
  submittedById: string | null;
  /** The last that changed its words or areas. */
  editedVersion: number;
  startsAt: Date | null;
  finishesAt: Date | null;
  reference: string | null;
  capEvent: string | null;
  /** Made while its service was in training: it is never sent. */
  stubbed: boolean;
  /** From its approval on. */
  channel: BroadcastChannel | null;
  providers: Network[] | null;
  createdAt: Date;
  approvedAt: Date | null;
  cancelledAt: Date | null;
  updatedAt: Date | null;
  createdById: string | null;
  approvedById: string | null;
  cancelledById: string | null;
}
