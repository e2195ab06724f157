import type { LetterRate, RateBook, SmsRate } from "./rate-book.ts";
import type { DefaultAllowance } from "./rate-queries.ts";

/** Rates and allowances, none of them examples. */
export interface RateList {
  sms: readonly Omit<SmsRate, "example">[];
  letters: readonly Omit<LetterRate, "example">[];
  allowances: readonly Omit<DefaultAllowance, "example">[];
}

export interface RatePlan {
  /** What is not there yet. */
  added: RateList;
  /** How many are there already, just so. */
  known: number;
  /** Why they cannot be taken, each a sentence; then none is. */
  faults: string[];
}

/**
 * What of a list is new. It does not fit where it says something else of a time than what is there, or than itself: two
 * prices from one moment, or one that was agreed until after the next begins. Examples give way to it.
 */
export function planRates(
  list: RateList,
  { sms, letters }: RateBook,
  allowances: readonly DefaultAllowance[],
): RatePlan {
  const texts = sort(list.sms.map(smsTerm), sms.filter(isOwn).map(smsTerm));
  const posted = sort(list.letters.map(letterTerm), letters.filter(isOwn).map(letterTerm));
  const free = sort(list.allowances.map(allowanceTerm), allowances.filter(isOwn).map(allowanceTerm));
  return {
    added: { sms: texts.added, letters: posted.added, allowances: free.added },
    known: texts.known + posted.known + free.known,
    faults: [...texts.faults, ...posted.faults, ...free.faults],
  };
}

/** Something that is so from a moment on. */
interface Term<Row> {
  /** Of what. */
  name: string;
  from: number;
  /** Null: until the next. */
  to: number | null;
  value: number;
  /** When, for people. */
  since: string;
  row: Row;
}

function sort<Row>(given: readonly Term<Row>[], existing: readonly Term<Row>[]) {
  const taken = new Map<string, Term<Row>>(existing.map((term) => [keyOf(term), term]));
  const added: Row[] = [];
  const faults: string[] = [];
  let known = 0;
  for (const term of given) {
    const other = taken.get(keyOf(term));
    if (!other) {
      taken.set(keyOf(term), term);
      added.push(term.row);
    } else if (other.value === term.value && other.to === term.to) known += 1;
    else faults.push(`${term.name} from ${term.since} is ${term.value} and ${other.value}`);
  }
  return { added, known, faults: [...faults, ...overlaps([...taken.values()])] };
}

function overlaps<Row>(terms: readonly Term<Row>[]): string[] {
  const inOrder = terms.toSorted((a, b) => a.name.localeCompare(b.name) || a.from - b.from);
  return inOrder.flatMap((term, at) => {
    const next = inOrder[at + 1];
    const reaches = next?.name === term.name && term.to !== null && term.to > next.from;
    return reaches
      ? [`${term.name} from ${term.since} was agreed until after the next begins, ${next.since}`]
      : [];
  });
}

function keyOf({ name, from }: Pick<Term<unknown>, "name" | "from">): string {
  return `${name} ${from}`;
}

function smsTerm<Row extends RateList["sms"][number]>(row: Row): Term<RateList["sms"][number]> {
  const { validFrom, pounds } = row;
  return {
    ...{ name: "A text's rate", from: validFrom.getTime(), to: null, value: pounds },
    ...{ since: validFrom.toISOString(), row },
  };
}

function letterTerm<Row extends RateList["letters"][number]>(row: Row): Term<RateList["letters"][number]> {
  const { postage, sheets, startsAt, endsAt, pounds } = row;
  return {
    name: `The rate of a ${postage} letter of ${sheets} sheets`,
    ...{ from: startsAt.getTime(), to: endsAt?.getTime() ?? null, value: pounds },
    ...{ since: startsAt.toISOString(), row },
  };
}

function allowanceTerm<Row extends RateList["allowances"][number]>(
  row: Row,
): Term<RateList["allowances"][number]> {
  const { organisationType, fromYear, allowance } = row;
  return {
    ...{ name: `The allowance of ${organisationType}`, from: fromYear, to: null, value: allowance },
    ...{ since: String(fromYear), row },
  };
}

function isOwn({ example }: { example: boolean }): boolean {
  return !example;
}
