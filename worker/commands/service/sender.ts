/** Why a text may not come from this sender, or null (`spec/recipients.md` 1.7). */
export function senderFault(sender: string): string | null {
  if (sender.length < 3 || sender.length > 11) return "must be 3 to 11 characters long";
  if (!/^[A-Za-z0-9 &._-]+$/.test(sender)) return "must be letters, digits, spaces and & . - _ only";
  if (sender.startsWith("00")) return "must not start with 00";
  if (/^(info|verify|alert)$/i.test(sender)) return "must not be Alert, Info or Verify";
  if (/^[0-9.]+$/.test(sender) && !/^(07\d{9}|[678]\d{4})$/.test(sender)) {
    return "must be a valid mobile number or short code if it is a number";
  }
  const lower = sender.toLowerCase();
  if (["nhs", "no", "reply"].every((part) => lower.includes(part)) && sender !== "NHSNoReply") {
    return "must be NHSNoReply to match other NHS services";
  }
  return null;
}
