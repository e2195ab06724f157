import type { NewJob } from "../queue/enqueue.ts";
import type { Channel, Status } from "./notification.ts";
import type { Step } from "./timeline.ts";

/** What a change of status must know of the row: the rules' input and the callback's content. */
export interface Changeable {
  id: string;
  serviceId: string;
  channel: Channel;
  status: Status;
  /** Null where only its history is left. */
  to: string | null;
  clientReference: string | null;
  templateId: string;
  templateVersion: number;
  international: boolean;
  normalisedTo: string | null;
  phonePrefix: string | null;
  createdAt: Date;
  sentAt: Date | null;
  /** Whether the service wants to be told. */
  hasCallback: boolean;
}

/** A change of status. */
export interface Change {
  id: string;
  /** Whether only its history is left. */
  isHistory: boolean;
  from: Status;
  to: Status;
  at: Date;
  reason: string | null;
  /** The provider that reported, for a row that does not know its own yet. */
  by: string | null;
  /** What the timeline says of it. */
  steps: readonly Step[];
  /** Queued with the change, or not at all. */
  callback: NewJob<"service-callbacks"> | null;
}
