import { type CheckedFile, checkFile, type FileRules } from "../../../shared/batch/check.ts";
import { UnreadableFile } from "../../../shared/batch/csv.ts";
import { placeholdersOf } from "../../../shared/batch/process-file.ts";
import { toCsv } from "../../../shared/batch/to-csv.ts";
import {
  countSentToday,
  insertUpload,
  listTeamRecipients,
  type Upload,
  wasSentSince,
} from "../../../shared/batch/uploads.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import { comparableRecipient } from "../../../shared/recipient/allowed-recipients.ts";
import type { Sender, Service } from "../../../shared/service/service.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import { londonDate, londonMidnight } from "../../../shared/time/london.ts";
import { Refusal } from "../refusal.ts";
import type { BatchRouteDeps } from "./deps.ts";

export type UploadDeps = Pick<BatchRouteDeps, "ask" | "batchFiles" | "now" | "newId">;

/** A file that somebody uploads, to be sent with a template of the service. */
export interface UploadedFile {
  service: Service;
  /** Neither deleted nor hidden. */
  template: SendableTemplate;
  fileName: string;
  senderId: string | null;
  /** At most `mostFileBytes`. */
  bytes: Uint8Array<ArrayBuffer>;
}

export interface CheckedUpload {
  upload: Upload;
  file: CheckedFile;
}

/**
 * Checks an uploaded file and keeps what is known of it; the file itself only where nothing is wrong with it. Throws a
 * `Refusal` where it cannot be read.
 */
export async function checkUpload(
  deps: UploadDeps,
  { service, template, fileName, senderId, bytes }: UploadedFile,
): Promise<CheckedUpload> {
  const { ask, now, newId } = deps;
  const rules = await rulesFor(deps, service, template);
  const { csv, file } = await readAndCheck(bytes, fileName, rules);
  const name = {
    serviceId: service.id,
    originalFileName: fileName,
    templateId: template.id,
    templateVersion: template.version,
  };
  const today = londonMidnight(londonDate(now()));
  const checked = (await ask((sql) => wasSentSince(sql, name, today)))
    ? { ...file, faults: [...file.faults, { kind: "already-sent" as const }] }
    : file;
  const upload: Upload = {
    ...name,
    id: newId(),
    senderId,
    notificationCount: file.rowCount,
    valid: checked.faults.length === 0,
  };
  const faults = checked.faults.map(({ kind }) => kind);
  await keep(deps, upload, csv, faults);
  return { upload, file: checked };
}

async function rulesFor(
  { ask, now }: UploadDeps,
  service: Service,
  template: SendableTemplate,
): Promise<FileRules> {
  const [sent, team] = await ask((sql) =>
    Promise.all([countSentToday(sql, service.id, now()), listTeamRecipients(sql, service.id)]),
  );
  const { dailyLimits, restricted, permissions } = service;
  return {
    template: compileTemplate(template),
    placeholders: placeholdersOf(template),
    permissions,
    prefix: service.prefixSms ? service.name : null,
    remaining: {
      messages: Math.max(0, dailyLimits[template.type] - sent[template.type]),
      international: Math.max(0, dailyLimits.internationalSms - sent.internationalSms),
    },
    allowedRecipients: restricted ? new Set(team.map(comparableRecipient)) : null,
  };
}

async function readAndCheck(
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
  rules: FileRules,
): Promise<{ csv: string; file: CheckedFile }> {
  try {
    const csv = await toCsv(bytes, fileName);
    return { csv, file: await checkFile(csv, rules) };
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Refusal(400, error.message);
    throw error;
  }
}

/** The file first, so that no upload is ever without. */
async function keep(
  { ask, batchFiles, now }: UploadDeps,
  upload: Upload,
  csv: string,
  faults: readonly string[],
): Promise<void> {
  if (upload.valid) await batchFiles.store(upload, csv);
  try {
    await ask((sql) => insertUpload(sql, upload, { faults, at: now() }));
  } catch (error) {
    // What cannot be removed is a file that nobody knows of: no reason to answer otherwise.
    if (upload.valid) await batchFiles.remove(upload).catch(() => {});
    throw error;
  }
}

const plurals = { sms: "text messages", email: "emails", letter: "letters" };

/** Throws a `Refusal` unless the service may send what the template makes. */
export function requirePermission({ permissions }: Service, { type }: SendableTemplate): void {
  if (!permissions.has(type)) throw new Refusal(400, `Service is not allowed to send ${plurals[type]}`);
}

/** Senders that a template's messages can have, beside the service's own choice. */
export function sendersFor(service: Service, { type }: Pick<SendableTemplate, "type">): readonly Sender[] {
  return { sms: service.smsSenders, email: service.emailReplyTos, letter: [] }[type];
}

/** Throws a `Refusal` for a sender that is none of them. Notify would find out when it saves each row. */
export function requireSender(service: Service, template: SendableTemplate, senderId: string | null): void {
  if (senderId === null || sendersFor(service, template).some(({ id }) => id === senderId)) return;
  throw new Refusal(
    400,
    template.type === "email" ? "Reply to email address not found" : "SMS sender not found",
  );
}
