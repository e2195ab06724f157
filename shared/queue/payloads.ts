import * as v from "valibot";
import { callbackTypes } from "../service/callback-types.ts";

/* What jobs carry; which queue carries what, `jobs.ts` says. */

const Uuid = v.pipe(v.string(), v.uuid());

/** Hands one notification to a provider. */
export const Deliver = v.object({ notificationId: Uuid });

/** Tells a service something. `body` is the JSON the service gets, encrypted; a job must outlive the row it tells of. */
export const Callback = v.object({
  v: v.literal(1),
  type: v.picklist(callbackTypes),
  serviceId: Uuid,
  /** What the callback is about: a notification, or a text that came in. */
  subjectId: Uuid,
  /** 1 for the first attempt. */
  attempt: v.number(),
  body: v.string(),
  /** When what it tells of reached us; absent where nobody reported it. */
  reportedAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  /** Where somebody has it told again. */
  replayId: v.optional(Uuid),
});

/** Goes on with having things told again, from where `callback_replays` says it is. */
export const CallbackReplay = v.object({ replayId: Uuid });

/** Sends a sample to a callback, to see whether it works. */
export const CallbackTest = v.object({ trialId: Uuid });

/** Stores a text that somebody sent to a service. `body` says who wrote what, encrypted; the id is the stored text's. */
export const InboundSms = v.object({ v: v.literal(1), serviceId: Uuid, subjectId: Uuid, body: v.string() });

/** One scheduled task at one of its times. */
export const Maintenance = v.object({ task: v.string(), dueAt: v.string() });

/** One letter: what is to be done to it, its queue says. */
export const Letter = v.object({ notificationId: Uuid });

/** Draws pages of a letter, for whom `letter_pictures` says. */
export const LetterPictures = v.object({ picturesId: Uuid });

/** Chooses what a print run sends. */
export const PrintRun = v.object({ runId: Uuid });

/** Zips one batch of a print run and hands it to the printer. */
export const LetterBatch = v.object({ batchId: Uuid });

/** Reads a file that the printer wrote. */
export const DvlaFile = v.object({
  fileId: Uuid,
  /** What a file is read again for, where not for all that it says. */
  only: v.optional(v.picklist(["statuses", "counts"])),
});

/** Letters that the printer got back. */
export const ReturnedLetters = v.object({ references: v.array(v.string()), reportedAt: v.string() });

/** Hands one instruction of an emergency alert to one network. */
export const BroadcastMessage = v.object({
  eventId: Uuid,
  provider: v.picklist(["ee", "three", "o2", "vodafone"]),
});

/** Has the list of emergency alerts that the public sees made anew. */
export const PublishAlerts = v.object({});

/** Deletes what a service no longer keeps: of each type what was made before an instant. */
export const DeleteNotifications = v.object({
  serviceId: Uuid,
  since: v.object({
    sms: v.pipe(v.string(), v.isoTimestamp()),
    email: v.pipe(v.string(), v.isoTimestamp()),
    letter: v.pipe(v.string(), v.isoTimestamp()),
  }),
});

/** Queues the rows of a batch, from where that stopped; `again`: those too that were queued and never stored. */
export const ProcessBatch = v.object({ batchId: Uuid, again: v.optional(v.boolean()) });

/** Stores some of a batch's rows. `body` is the rows, encrypted (`shared/batch/row.ts`). */
export const ProcessRows = v.object({
  v: v.literal(1),
  batchId: Uuid,
  firstRow: v.number(),
  body: v.string(),
});

/** Tells people what they must look at. */
export const SendAlerts = v.object({ alertId: Uuid });
