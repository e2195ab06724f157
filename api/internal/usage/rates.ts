import type { Context } from "hono";
import { letterRatesAt, type RateBook, smsRateAt } from "../../../shared/billing/rate-book.ts";
import { readRateBook } from "../../../shared/billing/rate-queries.ts";
import { JsonFloat } from "../../../shared/json/json.ts";
import { toTimestamp } from "../../../shared/time/timestamp.ts";
import { answerJson } from "../../answer.ts";
import { noResult } from "../refusal.ts";
import type { UsageDeps } from "./deps.ts";

/** GET /sms-rate/: what a fragment costs now. */
export function showSmsRate({ ask, now }: UsageDeps) {
  return async (_c: Context): Promise<Response> => {
    const book = await ask(readRateBook);
    const rate = smsRateAt(book, now());
    const since = rate === null ? null : startOf(book, now());
    if (rate === null || since === null) throw noResult();
    return answerJson(200, { rate: new JsonFloat(rate), valid_from: toTimestamp(since) });
  };
}

/** Those that are no examples stand before those that are. */
function startOf({ sms }: RateBook, at: Date): Date | null {
  const begun = sms.filter(({ validFrom }) => validFrom <= at);
  return (begun.findLast(({ example }) => !example) ?? begun.at(-1))?.validFrom ?? null;
}

/** GET /letter-rates/: what letters cost now, by sheets and postage. */
export function showLetterRates({ ask, now }: UsageDeps) {
  return async (_c: Context): Promise<Response> => {
    const book = await ask(readRateBook);
    return answerJson(
      200,
      letterRatesAt(book, now()).map(({ sheets, startsAt, pounds, postage }) => ({
        sheet_count: sheets,
        start_date: toTimestamp(startsAt),
        rate: String(pounds),
        post_class: postage,
      })),
    );
  };
}
