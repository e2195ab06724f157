import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { guestsOfType, guestTypeOf } from "../../../shared/recipient/guest-list.ts";
import { type Guest, listGuests, replaceGuests } from "../../../shared/service/guests.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { StorableText } from "../../v2/schema/fields.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { serviceIdOf } from "../callbacks/requests.ts";
import { noResult, Refusal } from "../refusal.ts";
import { existingService } from "../usage/requests.ts";

type GuestRouteDeps = Pick<ApiDeps, "ask" | "now">;

const List = v.pipe(
  v.array(StorableText, notOfType("array")),
  v.maxLength(guestsOfType, `must not hold more than ${guestsOfType}`),
);
const Request = v.object({ email_addresses: List, phone_numbers: List });

/** Whom a service may send to beside its team, in trial mode or by a team key (`spec/recipients.md` 5). */
export function guestListRoutes(auth: MiddlewareHandler, deps: GuestRouteDeps): Hono {
  const path = "/service/:service/guest-list";
  return new Hono().get(path, auth, getGuests(deps)).put(path, auth, putGuests(deps));
}

/** GET S/guest-list */
function getGuests({ ask }: GuestRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const guests = await ask((sql) => listGuests(sql, serviceId));
    const of = (type: Guest["type"]) =>
      guests.filter((guest) => guest.type === type).map(({ recipient }) => recipient);
    return answerJson(200, { email_addresses: of("email"), phone_numbers: of("mobile") });
  };
}

/** PUT S/guest-list: these, and no others. */
function putGuests({ ask, now }: GuestRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = serviceIdOf(c);
    const request = readFields(Request, await readBody(c.req.raw));
    const guests = [
      ...request.email_addresses.map((recipient) => guestOf("email", recipient)),
      ...request.phone_numbers.map((recipient) => guestOf("mobile", recipient)),
    ];
    if (!(await ask((sql) => replaceGuests(sql, { serviceId, guests, at: now() })))) throw noResult();
    return new Response(null, { status: 204 });
  };
}

/** Throws for what is none of that type. */
export function guestOf(type: Guest["type"], recipient: string): Guest {
  if (guestTypeOf(recipient) === type) return { type, recipient };
  throw new Refusal(400, `Invalid guest list: "${recipient}" is not a valid email address or phone number`);
}
