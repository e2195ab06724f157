import type { Config } from "../../shared/config.ts";
import type { EmailProvider, SmsProvider } from "../../shared/provider/provider.ts";
import { firetext } from "./firetext.ts";
import { mmg } from "./mmg.ts";
import { ses } from "./ses.ts";
import { smtp } from "./smtp.ts";
import { sns } from "./sns.ts";
import { type SnsLog, snsLog } from "./sns-log.ts";

export interface Providers {
  sms: ReadonlyMap<string, SmsProvider>;
  email: ReadonlyMap<string, EmailProvider>;
  /** Null where receipts of texts by SNS cannot be read. */
  snsLog: SnsLog | null;
  close(): void;
}

/** A search through a log takes longer than to hand over a text, and nobody waits for it. */
const searchMs = 30_000;

/** The providers this copy has credentials for; which of them carries a message is drawn for each. */
export function openProviders({
  mmg: mmgConfig,
  firetext: firetextConfig,
  sns: snsConfig,
  ses: sesConfig,
  smtp: smtpConfig,
  email,
}: Config): Providers {
  const texts: SmsProvider[] = [];
  if (mmgConfig.apiKey !== null) texts.push(mmg({ ...mmgConfig, apiKey: mmgConfig.apiKey }));
  if (firetextConfig.apiKey !== null)
    texts.push(firetext({ ...firetextConfig, apiKey: firetextConfig.apiKey }));
  const snsKeys = keysOf(snsConfig);
  if (snsKeys) texts.push(sns({ ...snsConfig, ...snsKeys }));
  const { accountId } = snsConfig;

  const emails: EmailProvider[] = [];
  const sesKeys = keysOf(sesConfig);
  if (sesKeys) emails.push(ses({ ...sesConfig, ...sesKeys, timeoutMs: email.timeoutMs }));
  const relay = smtpConfig.url === null ? null : smtp({ url: smtpConfig.url, timeoutMs: email.timeoutMs });
  if (relay) emails.push(relay);

  return {
    sms: byName(texts),
    email: byName(emails),
    snsLog:
      snsKeys && accountId !== null
        ? snsLog({ ...snsConfig, ...snsKeys, accountId, timeoutMs: searchMs })
        : null,
    close: () => relay?.close(),
  };
}

/** Null where one of the two is missing. */
function keysOf({ accessKeyId, secretAccessKey }: Config["ses" | "sns"]) {
  return accessKeyId !== null && secretAccessKey !== null ? { accessKeyId, secretAccessKey } : null;
}

function byName<P extends { name: string }>(providers: readonly P[]): ReadonlyMap<string, P> {
  return new Map(providers.map((provider) => [provider.name, provider]));
}
