import type { Context } from "hono";
import * as v from "valibot";
import { isJsonObject, type Json } from "../../../shared/json/json.ts";
import { listPermissions } from "../../../shared/service/permissions.ts";
import type { TemplateObject } from "../../../shared/template/admin.ts";
import {
  changeAskedTemplate,
  createAskedTemplate,
  type Missing,
  type TemplateText,
} from "../../../shared/template/admin-change.ts";
import { redactTemplate } from "../../../shared/template/redaction.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";
import type { TemplateRouteDeps } from "./deps.ts";
import {
  type CreateRequest,
  readCreation,
  readUpdate,
  templateIdOf,
  type UpdateRequest,
} from "./requests.ts";
import { assertMayChange, assertText } from "./rules.ts";
import { viewTemplate } from "./view.ts";

/** POST /service/{id}/template: makes one. */
export function createTemplate({ ask, now, newId }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const request = readCreation(await readBody(c.req.raw));
    const type = request.template_type;
    const permissions = new Set(await ask((sql) => listPermissions(sql, serviceId)));
    assertMayChange("Creating", type, permissions);
    const text = newText(request);
    assertText(type, text);
    const folderId = request.parent_folder_id ?? null;
    const asked = {
      ...text,
      id: newId(),
      serviceId,
      type,
      folderId,
      createdById: request.created_by,
      at: now(),
    };
    const created = found(await ask((sql) => createAskedTemplate(sql, asked)));
    return answerJson(201, { data: viewTemplate(created) });
  };
}

/**
 * POST /service/{id}/template/{id}: merges what is given into it, as a new version where that changes anything. A
 * request to redact does that alone, and so does one that gives a letter its contact block.
 */
export function updateTemplate({ ask, forgetTemplate, now }: TemplateRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const [serviceId, id] = [serviceIdOf(c), templateIdOf(c)];
    const body = await readBody(c.req.raw);
    if (isJsonObject(body) && body.redact_personalisation === true) {
      const redact = { serviceId, id, userId: redactedBy(body), at: now() };
      const outcome = await ask((sql) => redactTemplate(sql, redact));
      if (outcome === "no-template") throw noResult();
      if (outcome === "no-user") throw missing("no-user");
      // Notify's answer.
      return answerJson(200, null);
    }
    const request = readUpdate(body);
    const permissions = new Set(await ask((sql) => listPermissions(sql, serviceId)));
    const decide = (template: TemplateObject) => {
      assertMayChange("Updating", template.type, permissions);
      if (template.archived) throw new Refusal(400, { template: ["Template has been deleted"] });
      const text = changedText(template, request);
      assertText(template.type, text);
      return text;
    };
    const change = { serviceId, id, createdById: request.created_by ?? null, at: now(), decide };
    const changed = await ask((sql) => changeAskedTemplate(sql, change));
    if (changed === null) throw noResult();
    const template = found(changed);
    forgetTemplate(serviceId, id);
    return answerJson(200, { data: viewTemplate(template) });
  };
}

function redactedBy(body: Json): string {
  if (isJsonObject(body) && (body.created_by ?? null) === null) {
    throw new Refusal(400, { created_by: ["Field is required"] });
  }
  return readObject(v.object({ created_by: Uuid }), body).created_by;
}

/** A letter goes second class, in English, unless it is said otherwise. */
function newText(request: CreateRequest): TemplateText {
  const isLetter = request.template_type === "letter";
  const hasSubject = isLetter || request.template_type === "email";
  return {
    name: request.name,
    content: request.content,
    subject: hasSubject ? (request.subject ?? null) : null,
    archived: false,
    postage: isLetter ? (request.postage ?? "second") : null,
    contactId: request.reply_to ?? null,
    letterLanguages: isLetter ? (request.letter_languages ?? "english") : null,
    letterWelshSubject: isLetter ? (request.letter_welsh_subject ?? null) : null,
    letterWelshContent: isLetter ? (request.letter_welsh_content ?? null) : null,
    hasUnsubscribeLink: request.has_unsubscribe_link ?? false,
  };
}

function changedText(template: TemplateObject, request: UpdateRequest): TemplateText {
  const { name, content, subject, archived } = template;
  const { postage, contactId, letterLanguages, hasUnsubscribeLink } = template;
  const { letterWelshSubject, letterWelshContent } = template;
  const text = { name, content, subject, archived, postage, contactId, hasUnsubscribeLink };
  const letter = { letterLanguages, letterWelshSubject, letterWelshContent };
  if (request.reply_to !== undefined && request.reply_to !== contactId) {
    return { ...text, ...letter, contactId: request.reply_to };
  }
  const isLetter = template.type === "letter";
  return {
    name: request.name ?? name,
    content: request.content ?? content,
    subject: subject === null ? null : (request.subject ?? subject),
    archived: request.archived ?? archived,
    postage: isLetter ? (request.postage ?? postage) : null,
    contactId,
    hasUnsubscribeLink: request.has_unsubscribe_link ?? hasUnsubscribeLink,
    ...(isLetter ? changedLanguages(letter, request) : letter),
  };
}

/** A letter that goes back to English alone loses its Welsh half. */
function changedLanguages(
  letter: Pick<TemplateText, "letterLanguages" | "letterWelshSubject" | "letterWelshContent">,
  request: UpdateRequest,
): typeof letter {
  const letterLanguages = request.letter_languages ?? letter.letterLanguages;
  if (letterLanguages === "english") {
    return { letterLanguages, letterWelshSubject: null, letterWelshContent: null };
  }
  return {
    letterLanguages,
    letterWelshSubject: request.letter_welsh_subject ?? letter.letterWelshSubject,
    letterWelshContent: request.letter_welsh_content ?? letter.letterWelshContent,
  };
}

function found(outcome: TemplateObject | Missing): TemplateObject {
  if (typeof outcome === "string") throw missing(outcome);
  return outcome;
}

function missing(what: Missing): Refusal {
  switch (what) {
    case "no-user":
      return new Refusal(400, { created_by: ["User not found"] });
    case "no-folder":
      return new Refusal(400, "parent_folder_id not found");
    case "no-contact":
      return new Refusal(400, { reply_to: ["Letter contact block not found"] });
  }
}
