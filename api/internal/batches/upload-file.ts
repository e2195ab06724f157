import type { Context } from "hono";
import * as v from "valibot";
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
import type { Service } from "../../../shared/service/service.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import { londonDate, londonMidnight } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import { firstValues } from "../../query.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, text, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { BatchRouteDeps } from "./deps.ts";
import { readFile } from "./read-file.ts";
import { viewUpload } from "./view-upload.ts";

const Query = v.object({
  template_id: Uuid,
  file_name: v.pipe(text(255), v.minLength(1, "Shorter than minimum length 1.")),
  sender_id: v.optional(Uuid),
});

/**
 * POST /service/{id}/upload-csv?template_id&file_name&sender_id: takes a spreadsheet as the request's body, checks it and
 * says everything that is wrong with it. Ours: Notify does that in its web application (`spec/admin-api.md` 5.1, 5.2). A
 * file that can be sent is kept until a batch is made from it; of any other only that it was there.
 */
export function uploadFile(deps: BatchRouteDeps) {
  const { ask, batchFiles, findService, findTemplate, now, newId } = deps;

  async function rulesFor(service: Service, template: SendableTemplate): Promise<FileRules> {
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

  /** The file first, so that no upload is ever without. */
  async function keep(upload: Upload, csv: string, faults: readonly string[]): Promise<void> {
    if (upload.valid) await batchFiles.store(upload, csv);
    try {
      await ask((sql) => insertUpload(sql, upload, { faults, at: now() }));
    } catch (error) {
      // What cannot be removed is a file that nobody knows of: no reason to answer otherwise.
      if (upload.valid) await batchFiles.remove(upload).catch(() => {});
      throw error;
    }
  }

  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const query = readObject(Query, firstValues(c.req.url));
    const service = await findService(serviceId);
    const template = service && (await findTemplate(serviceId, query.template_id));
    if (!service || !template || template.hidden || !Object.hasOwn(plurals, template.type)) throw noResult();
    if (template.archived) throw new Refusal(400, { template: ["Template has been deleted"] });
    requirePermission(service, template);
    requireSender(service, template, query.sender_id);

    const bytes = await readFile(c.req.raw);
    const rules = await rulesFor(service, template);
    const { csv, file } = await readAndCheck(bytes, query.file_name, rules);
    const name = {
      serviceId,
      originalFileName: query.file_name,
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
      senderId: query.sender_id ?? null,
      notificationCount: file.rowCount,
      valid: checked.faults.length === 0,
    };
    const faults = checked.faults.map(({ kind }) => kind);
    await keep(upload, csv, faults);
    return answerJson(201, { data: viewUpload(upload, checked, template.type) });
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

const plurals = { sms: "text messages", email: "emails", letter: "letters" };

function requirePermission({ permissions }: Service, { type }: SendableTemplate): void {
  if (!permissions.has(type)) throw new Refusal(400, `Service is not allowed to send ${plurals[type]}`);
}

/** Notify would find out when it saves each row. */
function requireSender(service: Service, { type }: SendableTemplate, senderId: string | undefined): void {
  if (senderId === undefined) return;
  const senders = { sms: service.smsSenders, email: service.emailReplyTos, letter: [] }[type];
  if (senders.some(({ id }) => id === senderId)) return;
  throw new Refusal(400, type === "email" ? "Reply to email address not found" : "SMS sender not found");
}
