import { type Context, Hono } from "hono";
import type { Channel } from "../../../shared/notification/notification.ts";
import { usualDays } from "../../../shared/retention/days.ts";
import { listRetention, setRetention } from "../../../shared/retention/queries.ts";
import { serviceNameFault } from "../../../shared/service/name.ts";
import { findServiceObject, type ServiceObject } from "../../../shared/service/settings.ts";
import type { ApiDeps } from "../../deps.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { changeSettings } from "./change.ts";
import { Allowed, General, Retentions, Standing } from "./forms.ts";
import { type Shown, settingsPage } from "./page.tsx";

type SettingsDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "forgetService" | "emailDomain">;

const channels = ["sms", "email", "letter"] as const;

/** What a service is called, may send and keeps. */
export function settingsPages(deps: SettingsDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const at = "/services/:service/settings";
  const path = (c: Context<ConsoleEnv>) => `/console/services/${c.var.service.id}/settings`;

  const getService = async (c: Context<ConsoleEnv>): Promise<ServiceObject> => {
    const service = await deps.ask((sql) => findServiceObject(sql, c.var.service.id));
    if (!service) throw notThere();
    return service;
  };
  const daysKept = async (serviceId: string) => {
    const chosen = await deps.ask((sql) => listRetention(sql, serviceId));
    const daysOf = (type: Channel) => chosen.find((one) => one.type === type)?.days ?? usualDays;
    return { sms: daysOf("sms"), email: daysOf("email"), letter: daysOf("letter") };
  };
  const show = async (c: Context<ConsoleEnv>, shown: Shown = {}) => {
    const [service, days] = await Promise.all([getService(c), daysKept(c.var.service.id)]);
    return await settingsPage(c, service, days, shown);
  };

  pages.get(at, (c) => show(c));

  pages.post(at, limitForm, async (c) => {
    const form = await readForm(c, General, { lists: ["prefix_sms"] });
    const shown = { typed: { general: form.typed } };
    if (!form.ok) return show(c, { ...shown, faults: form.faults });
    const { name, sender_name: emailSenderName, contact_link: contactLink, prefix_sms: prefix } = form.value;
    for (const [field, text] of [
      ["name", name],
      ["sender_name", emailSenderName],
    ] as const) {
      const fault = text === null ? null : serviceNameFault(text, deps.emailDomain);
      if (fault !== null) return show(c, { ...shown, faults: { [field]: fault } });
    }
    const settings = { name, emailSenderName, contactLink, prefixSms: prefix.length > 0 };
    const was = await getService(c);
    if (await changeSettings(c, deps, { action: "service.settings", was, change: { settings } })) {
      return redirectWith(c, path(c), "Saved the settings");
    }
    const faults = { name: "Another service has that name, or one that reads the same" };
    return show(c, { ...shown, faults });
  });

  pages.post(`${at}/allowed`, limitForm, async (c) => {
    const form = await readForm(c, Allowed, { lists: ["permissions"] });
    if (!form.ok) return show(c, { typed: { allowed: form.typed }, faults: form.faults });
    const { mode, emails, texts, letters, international, rate, permissions } = form.value;
    const settings = {
      restricted: mode === "trial",
      emailMessageLimit: emails,
      smsMessageLimit: texts,
      letterMessageLimit: letters,
      internationalSmsMessageLimit: international,
      rateLimit: rate,
    };
    const was = await getService(c);
    await changeSettings(c, deps, { action: "service.allowed", was, change: { settings, permissions } });
    return redirectWith(c, path(c), "Saved what the service may send");
  });

  pages.post(`${at}/standing`, limitForm, async (c) => {
    const form = await readForm(c, Standing);
    if (!form.ok) return show(c, { faults: form.faults });
    const active = form.value.state === "active";
    if (!active && form.value.confirm !== "yes") {
      return show(c, { faults: { confirm: "Tick that the service is to stop sending" } });
    }
    const was = await getService(c);
    await changeSettings(c, deps, { action: "service.standing", was, change: { settings: { active } } });
    return redirectWith(c, path(c), active ? "The service may send again" : "The service is suspended");
  });

  pages.post(`${at}/retention`, limitForm, async (c) => {
    const form = await readForm(c, Retentions);
    if (!form.ok) return show(c, { typed: { retention: form.typed }, faults: form.faults });
    const serviceId = c.var.service.id;
    const before = await daysKept(serviceId);
    const deed = { action: "service.retention", subject: `service ${serviceId}`, before };
    return await audited(c, deps, deed, async () => {
      for (const type of channels) {
        const days = form.value[type];
        if (days === before[type]) continue;
        const retention = { id: deps.newId(), serviceId, type, days, at: deps.now() };
        await deps.ask((sql) => setRetention(sql, retention));
      }
      return { value: redirectWith(c, path(c), "Saved how long messages are kept"), after: form.value };
    });
  });
  return pages;
}
