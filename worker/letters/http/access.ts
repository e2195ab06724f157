import { decodeJwt } from "jose";
import * as v from "valibot";
import { type Answer, call, jsonOf, type NoAnswer } from "../../providers/http.ts";

/*
 * DVLA's doors (`spec/letters.md` 9.1): signing in, and changing what one signs in with. Nothing of what is sent or
 * answered there may be logged.
 */

export interface Door {
  url: string;
  timeoutMs: number;
}

export type Access<Given> =
  | { outcome: "given"; value: Given }
  /** What we signed in with does not hold. */
  | { outcome: "refused"; reason: string }
  /** Nobody answered, or not in earnest: worth another attempt. */
  | { outcome: "unavailable"; reason: string };

export interface Login {
  username: string;
  password: string;
}

/** A token, and when it ends. */
export interface Token {
  text: string;
  endsAt: Date;
}

const TokenAnswer = v.object({ "id-token": v.pipe(v.string(), v.minLength(1)) });
const KeyAnswer = v.object({ newApiKey: v.pipe(v.string(), v.minLength(1)) });

export async function authenticate(
  door: Door,
  { username, password }: Login,
  signal: AbortSignal,
): Promise<Access<Token>> {
  const body = { userName: username, password };
  const answer = await post(door, "authenticate", { body, headers: {} }, signal);
  return judge("authenticate", answer, (given) => {
    const read = v.safeParse(TokenAnswer, jsonOf(given));
    return read.success ? tokenOf(read.output["id-token"]) : null;
  });
}

export async function changePassword(
  door: Door,
  { username, password }: Login,
  newPassword: string,
  signal: AbortSignal,
): Promise<Access<true>> {
  const body = { userName: username, password, newPassword };
  const answer = await post(door, "password", { body, headers: {} }, signal);
  // A 200 with an odd body changed it all the same.
  return judge("password", answer, () => true);
}

export async function newApiKey(
  door: Door,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Access<string>> {
  const answer = await post(door, "new-api-key", { body: null, headers }, signal);
  return judge("new-api-key", answer, (given) => {
    const read = v.safeParse(KeyAnswer, jsonOf(given));
    return read.success ? read.output.newApiKey : null;
  });
}

/** Without `Bearer`, as DVLA has it. */
export function authHeaders(token: Token, apiKey: string): Record<string, string> {
  return { Accept: "application/json", Authorization: token.text, "X-API-Key": apiKey };
}

async function post(
  { url, timeoutMs }: Door,
  name: string,
  { body, headers }: { body: object | null; headers: Record<string, string> },
  signal: AbortSignal,
): Promise<Answer | NoAnswer> {
  const typed = body === null ? headers : { ...headers, "Content-Type": "application/json" };
  const request = {
    method: "POST",
    headers: { Accept: "application/json", ...typed },
    body: body === null ? "" : JSON.stringify(body),
  } as const;
  return await call(`${url}/thirdparty-access/v1/${name}`, request, timeoutMs, signal);
}

function judge<Given>(
  name: string,
  answer: Answer | NoAnswer,
  read: (given: Answer) => Given | null,
): Access<Given> {
  if (answer.status === null) return { outcome: "unavailable", reason: `DVLA ${name}: ${answer.reason}` };
  const { status } = answer;
  const reason = `DVLA answered ${status} to ${name}`;
  if (status === 200) {
    const value = read(answer);
    return value === null
      ? { outcome: "unavailable", reason: `${reason} without what was asked for` }
      : { outcome: "given", value };
  }
  const mayPass = status >= 500 || status === 429 || status === 408;
  return { outcome: mayPass ? "unavailable" : "refused", reason };
}

/** Null for what is no JWT, or never ends. */
function tokenOf(text: string): Token | null {
  try {
    const { exp } = decodeJwt(text);
    return exp === undefined ? null : { text, endsAt: new Date(exp * 1000) };
  } catch {
    return null;
  }
}
