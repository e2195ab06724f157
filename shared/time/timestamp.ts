/** An instant as Notify writes it: UTC, six fractional digits, `Z`. */
export function toTimestamp(at: Date): string {
  // A Date has no microseconds.
  return `${at.toISOString().slice(0, -1)}000Z`;
}
