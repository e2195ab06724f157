import type { Batch } from "../../../shared/batch/batch.ts";
import { createBatch, findBatch } from "../../../shared/batch/queries.ts";
import { findUpload } from "../../../shared/batch/uploads.ts";
import type { Service } from "../../../shared/service/service.ts";
import type { BatchRouteDeps } from "./deps.ts";

export const mostDaysAhead = 7;

export interface BatchWanted {
  service: Service;
  /** The upload's. */
  id: string;
  createdById: string | null;
  contactListId: string | null;
  /** Null: at once. */
  scheduledFor: Date | null;
}

/** Why no batch is made: in the order in which it is looked at. */
export type BatchRefusal =
  | "inactive"
  | "no-upload"
  | "trial-letters"
  | "not-valid"
  | "template-deleted"
  | "past"
  | "too-far"
  | "no-user";

/**
 * Makes a batch of a file that was uploaded (`spec/admin-api.md` 5.3), with the version of the template that the file was
 * checked against: that is what somebody has seen. Asked again it answers the batch there is.
 */
export async function makeBatch(
  { ask, now }: Pick<BatchRouteDeps, "ask" | "now">,
  { service, id, ...wanted }: BatchWanted,
): Promise<Batch | BatchRefusal> {
  const { scheduledFor } = wanted;
  if (!service.active) return "inactive";
  const upload = await ask((sql) => findUpload(sql, { serviceId: service.id, id, now: now() }));
  if (upload === null) return "no-upload";
  if (upload.templateType === "letter" && service.restricted) return "trial-letters";
  if (!upload.valid) return "not-valid";
  if (upload.templateArchived) return "template-deleted";
  if (scheduledFor !== null && scheduledFor < now()) return "past";
  const latest = now().getTime() + mostDaysAhead * 24 * 60 * 60 * 1000;
  if (scheduledFor !== null && scheduledFor.getTime() > latest) return "too-far";
  const outcome = await ask((sql) => createBatch(sql, { ...upload, ...wanted, at: now() }));
  const batch = outcome === "no-user" ? null : await ask((sql) => findBatch(sql, service.id, id));
  return batch ?? "no-user";
}
