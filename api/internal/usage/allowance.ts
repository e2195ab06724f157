import type { Context } from "hono";
import * as v from "valibot";
import { findAllowance, setAllowance } from "../../../shared/billing/allowance.ts";
import { financialYearAt } from "../../../shared/billing/financial-year.ts";
import { answerJson } from "../../answer.ts";
import { readBody } from "../../middleware/read-body.ts";
import { readFields } from "../../v2/schema/faults.ts";
import { notOfType } from "../../v2/schema/words.ts";
import { noResult, Refusal } from "../refusal.ts";
import type { UsageDeps } from "./deps.ts";
import { existingService, parameter } from "./requests.ts";

/** GET /service/{id}/billing/free-sms-fragment-limit: what is free in a year, given now where nothing was. */
export function showAllowance({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const given = parameter(c, "financial_year_start");
    if (given !== null && !/^2\d{3}$/.test(given)) throw new Refusal(400, "No valid year provided");
    const year = given === null ? financialYearAt(now()) : Number(given);
    const allowance = await ask((sql) => findAllowance(sql, serviceId, year));
    if (!allowance) throw noResult();
    return answerJson(200, {
      free_sms_fragment_limit: allowance.freeFragments,
      financial_year_start: allowance.year,
    });
  };
}

const isInteger = v.pipe(v.number(notOfType("integer")), v.integer(notOfType("integer")));
const Request = v.object({
  free_sms_fragment_limit: v.pipe(
    isInteger,
    v.minValue(0, ({ input }) => `${input} is less than the minimum of 0`),
    v.maxValue(1_000_000_000, ({ input }) => `${input} is greater than the maximum of 1000000000`),
  ),
  financial_year_start: v.optional(
    v.nullable(
      v.pipe(
        isInteger,
        v.minValue(2000, ({ input }) => `${input} is less than the minimum of 2000`),
        v.maxValue(2999, ({ input }) => `${input} is greater than the maximum of 2999`),
      ),
    ),
  ),
});

/** POST the same: arranges it for the current year, or the one given. */
export function changeAllowance({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const serviceId = await existingService(c, ask);
    const request = readFields(Request, await readBody(c.req.raw));
    const current = financialYearAt(now());
    const year = request.financial_year_start ?? current;
    const freeFragments = request.free_sms_fragment_limit;
    await ask((sql) => setAllowance(sql, { serviceId, year, freeFragments }, current));
    return answerJson(201, { free_sms_fragment_limit: freeFragments, financial_year_start: year });
  };
}
