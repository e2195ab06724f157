import type { Context } from "hono";
import { financialYearOf } from "../../../shared/billing/financial-year.ts";
import {
  listDailyVolumes,
  listProviderVolumes,
  listServiceBills,
  listServiceVolumes,
  type ServiceBill,
} from "../../../shared/billing/reports.ts";
import { JsonFloat } from "../../../shared/json/json.ts";
import { answerJson } from "../../answer.ts";
import { Refusal } from "../refusal.ts";
import type { UsageDeps } from "../usage/deps.ts";
import { number } from "../usage/number.ts";
import { rangeOf } from "./requests.ts";

/* Operators' reports of all services, rows as Notify's spreadsheets have them; ours know no organisations. */

/** GET /platform-stats/daily-volumes-report */
export function showDailyVolumes({ ask }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const range = rangeOf(c);
    const rows = await ask((sql) => listDailyVolumes(sql, range));
    return answerJson(
      200,
      rows.map((row) => ({
        day: row.day,
        sms_totals: row.texts,
        sms_fragment_totals: row.fragments,
        sms_chargeable_units: number(row.chargeable),
        email_totals: row.emails,
        letter_totals: row.letters,
        letter_sheet_totals: row.sheets,
      })),
    );
  };
}

/** GET /platform-stats/daily-sms-provider-volumes-report */
export function showProviderVolumes({ ask }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const range = rangeOf(c);
    const rows = await ask((sql) => listProviderVolumes(sql, range));
    return answerJson(
      200,
      rows.map((row) => ({
        day: row.day,
        provider: row.provider,
        sms_totals: row.texts,
        sms_fragment_totals: row.fragments,
        sms_chargeable_units: number(row.chargeable),
        sms_cost: new JsonFloat(row.cost),
      })),
    );
  };
}

/** GET /platform-stats/volumes-by-service */
export function showServiceVolumes({ ask }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const range = rangeOf(c);
    const rows = await ask((sql) => listServiceVolumes(sql, range));
    return answerJson(
      200,
      rows.map((row) => ({
        ...serviceFields(row),
        free_allowance: row.freeAllowance,
        sms_notifications: row.texts,
        sms_chargeable_units: number(row.chargeable),
        email_totals: row.emails,
        letter_totals: row.letters,
        letter_sheet_totals: row.sheets,
        letter_cost: new JsonFloat(row.letterCost),
      })),
    );
  };
}

/** GET /platform-stats/data-for-billing-report: what services owe for days of one financial year. */
export function showBills({ ask }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const range = rangeOf(c);
    if (financialYearOf(range.first) !== financialYearOf(range.last)) {
      throw new Refusal(400, "Date must be in a single financial year.");
    }
    const bills = await ask((sql) => listServiceBills(sql, range));
    return answerJson(
      200,
      bills.map((bill) => ({
        ...serviceFields(bill),
        sms_cost: new JsonFloat(bill.textCost),
        sms_chargeable_units: number(bill.chargedFragments),
        total_letters: bill.letters,
        letter_cost: new JsonFloat(bill.letterCost),
        letter_breakdown: breakdown(bill),
        purchase_order_number: bill.purchaseOrder,
        contact_names: bill.contacts,
        contact_email_addresses: bill.contactAddresses,
        billing_reference: bill.reference,
      })),
    );
  };
}

function serviceFields({ serviceId, serviceName }: { serviceId: string; serviceName: string }) {
  return { service_id: serviceId, service_name: serviceName, organisation_id: "", organisation_name: "" };
}

/** `6 second class letters at 45p`, a line each. */
function breakdown({ lines }: ServiceBill): string {
  return lines
    .map(({ postage, rate, letters }) => `${letters} ${postageWords(postage)} letters at ${money(rate)}\n`)
    .join("");
}

function postageWords(postage: string): string {
  if (postage === "first" || postage === "second") return `${postage} class`;
  return postage === "economy" ? "economy mail" : "international";
}

function money(pounds: number): string {
  return pounds >= 1 ? `£${pounds.toFixed(2)}` : `${Math.round(pounds * 1000) / 10}p`;
}
