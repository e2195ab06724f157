import type { Channel } from "../../../shared/notification/notification.ts";
import type { SendingPerson } from "../../../shared/notification/one-off.ts";
import type { Service } from "../../../shared/service/service.ts";
import { noResult, Refusal } from "../refusal.ts";

/* Why a person may not send a message by themselves (`spec/admin-api.md` 5.7). */

export const plurals = { sms: "text messages", email: "emails", letter: "letters" };

/** Notify leaves that to its web application, as it does with spreadsheets. */
export function refuseUnpermitted({ permissions }: Service, channel: Channel): void {
  if (permissions.has(channel)) return;
  throw new Refusal(400, `Service is not allowed to send ${plurals[channel]}`);
}

export function refuseStranger(person: SendingPerson | null, { name }: Service): void {
  if (person === null) throw noResult();
  if (person.isMember) return;
  throw new Refusal(400, `Can’t create notification - ${person.name} is not part of the "${name}" service`);
}

export function overLimit(kind: Channel | "internationalSms", { dailyLimits }: Service): Refusal {
  const name = kind === "internationalSms" ? "international_sms" : kind;
  return new Refusal(429, `Exceeded send limits (${name}: ${dailyLimits[kind]}) for today`);
}
