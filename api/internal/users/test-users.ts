import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import type { Json } from "../../../shared/json/json.ts";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { userPermissions } from "../../../shared/service/permissions.ts";
import { putTestUsers, type TestUser } from "../../../shared/user/test-users.ts";
import { authTypes, userStates } from "../../../shared/user/users.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { choice, text, Uuid } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";

type TestUserDeps = Pick<ApiDeps, "ask" | "newId" | "now" | "passwords">;

/** Each costs a hash. */
const mostUsers = 20;

const Users = v.pipe(
  v.array(
    v.object({
      name: v.pipe(text(255), v.trim(), v.minLength(1, "Invalid name")),
      email_address: v.pipe(
        text(255),
        v.check((address) => parseEmailAddress(address) !== null, "Not a valid email address"),
      ),
      mobile_number: v.nullish(text(50), null),
      auth_type: choice(authTypes),
      password: v.pipe(text(128), v.minLength(1, "Shorter than minimum length 1.")),
      state: choice(userStates),
      permissions: v.array(choice(userPermissions), "Not a valid list."),
      service_id: Uuid,
    }),
    "Not a valid list.",
  ),
  v.maxLength(mostUsers, `Longer than maximum length ${mostUsers}.`),
  v.check(
    (users) => new Set(users.map((user) => user.email_address.toLowerCase())).size === users.length,
    "Each user must have an email address of their own.",
  ),
);

/**
 * PUT /__testing/functional/users: makes the people that functional tests sign in as, or has them be so again
 * (`spec/admin-api.md` 7). For a client of its own, to which no secret is given in production.
 */
export function testUserRoutes(auth: MiddlewareHandler, { ask, newId, now, passwords }: TestUserDeps): Hono {
  return new Hono().put("/__testing/functional/users", auth, async (c: Context): Promise<Response> => {
    const asked = read(await readBody(c.req.raw));
    const users: TestUser[] = [];
    // One after the other, so that those who sign in meanwhile have their turn.
    for (const user of asked) users.push(toUser(user, newId(), await passwords.hash(user.password)));
    const outcome = await ask((sql) => putTestUsers(sql, users, now()));
    if (outcome === "no-service") throw noResult();
    if (outcome === "operator") throw new Refusal(400, "Operators cannot be users of functional tests");
    return new Response("ok", { status: 201, headers: { "Content-Type": "text/plain; charset=utf-8" } });
  });
}

function toUser(asked: v.InferOutput<typeof Users>[number], id: string, password: string): TestUser {
  const { name, state, permissions } = asked;
  return {
    ...{ id, name, state, permissions, password },
    emailAddress: asked.email_address,
    mobileNumber: asked.mobile_number,
    authType: asked.auth_type,
    serviceId: asked.service_id,
  };
}

function read(request: Json): v.InferOutput<typeof Users> {
  const result = v.safeParse(Users, request);
  if (result.success) return result.output;
  throw new Refusal(
    400,
    result.issues.map((issue) => `${v.getDotPath(issue) ?? "users"}: ${issue.message}`).join("; "),
  );
}
