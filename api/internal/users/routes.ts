import { type Context, Hono, type MiddlewareHandler } from "hono";
import * as v from "valibot";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import {
  authTypes,
  createUser,
  findUser,
  findUserByAddress,
  userStates,
} from "../../../shared/user/users.ts";
import { answerJson } from "../../answer.ts";
import type { ApiDeps } from "../../deps.ts";
import { readBody } from "../../middleware/read-body.ts";
import { firstValues } from "../../query.ts";
import { parseUuid } from "../../uuid.ts";
import { choice, readObject, text } from "../read-object.ts";
import { noResult, Refusal } from "../refusal.ts";
import { viewUser } from "./view-user.ts";

type UserRouteDeps = Pick<ApiDeps, "ask" | "now" | "newId">;

const Request = v.object({
  name: v.pipe(text(255), v.trim(), v.minLength(1, "Invalid name")),
  email_address: v.pipe(
    text(255),
    v.check((address) => parseEmailAddress(address) !== null, "Not a valid email address"),
  ),
  mobile_number: v.optional(
    v.nullable(
      v.pipe(
        text(50),
        v.check((number) => parsePhoneNumber(number).ok, "Invalid phone number: Not a valid phone number"),
      ),
    ),
  ),
  auth_type: v.optional(choice(authTypes), "sms_auth"),
  state: v.optional(choice(userStates), "pending"),
});

/** People, as few of their facts as services need: a first one makes the first service. */
export function userRoutes(auth: MiddlewareHandler, deps: UserRouteDeps): Hono {
  return new Hono()
    .post("/user", auth, postUser(deps))
    .get("/user/email", auth, getUserByAddress(deps))
    .get("/user/:user", auth, getUser(deps));
}

/** POST /user */
function postUser({ ask, now, newId }: UserRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const request = readObject(Request, await readBody(c.req.raw));
    const mobileNumber = request.mobile_number ?? null;
    if (request.auth_type === "sms_auth" && mobileNumber === null) {
      throw new Refusal(400, {
        mobile_number: ["Mobile number must be set if auth_type is set to sms_auth"],
      });
    }
    const user = await ask((sql) =>
      createUser(sql, {
        id: newId(),
        name: request.name,
        emailAddress: request.email_address,
        mobileNumber,
        authType: request.auth_type,
        state: request.state,
        createdAt: now(),
      }),
    );
    if (!user) throw new Refusal(400, { email_address: ["A user with this email address already exists"] });
    return answerJson(201, { data: viewUser(user) });
  };
}

/** GET /user/{id} */
function getUser({ ask }: UserRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const id = parseUuid(c.req.param("user") ?? "");
    const user = id === null ? null : await ask((sql) => findUser(sql, id));
    if (!user) throw noResult();
    return answerJson(200, { data: viewUser(user) });
  };
}

/** GET /user/email?email=: whoever has an address. */
function getUserByAddress({ ask }: UserRouteDeps) {
  return async (c: Context): Promise<Response> => {
    const { email } = firstValues(c.req.url);
    if (typeof email !== "string" || email === "")
      throw new Refusal(400, "Invalid request. Email query string param required");
    const isStorable = !email.includes("\0") && email.isWellFormed();
    const user = isStorable ? await ask((sql) => findUserByAddress(sql, email)) : null;
    if (!user) throw noResult();
    return answerJson(200, { data: viewUser(user) });
  };
}
