import fc from "fast-check";
import type { JsonSchema } from "../../api/openapi/json-schema.ts";
import type { KnownOperation } from "../openapi/known-paths.ts";
import { type Known, nastyText, nastyValue, spoil, valueFor } from "./values.ts";

/** One request, ready to be sent. */
export interface FuzzRequest {
  method: string;
  /** With its query, as it goes over the wire. */
  target: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string | Uint8Array<ArrayBuffer> | null;
  /** Whether it carries a good token. */
  authorized: boolean;
}

type Schemas = Readonly<Record<string, JsonSchema>>;

/** Requests for one operation: a third as the document says, the others wrong in some way. */
export function requestsFor(
  known: KnownOperation,
  schemas: Schemas,
  values: Known,
): fc.Arbitrary<FuzzRequest> {
  return fc
    .record({
      target: targetOf(known, schemas, values),
      body: known.method === "POST" ? bodyOf(known, schemas, values) : fc.constant(null),
      headers: headersOf(known),
      token: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, badToken),
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(known.method) },
        fc.constantFrom("PUT", "DELETE", "PATCH"),
      ),
    })
    .map(({ token, headers, body, ...rest }) => ({
      ...rest,
      body: typeof body === "string" && !body.isWellFormed() ? new TextEncoder().encode(body) : body,
      headers: token === null || token === "" ? headers : [...headers, ["Authorization", token] as const],
      authorized: token === null,
    }));
}

/** What a header can hold: bytes, none of which ends a line. */
const headerText = fc.array(fc.integer({ min: 0x20, max: 0xff }), { maxLength: 60 }).map((codes) =>
  String.fromCharCode(...codes)
    .replace(/\x7f/g, "")
    .trim(),
);

const badToken = fc.oneof(
  fc.constantFrom(
    "",
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "Bearer a.b.c",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "bearer  x",
  ),
  fc
    .constantFrom({}, [], null, 1, { iss: 1 }, { iss: "x" }, { iss: "26785a09-ab16-4eb0-8407-a37497a57506" })
    .map(
      (claims) => `Bearer ${btoa('{"alg":"HS256"}')}.${btoa(JSON.stringify(claims)).replace(/=+$/, "")}.AAAA`,
    ),
  headerText,
);

function headersOf({ operation }: KnownOperation): fc.Arbitrary<(readonly [string, string])[]> {
  const junk: fc.Arbitrary<readonly [string, string]> = fc.oneof(
    fc.tuple(
      fc.constantFrom("X-B3-TraceId", "X-B3-SpanId", "User-Agent", "Accept", "Cookie", "X-Junk"),
      headerText,
    ),
    fc.tuple(
      fc.constant("Content-Type"),
      fc.constantFrom(
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "é",
      ),
    ),
    fc.tuple(fc.constant("Content-Length"), fc.constantFrom("0", "-1", "abc", "1e3", "9999999999")),
    fc.tuple(
      fc.constant("x-amz-sns-message-type"),
      fc.oneof(fc.constantFrom("Notification", "SubscriptionConfirmation"), headerText),
    ),
  );
  const keys = operation.parameters.some(({ in: place }) => place === "header")
    ? fc.oneof(
        { weight: 6, arbitrary: fc.constant([]) },
        fc.integer({ min: 0, max: 2000 }).map((key) => [["Idempotency-Key", `k${key}`] as const]),
        headerText.map((key) => [["Idempotency-Key", key] as const]),
      )
    : fc.constant([]);
  return fc
    .tuple(keys, fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(junk, { maxLength: 3 })))
    .map(([own, others]) => [...own, ...others]);
}

function targetOf(
  { path, operation }: KnownOperation,
  schemas: Schemas,
  values: Known,
): fc.Arbitrary<string> {
  const parts = path
    .split("/")
    .slice(1)
    .map((part) => {
      const name = /^\{(\w+)\}$/.exec(part)?.[1];
      if (name === undefined) return fc.constant(part);
      const schema = operation.parameters.find((parameter) => parameter.name === name)?.schema ?? {};
      const real = values[name];
      const good = real
        ? fc.constantFrom(...real).map(String)
        : valueFor(schema, schemas, values).map(String);
      return fc.oneof({ weight: 5, arbitrary: good }, nastyPath);
    });
  const parameters = operation.parameters.filter(({ in: place }) => place === "query");
  const good = parameters.map(({ name, schema }) => {
    const real = values[name];
    const value = real ? fc.constantFrom(...real) : valueFor(schema, schemas, values);
    return value.map((given) =>
      [given]
        .flat()
        .map((one) => `${name}=${encode(String(one))}`)
        .join("&"),
    );
  });
  const nasty = fc.tuple(
    fc.oneof(
      fc.constantFrom("status", "reference", "page", ...parameters.map(({ name }) => name)),
      nastyText,
    ),
    nastyText,
  );
  const query = fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    ...(good.length > 0
      ? [
          {
            weight: 5,
            arbitrary: fc
              .subarray(good)
              .chain((some) => fc.tuple(...some))
              .map((some) => some.join("&")),
          },
        ]
      : []),
    fc
      .array(nasty, { maxLength: 4 })
      .map((pairs) => pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")),
    fc.constantFrom("&&=&", "%", "%ff=%fe", "a=%00", "[]=1", "+", "=", `${"a=1&".repeat(500)}`),
  );
  return fc
    .tuple(fc.tuple(...parts), query)
    .map(([names, text]) => `/${names.join("/")}${text && `?${text}`}`);
}

