import { fromBase64Url, toBase64Url } from "../base64.ts";

/** What a file sent by email is found by, and what opens it. */
export interface DocumentLink {
  serviceId: string;
  id: string;
  /** 32 bytes. They stand nowhere but in the link. */
  key: Uint8Array<ArrayBuffer>;
}

/** `host` ends with a slash. */
export function documentUrl(host: string, { serviceId, id, key }: DocumentLink): string {
  return `${host}${documentPath(serviceId, id)}?key=${toBase64Url(key)}`;
}

/** Without a slash before it. */
export function documentPath(serviceId: string, id: string): string {
  return `d/${shortUuid(serviceId)}/${shortUuid(id)}`;
}

/** What an email to a simulated recipient shows in place of a link. */
export function testDocumentUrl(host: string, serviceId: string): string {
  return `${host}services/${serviceId}/documents/test-document`;
}

/** Null for what is no key. */
export function parseDocumentKey(text: string): Uint8Array<ArrayBuffer> | null {
  const key = text.length === 43 ? fromBase64Url(text) : null;
  return key?.length === 32 ? key : null;
}

/** A UUID's 16 bytes in base64url. */
export function shortUuid(uuid: string): string {
  const hex = uuid.replaceAll("-", "");
  return toBase64Url(
    Uint8Array.from({ length: 16 }, (_, at) => Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16)),
  );
}

/** Null for what `shortUuid` does not make. */
export function longUuid(short: string): string | null {
  const bytes = short.length === 22 ? fromBase64Url(short) : null;
  if (bytes === null) return null;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const uuid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  return shortUuid(uuid) === short ? uuid : null;
}
