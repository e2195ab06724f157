import { UnreadableFile } from "../../../shared/batch/csv.ts";
import { fileFaultMessage } from "../../../shared/batch/fault-messages.ts";
import { placeholdersOf } from "../../../shared/batch/process-file.ts";
import type { NewBatch } from "../../../shared/batch/rows-accept.ts";
import { type CheckedRows, checkRows } from "../../../shared/batch/rows-check.ts";
import { type Sheet, sheetOfCsv, sheetOfJson } from "../../../shared/batch/rows-json.ts";
import type { BatchRow } from "../../../shared/batch/rows-text.ts";
import { badRequest, type ErrorEntry, RequestError } from "../../../shared/errors.ts";
import type { Json } from "../../../shared/json/json.ts";
import type { Channel, SendableTemplate } from "../../../shared/notification/notification.ts";
import { recipientRefusal } from "../../../shared/recipient/allowed-recipients.ts";
import type { ApiKey, Service } from "../../../shared/service/service.ts";
import type { ApiDeps } from "../../deps.ts";
import { compileOnce } from "../notifications/compiled-templates.ts";
import { chooseSender, requireLettersAllowed, requirePermission } from "../notifications/requirements.ts";
import { readFields, validationError } from "../schema/faults.ts";
import { bulkFaults, bulkRequest, mostBulkRows } from "./bulk-request.ts";

/** A batch that may be sent. */
export interface PreparedBulk {
  channel: Channel;
  batch: NewBatch;
  rows: readonly BatchRow[];
}

/** Judges a request for a batch: the whole of it, before anything is stored. What it gives throws what is wrong. */
export function createPrepareBulk({
  findTemplate,
  now,
  newId,
}: Pick<ApiDeps, "findTemplate" | "now" | "newId">) {
  const compile = compileOnce();
  const Bulk = bulkRequest(now);

  return async (body: Json, service: Service, apiKey: ApiKey): Promise<PreparedBulk> => {
    const asked = readFields(Bulk, body);
    if ((asked.rows === undefined) === (asked.csv === undefined)) throw validationError([bulkFaults.either]);
    const template = await findTemplate(service.id, asked.template_id);
    const channel = channelOf(template);
    if (!template || channel === null || template.hidden) throw badRequest("Template not found");
    if (template.archived) throw badRequest("Template has been deleted");
    requirePermission(service, channel);
    if (channel === "letter") requireLettersAllowed(service, apiKey);
    const senders = { sms: asked.sms_sender_id, email: asked.email_reply_to_id, letter: undefined };
    if (channel === "sms") chooseSender(service.smsSenders, senders.sms, "sms_sender_id", service.id);
    if (channel === "email") {
      chooseSender(service.emailReplyTos, senders.email, "email_reply_to_id", service.id);
    }

    const sheetTemplate = { type: channel, placeholders: placeholdersOf(template) };
    const sheet = readSheet(() =>
      asked.csv === undefined
        ? sheetOfJson(asked.rows ?? [], sheetTemplate)
        : sheetOfCsv(asked.csv, sheetTemplate),
    );
    refuseColumns(sheet, channel);
    const { restricted, allowedRecipients, permissions } = service;
    const checked = await checkRows(sheet, {
      template: compile(template),
      permissions,
      prefix: service.prefixSms ? service.name : null,
      recipientRefusal: (normalised) =>
        recipientRefusal({ keyType: apiKey.type, restricted, allowedRecipients }, normalised),
      reference: asked.reference ?? null,
      mostRows: mostBulkRows,
    }).catch(asRefusal);
    refuseRows(checked);
    return {
      channel,
      rows: checked.rows,
      batch: {
        id: newId(),
        name: asked.name ?? template.name,
        templateId: template.id,
        templateVersion: template.version,
        senderId: senders[channel] ?? null,
        apiKeyId: apiKey.id,
        rows: checked.rows.length,
        abroad: checked.abroad,
        scheduledFor: asked.scheduled_for ?? null,
      },
    };
  };
}

const channels: readonly Channel[] = ["sms", "email", "letter"];

/** Null for what is no message: an alert. */
function channelOf(template: SendableTemplate | null): Channel | null {
  return channels.find((channel) => channel === template?.type) ?? null;
}

function readSheet(read: () => Sheet): Sheet {
  try {
    return read();
  } catch (error) {
    return asRefusal(error);
  }
}

/** CSV that cannot be read is its sender's to mend. */
function asRefusal(error: unknown): never {
  throw error instanceof UnreadableFile ? badRequest(error.message) : error;
}

function refuseColumns({ columns }: Sheet, channel: Channel): void {
  const { missing, duplicates, hasRecipient } = columns;
  const messages = [
    missing.length > 0 && fileFaultMessage({ kind: "missing-columns", columns: missing }),
    channel === "letter" && !hasRecipient && fileFaultMessage({ kind: "no-address-columns" }),
    duplicates.length > 0 && fileFaultMessage({ kind: "duplicate-columns", columns: duplicates }),
  ].filter((message) => message !== false);
  if (messages.length > 0) throw validationError(messages);
}

/** How much is wrong first, then what, row by row. */
function refuseRows({ rows, wrongRows, faults, tooMany }: CheckedRows): void {
  if (tooMany) throw validationError([bulkFaults.tooMany]);
  if (wrongRows > 0) {
    const summary: ErrorEntry = {
      error: "BadRequestError",
      message: fileFaultMessage({ kind: "rows-with-errors", rows: wrongRows }),
      facts: { rows: wrongRows },
    };
    const entries = faults.map(({ row, message }) => ({
      error: "ValidationError",
      message: `Row ${row}: ${message}`,
      facts: { row },
    }));
    throw new RequestError(400, [summary, ...entries]);
  }
  if (rows.length === 0) throw validationError([bulkFaults.none]);
}