const nastyPath = fc.oneof(
  nastyText.map((text) => encode(text).slice(0, 3000)),
  fc.constantFrom(
    "%00",
    "%ff",
    "%",
    "%2e%2e",
    "%2F",
    ";a=b",
    "~",
    "*",
    "@",
    "%E2%80%AE",
    "-1",
    "1.0",
    "0x1",
    "٣",
    "%D9%A3",
  ),
);

const ourStart = fc.constantFrom(
  ...[
    "",
    "/v2",
    "/v2/notifications",
    "/v2/notifications/sms",
    "/v2/notifications/email",
    "/v2/notifications/letter",
  ],
  ...[
    "/v2/template",
    "/v2/templates",
    "/v2/received-text-messages",
    "/v2/unsubscribe-requests",
    "/_status",
    "/_ready",
    "/unsubscribe",
    "/d",
  ],
  ...["/docs", "/openapi.json", "/notifications/sms/mmg", "/V2/templates", "//v2/templates"],
);
const ourPart = fc.constantFrom("version", "preview", "download", "1", "sms", "pdf");

/** Requests to whatever address, for one of ours or for nobody. */
export const anyAddress: fc.Arbitrary<FuzzRequest> = fc
  .record({
    start: ourStart,
    parts: fc.array(fc.oneof(ourPart, nastyPath), { maxLength: 3 }),
    end: fc.constantFrom("", "", "", "/", "//", "?", "?a=1", "/."),
    method: fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"),
    body: fc.constantFrom(null, "{}", "{", "[]"),
    authorized: fc.boolean(),
  })
  .map(({ start, parts, end, ...rest }) => ({
    ...rest,
    target: `${[start, ...parts].join("/") || "/"}${end}`,
    headers: [],
  }));

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

function bodyOf(
  { operation }: KnownOperation,
  schemas: Schemas,
  values: Known,
): fc.Arbitrary<FuzzRequest["body"]> {
  const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const schema = media?.schema ?? {};
  const component = schemas[schema.$ref?.split("/").at(-1) ?? ""];
  const fields = Object.keys(component?.properties ?? {});
  const valid = type === "application/json" && !component ? receipt : valueFor(schema, schemas, values);
  const address = fc.oneof(nastyText, fc.constantFrom("a@example.com", "b@example.com"));
  const form = fc
    .dictionary(fc.constantFrom("reference", "status", "code", "time", "email_address"), address)
    .map((pairs) =>
      Object.entries(pairs)
        .map(([name, value]) => `${name}=${encode(value)}`)
        .join("&"),
    );
  const goodForm = fc
    .tuple(fc.uuid(), fc.constantFrom("0", "1", "2"))
    .map(([reference, status]) => `reference=${reference}&status=${status}`);
  if (type?.includes("form")) {
    return fc.oneof({ weight: 3, arbitrary: form }, { weight: 2, arbitrary: goodForm }, badBytes(form));
  }
  return fc.oneof(
    { weight: 6, arbitrary: valid.map(write) },
    { weight: 5, arbitrary: spoil(valid, fields).map(write) },
    { weight: 2, arbitrary: nastyValue.map(write) },
    { weight: 1, arbitrary: form },
    { weight: 3, arbitrary: badBytes(valid.map(write)) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

const receipt = fc.record({
  CID: fc.uuid(),
  status: fc.oneof(fc.constantFrom("2", "3", 5), nastyValue),
  deliverytime: nastyValue,
});

function write(value: unknown): string {
  return JSON.stringify(value) ?? "";
}

/** Good text come to harm on the way. */
function badBytes(text: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const encoded = text.map((one) => new TextEncoder().encode(one));
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => new Uint8Array(bytes)),
    fc.tuple(encoded, fc.nat(), fc.integer({ min: 0x80, max: 0xff })).map(([bytes, at, byte]) => {
      if (bytes.length > 0) bytes[at % bytes.length] = byte;
      return bytes;
    }),
    fc.tuple(encoded, fc.nat()).map(([bytes, at]) => bytes.slice(0, at % (bytes.length + 1))),
    text.map((one) =>
      Uint8Array.from([
        0xff,
        0xfe,
        ...[...one].flatMap((c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]),
      ]),
    ),
    encoded.map((bytes) => Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes])),
    fc
      .constantFrom(
        "[".repeat(100_000),
        `{"a":`.repeat(50_000),
        `"${"\\u0000".repeat(1000)}"`,
        "NaN",
        "-Infinity",
        "1e99999",
      )
      .map((one) => new TextEncoder().encode(one)),
  );
}
