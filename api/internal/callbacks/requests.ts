import type { Context } from "hono";
import * as v from "valibot";
import type { CallbackKey } from "../../../shared/callback/queries.ts";
import { type CallbackType, callbackTypes } from "../../../shared/service/callback-types.ts";
import { firstValues } from "../../query.ts";
import { parseUuid } from "../../uuid.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { describedUuid } from "../../v2/schema/fields.ts";
import { hasLoneSurrogate, notHttpsUrl, notOneOf } from "../../v2/schema/words.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { CallbackDesk } from "./desk.ts";

/* Fields of the requests about callbacks (`spec/callbacks.md` 7). What is wrong with a token never repeats it. */

export const Type = v.picklist(callbackTypes, notOneOf([...callbackTypes]));

export const UpdatedBy = describedUuid("A person of the program that asks");

export const BearerToken = v.pipe(
  v.string("is not of type string"),
  v.minLength(10, "is too short"),
  v.maxLength(255, "is too long"),
  v.regex(/^[\x21-\x7e]+$/, "must hold visible ASCII characters only, and no spaces"),
);

export function callbackUrl(urlFault: CallbackDesk["urlFault"]) {
  return v.pipe(
    v.string(notHttpsUrl),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const { value } = dataset;
      const fault = value.isWellFormed() ? urlFault(value) : hasLoneSurrogate;
      if (fault === null) return;
      // Notify's words where its rule is broken too.
      addIssue({ message: URL.parse(value)?.protocol === "https:" ? fault : notHttpsUrl });
    }),
  );
}

/** Of a request that names its callback's type in the query. */
export function typeInQuery(c: Context): CallbackType {
  const { callback_type: type } = firstValues(c.req.url);
  return readFields(v.object({ callback_type: Type }), type === undefined ? {} : { callback_type: type })
    .callback_type;
}

export function serviceIdOf(c: Context): string {
  const id = parseUuid(c.req.param("service") ?? "");
  if (id === null) throw noResult();
  return id;
}

/** The callback that a path and a type name. */
export function keyOf(c: Context, type: CallbackType): CallbackKey {
  const id = parseUuid(c.req.param("id") ?? "");
  if (id === null) throw noCallback(type);
  return { serviceId: serviceIdOf(c), id, type };
}

export function noCallback(type: CallbackType): Refusal {
  return new Refusal(404, `Service ${names[type]} API not found`);
}

const names: Record<CallbackType, string> = {
  delivery_status: "delivery receipt",
  inbound_sms: "inbound",
  complaint: "complaint",
  returned_letter: "returned letter",
};
