export type SnsFailure = "permanent-failure" | "temporary-failure";

const permanent = [
  "Blocked as spam by phone carrier",
  "Destination is on a blocked list",
  "Invalid phone number",
  "Message body is invalid",
  "Phone carrier has blocked this message",
  "Phone has blocked SMS",
  "Phone is on a blocked list",
  "Phone number is opted out",
  "This delivery would exceed max price",
];

const temporary = [
  "Phone carrier is currently unreachable/unavailable",
  "Phone is currently unreachable/unavailable",
  "Unknown error attempting to reach phone",
];

const failures = new Map<string, { status: SnsFailure; reason: string }>([
  ...permanent.map((reason) => [plain(reason), { status: "permanent-failure" as const, reason }] as const),
  ...temporary.map((reason) => [plain(reason), { status: "temporary-failure" as const, reason }] as const),
]);

/**
 * What a failure's `providerResponse` makes of it; undefined for words that AWS does not list:
 * https://docs.aws.amazon.com/sns/latest/dg/sms_stats_usage.html
 */
export function snsFailure(providerResponse: string): { status: SnsFailure; reason: string } | undefined {
  return failures.get(plain(providerResponse));
}

function plain(words: string): string {
  return words.trim().replace(/\.$/, "").toLowerCase();
}
