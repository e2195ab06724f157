import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { toBase64Url } from "../../shared/base64.ts";
import { findSession, hashToken, type SignedIn, storeSession } from "../../shared/session/queries.ts";
import { findUserByAddress } from "../../shared/user/users.ts";
import type { ApiDeps } from "../deps.ts";
import { rootUrl } from "../root.ts";
import type { ConsoleEnv } from "./env.ts";

/** What forms prove with that they are ours. */
const formPurpose = "console.form";

type SessionDeps = Pick<ApiDeps, "ask" | "now" | "signer" | "apiHost" | "console">;

/** Whether the console is reached by https, for a cookie that goes no other way. */
function isSecure(c: Context, { apiHost }: Pick<ApiDeps, "apiHost">): boolean {
  return rootUrl(c, apiHost).startsWith("https:");
}

/** The prefix lets a browser take it from this host alone, by https alone. */
function cookieName(isHttps: boolean): string {
  return isHttps ? "__Host-console" : "console";
}

/** Finds who has signed in, for the pages behind it. Without a session they are asked to. */
export function readSession(deps: SessionDeps): MiddlewareHandler<ConsoleEnv> {
  return async (c, next) => {
    const found = (await findByCookie(c, deps)) ?? (await findByProxy(c, deps));
    if (!found) return askToSignIn(c);
    c.set("user", found.user);
    c.set("tokenHash", await hashToken(found.token));
    c.set("formToken", await (await deps.signer()).sign(found.token, formPurpose));
    await next();
  };
}

interface Found {
  token: string;
  user: SignedIn;
}

async function findByCookie(c: Context, deps: SessionDeps): Promise<Found | null> {
  const token = getCookie(c, cookieName(isSecure(c, deps)));
  if (token === undefined || !/^[A-Za-z0-9_-]{43}$/.test(token)) return null;
  const tokenHash = await hashToken(token);
  const { life } = deps.console;
  // A page that asks for itself again is no sign that somebody is there.
  const isUse = c.req.header("X-Console-Live") === undefined;
  const user = await deps.ask((sql) => findSession(sql, { tokenHash, at: deps.now(), life, isUse }));
  return user && { token, user };
}

/** Whom the reverse proxy says it is; only where the proxy proves that it is ours. */
async function findByProxy(c: Context, deps: SessionDeps): Promise<Found | null> {
  const { proxy } = deps.console;
  if (proxy === null) return null;
  const said = c.req.header("X-Console-Proxy-Secret") ?? "";
  const signer = await deps.signer();
  // Compared by what is signed of each: in constant time.
  const purpose = "console.proxy";
  if (!(await signer.isSigned(said, await signer.sign(proxy.secret, purpose), purpose))) return null;
  const address = c.req.header(proxy.header);
  if (!address) return null;
  const user = await deps.ask((sql) => findUserByAddress(sql, address));
  if (user?.state !== "active") return null;
  const token = await beginSession(c, deps, user.id);
  const { life } = deps.console;
  const tokenHash = await hashToken(token);
  const signedIn = await deps.ask((sql) =>
    findSession(sql, { tokenHash, at: deps.now(), life, isUse: true }),
  );
  return signedIn && { token, user: signedIn };
}

/** Makes a session and has the browser keep its token, which is answered too. */
export async function beginSession(c: Context, deps: SessionDeps, userId: string): Promise<string> {
  const token = toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
  const tokenHash = await hashToken(token);
  await deps.ask((sql) => storeSession(sql, { tokenHash, userId, at: deps.now() }));
  const isHttps = isSecure(c, deps);
  setCookie(c, cookieName(isHttps), token, {
    path: "/",
    httpOnly: true,
    secure: isHttps,
    sameSite: "Lax",
    maxAge: Math.floor(deps.console.life.longestMs / 1000),
  });
  return token;
}

export function forgetSession(c: Context, deps: SessionDeps): void {
  const isHttps = isSecure(c, deps);
  deleteCookie(c, cookieName(isHttps), { path: "/", secure: isHttps });
}

/** Reads where they were going, so that they come back there. */
function askToSignIn(c: Context): Response {
  if (c.req.method !== "GET") return c.redirect("/console/sign-in", 303);
  const { pathname, search } = new URL(c.req.url);
  return c.redirect(`/console/sign-in?next=${encodeURIComponent(pathname + search)}`, 303);
}
