import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import { type LetterRates, letterCost } from "../../../shared/letter/rates.ts";
import type { Notification, Status } from "../../../shared/notification/notification.ts";

type Billed = Pick<Notification, "channel" | "status" | "billableUnits" | "rateMultiplier" | "postage">;

export interface Rates {
  /** Pounds for one fragment. */
  sms: number;
  letters: LetterRates;
}

/** What a notification cost, as far as is known (`spec/public-api.md` 14.2). */
export function costOf(notification: Billed, rates: Rates): JsonObject {
  switch (notification.channel) {
    case "email":
      return costing(0, {});
    case "sms":
      return costOfText(notification, rates.sms);
    case "letter":
      return costOfLetter(notification, rates.letters);
  }
}

/** Fragments are counted when it is handed to a provider. */
function costOfText({ status, billableUnits, rateMultiplier }: Billed, rate: number): JsonObject {
  if (status === "created" && billableUnits === 0) return notKnown;
  const multiplier = rateMultiplier ?? 1;
  return costing(billableUnits * multiplier * rate, {
    billable_sms_fragments: billableUnits,
    international_rate_multiplier: new JsonFloat(multiplier),
    sms_rate: new JsonFloat(rate),
  });
}

/** Sheets are counted when there is a PDF that can be printed. */
function costOfLetter({ status, billableUnits, postage }: Billed, rates: LetterRates): JsonObject {
  if (status === "pending-virus-check" || (status === "created" && billableUnits === 0)) return notKnown;
  const sheets = neverPrinted.has(status) ? 0 : billableUnits;
  const pounds = postage === null ? 0 : letterCost(rates, postage, sheets);
  return costing(pounds, { billable_sheets_of_paper: sheets, postage });
}

const neverPrinted: ReadonlySet<Status> = new Set([
  "cancelled",
  "technical-failure",
  "validation-failed",
  "virus-scan-failed",
]);

function costing(pounds: number, details: JsonObject): JsonObject {
  return { cost_details: details, cost_in_pounds: new JsonFloat(pounds), is_cost_data_ready: true };
}

const notKnown: JsonObject = { cost_details: {}, cost_in_pounds: null, is_cost_data_ready: false };
