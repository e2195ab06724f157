/** A service and everything the API must know of it to answer one request. */
export interface Service {
  id: string;
  name: string;
  active: boolean;
  /** In trial mode: it may send only to its own people. */
  restricted: boolean;
  permissions: ReadonlySet<string>;
  /** Requests a minute, for each key type. */
  rateLimit: number;
  /** Messages a UTC day. */
  dailyLimits: { sms: number; email: number; letter: number; internationalSms: number };
  prefixSms: boolean;
  emailSenderLocalPart: string;
  /** Where the recipients of its files turn to; null: it cannot send any. */
  contactLink: string | null;
  /** What stands before the address in an email's From. */
  emailSenderName: string;
  /** Newest first; revoked keys stay for a week, so that "revoked" can be told from "unknown". */
  apiKeys: readonly ApiKey[];
  smsSenders: readonly Sender[];
  emailReplyTos: readonly Sender[];
  /** Team members' and guests' phone numbers and email addresses, normalised. */
  allowedRecipients: ReadonlySet<string>;
}

export interface ApiKey {
  id: string;
  type: KeyType;
  /** The 36 ASCII characters that sign tokens. */
  secret: string;
  revokedAt: Date | null;
}

export type KeyType = "normal" | "team" | "test";

/** A name or number texts come from, or an address emails are answered to. Archived ones are not listed. */
export interface Sender {
  id: string;
  value: string;
  isDefault: boolean;
}
