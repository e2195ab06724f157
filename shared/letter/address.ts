/** What the encryption of the address read from a precompiled letter is bound to: `letters.address`, its lines. */
export function letterAddressOf(notificationId: string): string {
  return `letters.address:${notificationId}`;
}
