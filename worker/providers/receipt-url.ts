export interface ReceiptAddress {
  /** Where receipts are to be posted; null where the provider's own setting says. */
  receiptUrl: string | null;
  /** User and password to post them with. Several are taken while they are being changed; the first is given out. */
  receiptCredentials: readonly (readonly [string, string])[] | null;
}

/** The address a provider is told, credentials inside. Never to be logged. */
export function receiptUrl({ receiptUrl, receiptCredentials }: ReceiptAddress): string | null {
  const [credentials] = receiptCredentials ?? [];
  if (receiptUrl === null || credentials === undefined) return receiptUrl;
  const url = new URL(receiptUrl);
  // The setters leave `%` as it is.
  url.username = encodeURIComponent(credentials[0]);
  url.password = encodeURIComponent(credentials[1]);
  return url.href;
}
