import { SignJWT } from "jose";
import * as v from "valibot";
import type { Db } from "../../../shared/database.ts";
import type { Cipher } from "../../../shared/encryption.ts";
import { apiKeySecretOf } from "../../../shared/service/queries.ts";
import type { KeyType } from "../../../shared/service/service.ts";

const timeoutMs = 30_000;
const largestAnswer = 4_000_000;

const Refused = v.object({ errors: v.array(v.object({ message: v.string() })) });

/** Calls the API as a service. Throws with the API's own words where it refuses. */
export type CallApi = (path: string, body: object) => Promise<unknown>;

/** As a service does it, with the newest of its keys of a type. Throws where it has none. */
export async function apiClient(
  { sql, cipher }: { sql: Db; cipher: Cipher },
  { apiUrl, serviceId, keyType }: { apiUrl: string; serviceId: string; keyType: KeyType },
): Promise<CallApi> {
  const [key] = await sql<{ id: string; secret: string }[]>`
    select id, secret from api_keys
    where service_id = ${serviceId} and key_type = ${keyType} and expiry_date is null
    order by created_at desc, id limit 1`;
  if (!key) {
    throw new Error(
      `Cannot send: the service has no ${keyType} key; make one with "key create ${serviceId} NAME --type ${keyType}"`,
    );
  }
  const secret = await cipher.decrypt(key.secret, apiKeySecretOf(key.id));
  return async (path, body) => {
    const jwt = await new SignJWT({ iss: serviceId, iat: Math.floor(Date.now() / 1000) })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(secret));
    const response = await post(new URL(path, apiUrl), jwt, body);
    const answer = await readJson(response);
    if (response.ok) return answer;
    const refused = v.safeParse(Refused, answer);
    const words = refused.success
      ? refused.output.errors.map(({ message }) => message).join("; ")
      : `it answered ${response.status}`;
    throw new Error(`Cannot send: ${words}`);
  };
}

async function post(url: URL, jwt: string, body: object): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${jwt}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot reach the API at ${url.origin}: ${reason}; set API_HOST, or give --api`);
  }
}

/** Null for what is no JSON. */
async function readJson(response: Response): Promise<unknown> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > largestAnswer)
      throw new Error(`Cannot send: the answer is over ${largestAnswer} bytes`);
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
