import { normaliseServiceName } from "./setup.ts";

/** An address and the name before it hold no more than this together. */
const longestAddress = 320;

/** Why a service cannot have this name, or send emails under it, or null (`spec/admin-api.md` 2). */
export function serviceNameFault(name: string, emailDomain: string): string | null {
  if ((name.match(/[\p{L}\p{N}]/gu)?.length ?? 0) < 2) {
    return "Service name must include at least 2 letters or numbers";
  }
  const localPart = normaliseServiceName(name);
  if (localPart.length > 255 || `"${name}" <${localPart}@${emailDomain}>`.length > longestAddress) {
    return `Service name and its email address cannot be longer than ${longestAddress} characters together`;
  }
  return null;
}
