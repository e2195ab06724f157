import { type Context, Hono } from "hono";
import * as v from "valibot";
import {
  type ApiKeyObject,
  createAskedApiKey,
  findApiKeyObject,
  revokeAskedApiKey,
} from "../../../shared/service/api-keys.ts";
import { listKeys } from "../../../shared/service/key-list.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Faults, Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { keysPage, revokePage, secretPage } from "./pages.tsx";

type KeyDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "forgetService">;

const mostListed = 200;

const NewKey = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter a name"),
    v.maxLength(255, "The name is too long"),
  ),
  type: v.picklist(["normal", "team", "test"], "Choose what the key is for"),
});

/** What programs of a service sign their requests with. */
export function apiKeyPages(deps: KeyDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/api-keys";
  const root = (c: Context<ConsoleEnv>) => `/console/services/${c.var.service.id}/api-keys`;

  const list = async (c: Context<ConsoleEnv>, shown: { typed?: Typed; faults?: Faults } = {}) => {
    const keys = await deps.ask((sql) => listKeys(sql, c.var.service.id, mostListed));
    return await keysPage(c, keys, root(c), shown);
  };
  const getKey = async (c: Context<ConsoleEnv>): Promise<ApiKeyObject> => {
    const id = parseUuid(c.req.param("key") ?? "");
    const key = id && (await deps.ask((sql) => findApiKeyObject(sql, c.var.service.id, id)));
    if (!key) throw notThere();
    return key;
  };

  pages.get(at, (c) => list(c));

  pages.post(at, limitForm, async (c) => {
    const form = await readForm(c, NewKey);
    if (!form.ok) return await list(c, form);
    const { name, type } = form.value;
    const serviceId = c.var.service.id;
    return await audited(c, deps, { action: "api-key.create", subject: `service ${serviceId}` }, async () => {
      const asked = { serviceId, name, type, createdById: c.var.user.id, at: deps.now() };
      const made = await deps.ask((sql, cipher) => createAskedApiKey(sql, cipher, asked));
      if (made === "no-service") throw notThere();
      if (made === "taken") {
        const faults = { name: "Another key of this service has that name" };
        return { value: await list(c, { typed: form.typed, faults }), refused: true };
      }
      deps.forgetService(serviceId);
      const key = `${keyName(name)}-${serviceId}-${made.secret}`;
      return { value: await secretPage(c, { name, type, key }, root(c)), after: { id: made.id, type } };
    });
  });

  pages.get(`${at}/:key/revoke`, async (c) => {
    if (c.var.role === "viewer") throw notThere();
    return await revokePage(c, await getKey(c), root(c));
  });

  pages.post(`${at}/:key/revoke`, limitForm, async (c) => {
    const form = await readForm(c, v.object({ confirm: v.optional(v.string()) }));
    const { id, name, type } = await getKey(c);
    if (form.typed.confirm !== "yes") {
      const faults = { confirm: "Tick that the key is to be revoked" };
      return await revokePage(c, { id, name, type }, root(c), faults);
    }
    const serviceId = c.var.service.id;
    const deed = { action: "api-key.revoke", subject: `api-key ${id}`, before: { type, revoked: false } };
    return await audited(c, deps, deed, async () => {
      if (!(await deps.ask((sql) => revokeAskedApiKey(sql, { serviceId, id, at: deps.now() }))))
        throw notThere();
      deps.forgetService(serviceId);
      return { value: redirectWith(c, root(c), "Revoked the key"), after: { revoked: true } };
    });
  });
  return pages;
}

/** As it stands before the two ids that clients look for: they read from the end. */
function keyName(name: string): string {
  return name.replace(/[^A-Za-z0-9]+/g, "_").slice(0, 60);
}
