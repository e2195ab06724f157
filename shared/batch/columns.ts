import type { Channel } from "../notification/notification.ts";
import { placeholderKey } from "../template/placeholders.ts";

/** What a file's header says, held against a template (`spec/recipients.md` 4.2). */
export interface Columns {
  /** As they stand in the file, those that come twice too. */
  headers: readonly string[];
  /** One a spelling, in the order in which they first come. */
  slots: readonly Slot[];
  /** Placeholders and recipient columns that have no column, spelled as in the template; address columns never. */
  missing: readonly string[];
  /** Each spelling of a recipient column that comes more than once. */
  duplicates: readonly string[];
  /** False where nobody can be reached: no column for it, or fewer than three for an address. */
  hasRecipient: boolean;
  /** What a row's personalisation holds: placeholders and recipient columns, by `placeholderKey`. */
  wanted: ReadonlySet<string>;
  recipientKeys: ReadonlySet<string>;
}

/** A spelling, and the columns that have it. */
export interface Slot {
  header: string;
  key: string;
  isRecipient: boolean;
  indexes: readonly number[];
}

/** What reading a file's columns needs of its template. */
export interface SheetTemplate {
  type: Channel;
  /** As first spelled, in the order in which they come. */
  placeholders: readonly string[];
}

const addressLines = [1, 2, 3, 4, 5, 6].map((number) => `address line ${number}`);

const recipientColumns: Readonly<Record<Channel, readonly string[]>> = {
  sms: ["phone number"],
  email: ["email address"],
  letter: [...addressLines, "postcode", "address line 7"],
};

/** An address takes three of either. */
const addressForms = ["postcode", "address line 7"].map((last) =>
  [...addressLines, last].map(placeholderKey),
);

export function readColumns(headers: readonly string[], { type, placeholders }: SheetTemplate): Columns {
  const keys = headers.map(placeholderKey);
  const known = new Set(keys);
  const recipients = recipientColumns[type];
  const recipientKeys = new Set(recipients.map(placeholderKey));
  const bySpelling = new Map<string, number[]>();
  headers.forEach((header, index) => {
    const indexes = bySpelling.get(header);
    if (indexes) indexes.push(index);
    else bySpelling.set(header, [index]);
  });
  const required = type === "letter" ? placeholders : [...placeholders, ...recipients];
  const times = new Map<string, number>();
  for (const key of keys) times.set(key, (times.get(key) ?? 0) + 1);
  return {
    headers,
    slots: Array.from(bySpelling, ([header, indexes]) => {
      const key = placeholderKey(header);
      return { header, key, isRecipient: recipientKeys.has(key), indexes };
    }),
    missing: distinctByKey(required).filter(
      (name) =>
        !known.has(placeholderKey(name)) && !(type === "letter" && recipientKeys.has(placeholderKey(name))),
    ),
    duplicates: [...bySpelling.keys()].filter((header) => {
      const key = placeholderKey(header);
      return recipientKeys.has(key) && (times.get(key) ?? 0) > 1;
    }),
    hasRecipient:
      type === "letter"
        ? addressForms.some((form) => form.filter((key) => known.has(key)).length >= 3)
        : recipients.every((name) => known.has(placeholderKey(name))),
    wanted: new Set([...placeholders.map(placeholderKey), ...recipientKeys]),
    recipientKeys,
  };
}

function distinctByKey(names: readonly string[]): string[] {
  const first = new Map<string, string>();
  for (const name of names) if (!first.has(placeholderKey(name))) first.set(placeholderKey(name), name);
  return [...first.values()];
}
