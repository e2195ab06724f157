import type { Context } from "hono";
import { isJsonObject, type JsonObject } from "../../../shared/json/json.ts";
import { parseJson } from "../../../shared/json/parse.ts";
import type { Notification } from "../../../shared/notification/notification.ts";
import {
  findNotificationObject,
  type NotificationObject,
} from "../../../shared/notification/search-object.ts";
import { type Personalisation, personalisationOf } from "../../../shared/template/placeholders.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";

/** A message with what its recipient reads. */
export interface Opened {
  /** What is known of it. */
  facts: NotificationObject;
  /** As its service sees it, whatever its template hides. */
  stored: Notification;
  template: CompiledTemplate;
  /** What it is filled in with, as far as it may be shown. */
  values: Personalisation;
}

export type OpenDeps = Pick<ApiDeps, "ask" | "findNotification">;

/** Null where the service has no such message, or keeps it no longer. */
export async function openNotification(
  { ask, findNotification }: OpenDeps,
  serviceId: string,
  id: string,
): Promise<Opened | null> {
  const [facts, stored] = await Promise.all([
    ask((sql, cipher) => findNotificationObject(sql, cipher, serviceId, id)),
    findNotification(serviceId, id),
  ]);
  if (!facts || !stored) return null;
  const template = compileTemplate(stored.template);
  const values = facts.template.redacted ? hiddenIn(template) : personalisationOf(givenFor(stored));
  return { facts, stored, template, values };
}

/** What the request that made it gave. */
export function givenFor({ personalisation }: Notification): JsonObject {
  const given = personalisation === null ? {} : parseJson(personalisation);
  return isJsonObject(given) ? given : {};
}

function hiddenIn({ compiledContent, compiledSubject }: CompiledTemplate): Personalisation {
  const places = [...(compiledSubject?.placeholders ?? []), ...compiledContent.placeholders];
  return new Map(
    places.filter((place) => place.conditionalText === null).map(({ key }) => [key, "[hidden]"]),
  );
}

/** The notification that the path names. */
export function idOf(c: Context<ConsoleEnv>): string {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw notThere();
  return id;
}
