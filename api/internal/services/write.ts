import type { Context } from "hono";
import type * as v from "valibot";
import { pythonRepr } from "../../../shared/json/python.ts";
import { changeAndTell } from "../../../shared/platform/change-service.ts";
import { platformCommand } from "../../../shared/platform/platform.ts";
import { archiveService } from "../../../shared/service/archive.ts";
import type { ServiceChange } from "../../../shared/service/change.ts";
import { createAskedService } from "../../../shared/service/create.ts";
import { serviceNameFault } from "../../../shared/service/name.ts";
import { servicePermissions } from "../../../shared/service/permissions.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { readObject } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { NewService, ServiceChanges } from "./requests.ts";
import { viewService } from "./view-service.ts";

export type ServiceRouteDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "emailDomain" | "smsSender" | "log">;

/** POST /service: a service with all that it begins with. */
export function createService({ ask, now, newId, emailDomain, smsSender }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const request = readObject(NewService, await readBody(c.req.raw));
    assertName(request.name, emailDomain);
    const made = await ask((sql) =>
      createAskedService(sql, {
        id: newId(),
        name: request.name,
        userId: request.user_id,
        createdById: request.created_by,
        restricted: request.restricted,
        emailMessageLimit: request.email_message_limit,
        smsMessageLimit: request.sms_message_limit,
        letterMessageLimit: request.letter_message_limit,
        internationalSmsMessageLimit: request.international_sms_message_limit ?? null,
        organisationType: request.organisation_type ?? null,
        smsSender,
        at: now(),
      }),
    );
    if (made === "no-user") throw noResult();
    if (made === "taken") throw duplicateName(request.name);
    return answerJson(201, { data: viewService(made) });
  };
}

/** POST /service/{id}: what is given changes; permissions replace those there are. */
export function updateService({ ask, now, emailDomain, log }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const request = readObject(ServiceChanges, await readBody(c.req.raw));
    for (const name of [request.name, request.custom_email_sender_name]) {
      if (typeof name === "string") assertName(name, emailDomain);
    }
    // Whether a service sends emergency alerts is shown with them, and set elsewhere.
    const permissions = request.permissions?.filter((permission) => permission !== "broadcast");
    if (permissions) assertPermissions(permissions);
    const changed = await ask((sql, cipher) =>
      changeAndTell(sql, cipher, serviceId, {
        change: { settings: settingsOf(request), permissions },
        at: now(),
      }),
    );
    if (changed === null) throw noResult();
    if (changed === "taken") throw duplicateName(request.name ?? "");
    const { service, told } = changed;
    if (told === null)
      log.warn({ serviceId }, `Nobody was told that a service is live: run "${platformCommand}"`);
    else if (told !== undefined) log.info({ serviceId, told }, "People were told that a service is live");
    return answerJson(200, { data: viewService(service) });
  };
}

/** POST /service/{id}/archive: ends it; nothing where it had ended. */
export function archive({ ask, now }: ServiceRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    if (!(await ask((sql) => archiveService(sql, serviceId, now())))) throw noResult();
    return new Response(null, { status: 204 });
  };
}

function settingsOf(request: v.InferOutput<typeof ServiceChanges>): ServiceChange["settings"] {
  return {
    name: request.name,
    active: request.active,
    restricted: request.restricted,
    emailMessageLimit: request.email_message_limit,
    smsMessageLimit: request.sms_message_limit,
    letterMessageLimit: request.letter_message_limit,
    internationalSmsMessageLimit: request.international_sms_message_limit,
    rateLimit: request.rate_limit,
    prefixSms: request.prefix_sms,
    emailSenderName: request.custom_email_sender_name,
    confirmedEmailSenderName: request.confirmed_email_sender_name,
    contactLink: request.contact_link,
    organisationId: request.organisation,
    organisationType: request.organisation_type,
    countAsLive: request.count_as_live,
    goLiveUserId: request.go_live_user,
    goLiveAt: request.go_live_at,
    hasActiveGoLiveRequest: request.has_active_go_live_request,
    volumeSms: request.volume_sms,
    volumeEmail: request.volume_email,
    volumeLetter: request.volume_letter,
    notes: request.notes,
    purchaseOrderNumber: request.purchase_order_number,
    billingContactNames: request.billing_contact_names,
    billingContactEmailAddresses: request.billing_contact_email_addresses,
    billingReference: request.billing_reference,
    consentToResearch: request.consent_to_research,
    confirmedUnique: request.confirmed_unique,
  };
}

/** Notify's rules for names, which only its web application keeps (`spec/admin-api.md` 2). */
function assertName(name: string, emailDomain: string): void {
  const fault = serviceNameFault(name, emailDomain);
  if (fault !== null) throw new Refusal(400, { name: [fault] });
}

function assertPermissions(permissions: readonly string[]): void {
  for (const permission of permissions) {
    if (!servicePermissions.some((known) => known === permission)) {
      throw new Refusal(400, { permissions: [`Invalid Service Permission: '${permission}'`] });
    }
  }
  const repeated = permissions.filter((permission, at) => permissions.indexOf(permission) !== at);
  if (repeated.length > 0) {
    const list = pythonRepr([...new Set(repeated)]);
    throw new Refusal(400, { permissions: [`Duplicate Service Permission: ${list}`] });
  }
}

function duplicateName(name: string): Refusal {
  return new Refusal(400, { name: [`Duplicate service name '${name}'`] });
}
