/**
 * The seconds a `Retry-After` asks for, given as seconds or as a date (RFC 9110, 10.2.3); null where it says nothing
 * that can be understood. A date that has passed asks for none.
 */
export function retryAfterSeconds(header: string | null, now: Date): number | null {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  // Dates of HTTP have letters; what else Date.parse takes, nobody means.
  // Its oldest kind does not say that it is of GMT, and would be taken for local time.
  const at = /^[A-Z][a-z]+,? /.test(text) ? Date.parse(text.replace(/( GMT)?$/, " GMT")) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, Math.ceil((at - now.getTime()) / 1000));
}
