import { SignJWT } from "jose";
import * as v from "valibot";

export interface Answer {
  /** Null: none came. */
  status: number | null;
  body: unknown;
  ms: number;
}

export interface Client {
  sendSms(reference: string): Promise<Answer>;
  get(path: string): Promise<Answer>;
}

interface ClientOptions {
  apiUrl: string;
  serviceId: string;
  secret: string;
  smsTemplate: string;
}

/** How long a request may take before it counts as unanswered. */
const timeoutMs = 30_000;

/**
 * Requests as the official clients make them. Each has a connection of its own: over a kept one that was closed
 * meanwhile, the runtime would send a request again by itself.
 */
export function createClient({ apiUrl, serviceId, secret, smsTemplate }: ClientOptions): Client {
  const key = new TextEncoder().encode(secret);

  async function request(path: string, init: RequestInit): Promise<Answer> {
    const token = await new SignJWT({})
      .setProtectedHeader({ typ: "JWT", alg: "HS256" })
      .setIssuer(serviceId)
      .setIssuedAt()
      .sign(key);
    const startedAt = performance.now();
    const answer = await fetch(apiUrl + path, {
      ...init,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      keepalive: false,
      signal: AbortSignal.timeout(timeoutMs),
    })
      .then(async (response) => ({ status: response.status, body: await response.json() }))
      .catch(() => ({ status: null, body: null }));
    return { ...answer, ms: performance.now() - startedAt };
  }

  return {
    sendSms: (reference) =>
      request("/v2/notifications/sms", {
        method: "POST",
        body: JSON.stringify({
          phone_number: "07700900123",
          template_id: smsTemplate,
          personalisation: { name: "Ada", day: "Monday" },
          reference,
        }),
      }),
    get: (path) => request(path, { method: "GET" }),
  };
}

const Sent = v.object({ id: v.pipe(v.string(), v.uuid()) });

/** The id of what a 201 accepted. */
export function idIn({ body }: Answer): string {
  return v.parse(Sent, body).id;
}
