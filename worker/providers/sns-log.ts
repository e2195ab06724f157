import * as v from "valibot";
import { type AwsKeys, awsEndpoint, awsErrorCode, awsSigner } from "./aws.ts";
import { call, isAccepted, jsonOf } from "./http.ts";

export interface SnsLogConfig extends AwsKeys {
  /** Null for AWS's own endpoint of the region. */
  logsUrl: string | null;
  accountId: string;
  timeoutMs: number;
}

/** The log in which SNS notes what became of texts. */
export interface SnsLog {
  /** Those that arrived and those that did not. */
  groups: readonly string[];
  /** Lines since `from`, oldest first, a thousand at a time. Throws where it cannot be read. */
  page(request: LogRequest, signal: AbortSignal): Promise<LogPage>;
}

export interface LogRequest {
  group: string;
  from: Date;
  /** Of the page before. */
  next: string | null;
}

export interface LogPage {
  lines: { id: string; at: Date; text: string }[];
  /** Null on the last; a page before it may be empty. */
  next: string | null;
}

/** The end of 9999: what is later, no timestamp in a job can say. */
const lastMs = 253_402_300_799_999;

/** Times are in milliseconds since 1970. */
const Page = v.object({
  events: v.optional(
    v.array(
      v.object({
        eventId: v.string(),
        timestamp: v.pipe(v.number(), v.minValue(0), v.maxValue(lastMs)),
        message: v.string(),
      }),
    ),
    [],
  ),
  nextToken: v.nullish(v.string(), null),
});

/** AWS gives up to 1 MiB of lines, which JSON may write with six bytes for one. */
const maxBytes = 8 * 1024 * 1024;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function snsLog(config: SnsLogConfig): SnsLog {
  const { region, accountId, logsUrl, timeoutMs } = config;
  const endpoint = `${awsEndpoint(logsUrl, `logs.${region}`)}/`;
  const sign = awsSigner("logs", config);
  const success = `sns/${region}/${accountId}/DirectPublishToPhoneNumber`;

  return {
    groups: [success, `${success}/Failure`],
    async page({ group, from, next }, signal) {
      const asked = {
        logGroupName: group,
        startTime: from.getTime(),
        limit: 1000,
        nextToken: next ?? undefined,
      };
      const request = await sign(endpoint, {
        method: "POST",
        headers: {
          "Content-Type": "application/x-amz-json-1.1",
          "X-Amz-Target": "Logs_20140328.FilterLogEvents",
        },
        body: JSON.stringify(asked),
      });
      const answer = await call(endpoint, request, timeoutMs, signal, maxBytes);
      if (answer.status === null) throw new Error(`Cannot read the log ${group}: ${answer.reason}`);
      if (!isAccepted(answer)) {
        const code = awsErrorCode(answer);
        // There is no log of failures before the first.
        if (code === "ResourceNotFoundException") return { lines: [], next: null };
        throw new Error(
          `Cannot read the log ${group}: answered ${answer.status} ${code ?? "without an error code"}`,
        );
      }
      const page = v.safeParse(Page, jsonOf(answer));
      if (!page.success) throw new Error(`Cannot read the log ${group}: not as documented`);
      const { events, nextToken } = page.output;
      return {
        lines: events.map(({ eventId, timestamp, message }) => ({
          id: eventId,
          at: new Date(timestamp),
          text: message,
        })),
        next: nextToken,
      };
    },
  };
}
