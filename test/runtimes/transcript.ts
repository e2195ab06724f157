/** Not the app's to decide, or new with each request; nor is the length of an empty body, which workerd leaves out. */
const passedOver: ReadonlySet<string> = new Set([
  "connection",
  "date",
  "keep-alive",
  "transfer-encoding",
  "x-b3-spanid",
  "x-b3-traceid",
]);

/**
 * An answer as text, to be compared with another runtime's: status, headers, body, with what is new in each run named
 * in order of appearance.
 */
export async function transcribe(answer: Response, names: ReadonlyMap<string, string>): Promise<string> {
  const body = await answer.text();
  const headers = [...answer.headers]
    .filter(([name, value]) => !passedOver.has(name) && !(name === "content-length" && value === "0"))
    .map(([name, value]) => `${name}: ${value}`);
  const whole = [answer.status, ...headers.sort(), "", body].join("\n");
  return rename(whole, names);
}

function rename(text: string, names: ReadonlyMap<string, string>): string {
  let renamed = text;
  for (const [value, name] of names) renamed = renamed.replaceAll(value, `<${name}>`);
  const ids = new Map<string, string>();
  return (
    renamed
      .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => {
        const name = ids.get(id) ?? `<id ${ids.size + 1}>`;
        ids.set(id, name);
        return name;
      })
      // But not those of what was stored beforehand.
      .replace(/(?!2026-07-01)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, "<time>")
      .replace(/\b\d{1,2} \w+ \d{4}, \d\d:\d\d\b/g, "<time>")
      .replace(/\bd\/[\w-]{22}\/[\w-]{22}/g, "d/<file>")
      .replace(/key=[\w-]{43}/g, "key=<key>")
      .replace(/(\bunsubscribe\/[^/]+)\/[\w.-]+/g, "$1/<token>")
      .replace(/^(set-cookie: [^=]+)=[^;]+/gm, "$1=<cookie>")
  );
}
