import { Hono } from "hono";
import * as v from "valibot";
import { suspendCallback } from "../../../shared/callback/health.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { byWhom, type CallbackDeps, getCallback } from "./context.ts";
import { askForSecretPage, secretPage, trialPage } from "./secret-pages.tsx";

/** Testing a callback, suspending and resuming it, and giving it another secret. */
export function callbackActionPages(deps: CallbackDeps): Hono<ConsoleEnv> {
  const { ask, callbacks, now, newId } = deps;
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/callbacks";

  pages.post(`${at}/:type/test`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { key, path, subject } = await getCallback(c, deps);
    const trialId = newId();
    return await audited(c, deps, { action: "callback.test", subject }, async () => {
      if (!(await callbacks.requestTrial(key, trialId, now()))) throw notThere();
      return { value: c.redirect(`${path}/tests/${trialId}`, 303), after: { test: trialId } };
    });
  });

  pages.get(`${at}/:type/tests/:test`, async (c) => {
    const { type, key, path } = await getCallback(c, deps);
    const id = parseUuid(c.req.param("test"));
    const trial = id === null ? null : await callbacks.findTrial(key, id);
    if (!trial) throw notThere();
    return await trialPage(c, { type, trial, path });
  });

  pages.post(`${at}/:type/suspend`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { config, path, subject } = await getCallback(c, deps);
    const before = { suspended: config.suspendedAt !== null };
    return await audited(c, deps, { action: "callback.suspend", subject, before }, async () => {
      const reason = `${c.var.user.name} suspended it`;
      const suspension = { url: config.url, at: now(), reason };
      const suspended = await ask((sql) => suspendCallback(sql, config.id, suspension));
      const said = suspended ? "Suspended: the receiver is not called" : "It was suspended already";
      return { value: redirectWith(c, path, said), after: { suspended: true }, refused: !suspended };
    });
  });

  pages.post(`${at}/:type/resume`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { config, key, path, subject } = await getCallback(c, deps);
    const before = { suspended: config.suspendedAt !== null };
    return await audited(c, deps, { action: "callback.resume", subject, before }, async () => {
      if (!(await callbacks.resume(key, byWhom(c, deps)))) throw notThere();
      const said = "Resumed: the receiver is called again. What it missed can be told again.";
      return { value: redirectWith(c, path, said), after: { suspended: false } };
    });
  });

  pages.get(`${at}/:type/secret`, async (c) => {
    if (c.var.role === "viewer") throw notThere();
    const { type, path } = await getCallback(c, deps);
    return await askForSecretPage(c, type, path);
  });

  pages.post(`${at}/:type/secret`, limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { type, config, key, path, subject } = await getCallback(c, deps);
    const before = { version: config.version };
    return await audited(c, deps, { action: "callback.new-secret", subject, before }, async () => {
      const rotated = await callbacks.rotateSecret(key, byWhom(c, deps));
      if (!rotated) throw notThere();
      const { version, previousSecretUntil: until } = rotated.config;
      const value = await secretPage(c, { type, secret: rotated.signingSecret, until, path });
      return { value, after: { version } };
    });
  });
  return pages;
}
