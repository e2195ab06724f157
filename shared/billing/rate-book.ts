/** Pounds for one fragment of a text, until a later rate begins. */
export interface SmsRate {
  validFrom: Date;
  pounds: number;
  /** It came with the product and is nobody's contract: it gives way to what was loaded. */
  example: boolean;
}

/** Pounds for a letter of so many sheets. */
export interface LetterRate {
  startsAt: Date;
  /** Until when it was agreed; what is billed goes by the newest that has begun, whatever stands here. */
  endsAt: Date | null;
  postage: string;
  sheets: number;
  pounds: number;
  example: boolean;
}

/** All rates there ever were. */
export interface RateBook {
  sms: readonly SmsRate[];
  letters: readonly LetterRate[];
}

/** Null where none had begun. */
export function smsRateAt({ sms }: RateBook, at: Date): number | null {
  const begun = agreed(sms.filter(({ validFrom }) => validFrom <= at));
  return newest(begun, ({ validFrom }) => validFrom)?.pounds ?? null;
}

/** What has more sheets than any rate costs as the last; without a sheet a letter costs nothing. Null as above. */
export function letterRateAt(
  { letters }: RateBook,
  { at, postage, sheets }: { at: Date; postage: string; sheets: number },
): number | null {
  if (sheets <= 0) return 0;
  const begun = agreed(letters.filter((rate) => rate.postage === postage && rate.startsAt <= at));
  const fitting = begun.filter((rate) => rate.sheets <= sheets);
  const most = Math.max(...fitting.map((rate) => rate.sheets));
  const rate = newest(
    fitting.filter((one) => one.sheets === most),
    ({ startsAt }) => startsAt,
  );
  return rate?.pounds ?? null;
}

/** What letters are billed at, by sheets and postage: of each postage what was loaded, or else the examples. */
export function letterRatesAt({ letters }: RateBook, at: Date): LetterRate[] {
  const begun = letters.filter(({ startsAt }) => startsAt <= at);
  const ofPostage = Map.groupBy(begun, ({ postage }) => postage);
  return [...ofPostage.values()]
    .flatMap((rates) => [...Map.groupBy(agreed(rates), ({ sheets }) => sheets).values()])
    .flatMap((rates) => newest(rates, ({ startsAt }) => startsAt) ?? [])
    .toSorted((a, b) => a.sheets - b.sheets || (a.postage < b.postage ? -1 : 1));
}

/** Those that are no examples, where there are any. */
function agreed<Rate extends { example: boolean }>(rates: readonly Rate[]): readonly Rate[] {
  const own = rates.filter(({ example }) => !example);
  return own.length > 0 ? own : rates;
}

function newest<Rate>(rates: readonly Rate[], from: (rate: Rate) => Date): Rate | undefined {
  return rates.reduce<Rate | undefined>(
    (best, rate) => (best === undefined || from(rate) > from(best) ? rate : best),
    undefined,
  );
}
