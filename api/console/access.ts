import type { SignedIn } from "../../shared/session/queries.ts";
import type { Role } from "./env.ts";

/** Who may use a path of the console. */
export type Access =
  | "anyone"
  /** Whoever has signed in: pages of their own. */
  | "person"
  /** People of the service that the path names, and operators. */
  | "viewer"
  /** Those of them who may change its settings, and operators. */
  | "manager"
  | "operator";

/** The service that a path is of. */
export const ofService = /^\/console\/services\/([0-9a-f-]{36})(?:\/|$)/;

/** Below which every page is one service's, but the one that makes a service. */
export const belowServices = /^\/console\/services\/(?!new$)/;

const forAnyone = [/^\/console\/sign-in$/, /^\/console\/assets\/[^/]+$/];
const forPeople = [
  /^\/console$/,
  /^\/console\/services$/,
  /^\/console\/sign-out$/,
  /^\/console\/account(\/.*)?$/,
];

/** Posts that change nothing, or whose pages ask for rights of their own: approving alerts. */
const postsOfViewers = [
  /^\/console\/services\/[^/]+\/templates\/preview$/,
  /^\/console\/services\/[^/]+\/broadcasts(\/.*)?$/,
];

/** What a service may not grant itself. */
const postsOfOperators = [/^\/console\/services\/[^/]+\/settings\/(allowed|standing)$/];

/** Who may: by default operators alone, and of a service its people, of whom managers change it. */
export function accessOf(method: string, path: string): Access {
  if (forAnyone.some((pattern) => pattern.test(path))) return "anyone";
  if (forPeople.some((pattern) => pattern.test(path))) return "person";
  if (!ofService.test(path)) return "operator";
  if (postsOfOperators.some((pattern) => pattern.test(path))) return "operator";
  const reads = method === "GET" || method === "HEAD";
  return reads || postsOfViewers.some((pattern) => pattern.test(path)) ? "viewer" : "manager";
}

/** What a person is in a service; null where it is none of theirs. */
export function roleIn({ isOperator, memberships }: SignedIn, serviceId: string): Role | null {
  if (isOperator) return "operator";
  const membership = memberships.find((one) => one.serviceId === serviceId);
  if (!membership) return null;
  return membership.permissions.includes("manage_settings") ? "manager" : "viewer";
}
