import type { Context } from "hono";
import { countStatuses, type StatusCount } from "../../../shared/statistics/counts.ts";
import { londonDate } from "../../../shared/time/london.ts";
import { answerJson } from "../../answer.ts";
import type { UsageDeps } from "../usage/deps.ts";
import { rangeOrToday } from "./requests.ts";

const types = ["sms", "email", "letter"] as const;
const failures = [
  "technical-failure",
  "permanent-failure",
  "temporary-failure",
  "virus-scan-failed",
] as const;

/** GET /platform-stats: what became of all services' messages, of today unless dates are given. */
export function showPlatformStats({ ask, now }: UsageDeps) {
  return async (c: Context): Promise<Response> => {
    const today = londonDate(now());
    const range = rangeOrToday(c, today);
    const counts = await ask((sql) => countStatuses(sql, { serviceId: null, ...range, today }));
    return answerJson(
      200,
      Object.fromEntries(types.map((type) => [type, view(counts.filter((row) => row.type === type))])),
    );
  };
}

function view(counts: readonly StatusCount[]) {
  const sum = (counted: (row: StatusCount) => boolean) =>
    counts.filter(counted).reduce((total, { count }) => total + count, 0);
  return {
    total: sum(({ isTest }) => !isTest),
    "test-key": sum(({ isTest }) => isTest),
    failures: Object.fromEntries(
      failures.map((failure) => [failure, sum(({ isTest, status }) => !isTest && status === failure)]),
    ),
  };
}
