import { writeCsvRow } from "../../../shared/batch/csv.ts";
import { placeholdersOf } from "../../../shared/batch/process-file.ts";
import { shownCell } from "../../../shared/batch/shown-cell.ts";
import type { Channel, SendableTemplate } from "../../../shared/notification/notification.ts";
import { placeholderKey } from "../../../shared/template/placeholders.ts";

/** A column of a file, and what an example of it says. */
export interface ExampleColumn {
  name: string;
  example: string;
}

const recipients: Readonly<Record<Channel, readonly ExampleColumn[]>> = {
  sms: [{ name: "phone number", example: "07700 900321" }],
  email: [{ name: "email address", example: "test@example.com" }],
  letter: [
    { name: "address line 1", example: "Ada Archer" },
    { name: "address line 2", example: "1 Mill Lane" },
    { name: "address line 3", example: "Leeds" },
    { name: "postcode", example: "LS1 4AP" },
  ],
};

/** The columns that a file for this template needs: the recipient's, then one for each placeholder. */
export function columnsOf(
  template: Pick<SendableTemplate, "type" | "content" | "subject" | "contactBlock">,
): ExampleColumn[] {
  const columns = new Map(
    recipients[template.type].map((column) => [placeholderKey(column.name), column] as const),
  );
  for (const name of placeholdersOf(template)) {
    const key = placeholderKey(name);
    if (!columns.has(key)) columns.set(key, { name, example: "example" });
  }
  return [...columns.values()];
}

/** A file to begin with: a header and one row. */
export function exampleFile(columns: readonly ExampleColumn[]): string {
  return (
    writeCsvRow(columns.map(({ name }) => shownCell(name))) +
    writeCsvRow(columns.map(({ example }) => example))
  );
}
