/** An object of JSON as Python's `json.dumps` writes it: a space after `,` and `:`, nothing outside ASCII. */
export function pythonJson(entries: readonly (readonly [string, string | number | null])[]): string {
  return `{${entries.map(([key, value]) => `"${key}": ${asciiJson(value)}`).join(", ")}}`;
}

function asciiJson(value: string | number | null): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
