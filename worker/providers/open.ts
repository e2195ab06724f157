import type { Config } from "../../shared/config.ts";
import type { EmailProvider, SmsProvider } from "../../shared/provider/provider.ts";
import { firetext } from "./firetext.ts";
import { mmg } from "./mmg.ts";
import { ses } from "./ses.ts";
import { smtp } from "./smtp.ts";

export interface Providers {
  sms: ReadonlyMap<string, SmsProvider>;
  email: ReadonlyMap<string, EmailProvider>;
  close(): void;
}

/** The providers this copy has credentials for; which of them carries a message is drawn for each. */
export function openProviders({
  mmg: mmgConfig,
  firetext: firetextConfig,
  ses: sesConfig,
  smtp: smtpConfig,
  email,
}: Config): Providers {
  const texts: SmsProvider[] = [];
  if (mmgConfig.apiKey !== null) texts.push(mmg({ ...mmgConfig, apiKey: mmgConfig.apiKey }));
  if (firetextConfig.apiKey !== null)
    texts.push(firetext({ ...firetextConfig, apiKey: firetextConfig.apiKey }));

  const emails: EmailProvider[] = [];
  const { accessKeyId, secretAccessKey } = sesConfig;
  if (accessKeyId !== null && secretAccessKey !== null) {
    emails.push(ses({ ...sesConfig, accessKeyId, secretAccessKey, timeoutMs: email.timeoutMs }));
  }
  const relay = smtpConfig.url === null ? null : smtp({ url: smtpConfig.url, timeoutMs: email.timeoutMs });
  if (relay) emails.push(relay);

  return { sms: byName(texts), email: byName(emails), close: () => relay?.close() };
}

function byName<P extends { name: string }>(providers: readonly P[]): ReadonlyMap<string, P> {
  return new Map(providers.map((provider) => [provider.name, provider]));
}
