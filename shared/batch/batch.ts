/** Where a batch stands: Notify's words (`spec/admin-api.md` 5.4). */
export const batchStatuses = [
  "pending",
  "in progress",
  "finished",
  "finished all notifications created",
  "sending limits exceeded",
  "scheduled",
  "cancelled",
  "error",
] as const;

export type BatchStatus = (typeof batchStatuses)[number];

/** A file whose rows become notifications: what Notify calls a job. */
export interface Batch {
  id: string;
  serviceId: string;
  serviceName: string;
  originalFileName: string;
  templateId: string;
  /** Fixed when the batch was made. */
  templateVersion: number;
  templateName: string;
  templateType: "sms" | "email" | "letter";
  senderId: string | null;
  /** Rows after the header. */
  notificationCount: number;
  status: BatchStatus;
  processingStartedAt: Date | null;
  processingFinishedAt: Date | null;
  scheduledFor: Date | null;
  createdBy: { id: string; name: string } | null;
  contactListId: string | null;
  archived: boolean;
  createdAt: Date;
  updatedAt: Date | null;
}

/** A file after the header may have so many rows. */
export const mostRows = 100_000;

/** Of one row. */
export const mostColumns = 1000;

/** A file as it is uploaded. */
export const mostFileBytes = 10 * 1024 * 1024;
