import { letterRateAt, type RateBook, smsRateAt } from "../../../shared/billing/rate-book.ts";
import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import type { Notification, Status } from "../../../shared/notification/notification.ts";

type Billed = Pick<
  Notification,
  "channel" | "status" | "billableUnits" | "rateMultiplier" | "postage" | "createdAt"
>;

/**
 * What a notification cost, as far as is known (`spec/public-api.md` 14.2): by the rates in force when the UTC date of
 * its making began. Without a rate nothing is known.
 */
export function costOf(notification: Billed, rates: RateBook): JsonObject {
  switch (notification.channel) {
    case "email":
      return costing(0, {});
    case "sms":
      return costOfText(notification, rates);
    case "letter":
      return costOfLetter(notification, rates);
  }
}

/** Fragments are counted when it is handed to a provider. */
function costOfText(
  { status, billableUnits, rateMultiplier, createdAt }: Billed,
  rates: RateBook,
): JsonObject {
  if (status === "created" && billableUnits === 0) return notKnown;
  const multiplier = rateMultiplier ?? 1;
  const rate = smsRateAt(rates, startOfUtcDate(createdAt));
  if (rate === null) return notKnown;
  return costing(billableUnits * multiplier * rate, {
    billable_sms_fragments: billableUnits,
    international_rate_multiplier: new JsonFloat(multiplier),
    sms_rate: new JsonFloat(rate),
  });
}

/** Sheets are counted when there is a PDF that can be printed. */
function costOfLetter({ status, billableUnits, postage, createdAt }: Billed, rates: RateBook): JsonObject {
  if (status === "pending-virus-check" || (status === "created" && billableUnits === 0)) return notKnown;
  const sheets = neverPrinted.has(status) ? 0 : billableUnits;
  const at = startOfUtcDate(createdAt);
  const pounds = postage === null ? 0 : letterRateAt(rates, { at, postage, sheets });
  return pounds === null ? notKnown : costing(pounds, { billable_sheets_of_paper: sheets, postage });
}

const neverPrinted: ReadonlySet<Status> = new Set([
  "cancelled",
  "technical-failure",
  "validation-failed",
  "virus-scan-failed",
]);

const dayMs = 24 * 60 * 60 * 1000;

function startOfUtcDate(at: Date): Date {
  return new Date(Math.floor(at.getTime() / dayMs) * dayMs);
}

function costing(pounds: number, details: JsonObject): JsonObject {
  return { cost_details: details, cost_in_pounds: new JsonFloat(pounds), is_cost_data_ready: true };
}

const notKnown: JsonObject = { cost_details: {}, cost_in_pounds: null, is_cost_data_ready: false };
