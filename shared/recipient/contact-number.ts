import { type PhoneFault, parseOnce, readDigits, repairPhoneNumber } from "./phone-number.ts";

export type ContactNumberFault = PhoneFault | "unsupported-emergency-number";

const emergencyNumbers: ReadonlySet<string> = new Set(["999", "112"]);

/**
 * Why a service may not give a number to its users to ring, or null: beside what texts can be sent to, three digits
 * such as 101 will do.
 */
export function contactNumberFault(raw: string): ContactNumberFault | null {
  return faultOf(raw) === null ? null : faultOf(repairPhoneNumber(raw));
}

function faultOf(text: string): ContactNumberFault | null {
  const read = readDigits(text);
  if (read.ok) {
    const national = String(read.number.getNationalNumber());
    if (emergencyNumbers.has(national)) return "unsupported-emergency-number";
    if (national.length === 3) return null;
  }
  const parsed = parseOnce(text);
  return parsed.ok ? null : parsed.fault;
}
