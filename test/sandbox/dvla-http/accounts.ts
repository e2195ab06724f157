import * as v from "valibot";
import { readJson } from "../exchange.ts";

/** Who may sign in, and with what. */
export interface Accounts {
  /** What holds now. */
  current(): { username: string; password: string; apiKey: string };
  /** As DVLA's own staff might. */
  set(over: Partial<{ username: string; password: string; apiKey: string }>): void;
  /** How long a token holds, in seconds. */
  tokenSeconds(seconds: number): void;
  /** How often somebody signed in. */
  signIns(): number;
  authenticate(request: Request): Promise<Response>;
  changePassword(request: Request): Promise<Response>;
  newApiKey(request: Request): Response;
  /** Null where a request shows a token that holds and the key. */
  refusal(request: Request): Response | null;
}

const Login = v.object({ userName: v.string(), password: v.string() });
const Change = v.object({ ...Login.entries, newPassword: v.string() });
const goodPassword = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9]).{8,}$/;

/** DVLA's thirdparty-access API (letters.md 9.1), for one account. */
export function createAccounts(now: () => number = Date.now): Accounts {
  let account = { username: "notify", password: "Sandbox-1-password", apiKey: "sandbox-api-key-1" };
  let seconds = 3600;
  let signIns = 0;
  const tokens = new Map<string, number>();

  const refusal = (request: Request) => {
    const until = tokens.get(request.headers.get("authorization") ?? "") ?? 0;
    if (until <= now()) return refused(401, "Unauthorized");
    return request.headers.get("x-api-key") === account.apiKey ? null : refused(403, "Forbidden");
  };

  return {
    current: () => ({ ...account }),
    set(over) {
      account = { ...account, ...over };
    },
    tokenSeconds(given) {
      seconds = given;
    },
    signIns: () => signIns,
    refusal,
    async authenticate(request) {
      const login = v.safeParse(Login, await readJson(request));
      if (!login.success) return refused(400, "Bad Request");
      const { userName, password } = login.output;
      if (userName !== account.username || password !== account.password) return refused(401, "Unauthorized");
      signIns++;
      const until = Math.floor(now() / 1000) + seconds;
      const token = jwt({ sub: userName, jti: crypto.randomUUID(), exp: until });
      tokens.set(token, until * 1000);
      return Response.json({ "id-token": token });
    },
    async changePassword(request) {
      const change = v.safeParse(Change, await readJson(request));
      if (!change.success) return refused(400, "Bad Request");
      const { userName, password, newPassword } = change.output;
      if (userName !== account.username || password !== account.password) return refused(401, "Unauthorized");
      if (!goodPassword.test(newPassword)) return refused(400, "Bad Request");
      account.password = newPassword;
      return Response.json({ message: "Password successfully changed." });
    },
    newApiKey(request) {
      const refusing = refusal(request);
      if (refusing) return refusing;
      account.apiKey = `sandbox-api-key-${crypto.randomUUID()}`;
      return Response.json({ newApiKey: account.apiKey });
    },
  };
}

/** These doors answer with a bare array. */
function refused(status: number, title: string): Response {
  return Response.json([{ status: String(status), title, detail: "Refused by the sandbox" }], { status });
}

/** Nobody checks the signature: DVLA alone could. */
function jwt(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}.${crypto.randomUUID().replaceAll("-", "")}`;
}
