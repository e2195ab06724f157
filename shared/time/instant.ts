const iso = /^(\d{4}-\d\d-\d\d)(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d))?$/;

/** A day (UTC) or an instant with its zone, as ISO 8601 writes them; null for what is neither or never was. */
export function parseInstant(text: string): Date | null {
  const day = iso.exec(text)?.[1];
  if (day === undefined) return null;
  const at = new Date(text);
  const midnight = new Date(day);
  // Date takes the 31st of February for the 3rd of March.
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
  return isDay && !Number.isNaN(at.getTime()) ? at : null;
}
