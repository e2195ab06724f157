import * as v from "valibot";
import { readJson } from "./exchange.ts";
import type { ReceiptRequest } from "./receipts.ts";

const Text = v.strictObject({
  provider: v.picklist(["mmg", "firetext"]),
  from: v.pipe(v.string(), v.minLength(1)),
  /** The service's number. */
  to: v.pipe(v.string(), v.minLength(1)),
  message: v.string(),
  /** MMG's own; made if not given. */
  reference: v.optional(v.string()),
});

type Text = v.InferOutput<typeof Text>;

/** Sends a request to the API; answers null where there was no answer. */
export type Post = (request: ReceiptRequest) => Promise<{ status: number; body: string } | null>;

/** POST /inbound: somebody texts a service. Answers with what the API answered the provider. */
export function inbound(post: Post) {
  return async (request: Request): Promise<Response> => {
    const text = v.safeParse(Text, await readJson(request));
    if (!text.success) {
      const wrong = text.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`);
      return Response.json({ error: wrong.join("; ") }, { status: 400 });
    }
    const answer = await post(requestOf(text.output));
    if (answer === null) return Response.json({ error: "The API did not answer" }, { status: 502 });
    return Response.json({ answer });
  };
}

function requestOf({ provider, from, to, message, reference }: Text): ReceiptRequest {
  const now = new Date().toISOString().slice(0, 19).replace("T", " ");
  // Providers write numbers with the country's code.
  const [source, destination] = [from, to].map((number) => number.replace(/^0(?=\d{10}$)/, "44"));
  if (provider === "mmg") {
    const body = {
      MSISDN: source,
      Number: destination,
      Message: mmgEncoded(message),
      ID: reference ?? crypto.randomUUID(),
      DateRecieved: formEncoded(now),
      Trigger: "",
      Channel: "SMS",
    };
    return {
      path: "/notifications/sms/receive/mmg",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    };
  }
  return {
    path: "/notifications/sms/receive/firetext",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      source: source ?? "",
      destination: destination ?? "",
      message,
      time: now,
    }).toString(),
  };
}

/** Backslash escapes first, then as forms are. */
function mmgEncoded(message: string): string {
  const escaped = message
    .replaceAll("\\", "\\\\")
    .replaceAll("'", "\\'")
    .replaceAll("\n", "\\n")
    .replace(/[\u0100-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return formEncoded(escaped);
}

function formEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+");
}
