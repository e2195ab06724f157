import * as v from "valibot";
import { answerWith, type Desk, dropped, pause, readJson, unanswered } from "./exchange.ts";
import type { Outcome } from "./outcome.ts";

/** What SNS notes of texts in CloudWatch Logs, in memory. */
export interface SnsLogs {
  add(text: { reference: string; to: string; outcome: Outcome }): void;
  /** Lines of the failure log or the other, from `from` on, after the first `skip`. */
  list(failures: boolean, from: number, skip: number, most: number): Line[];
}

interface Line {
  eventId: string;
  timestamp: number;
  ingestionTime: number;
  logStreamName: string;
  message: string;
}

const responses: Record<Outcome, string> = {
  delivered: "Message has been accepted by phone carrier",
  "temporary-failure": "Phone is currently unreachable/unavailable",
  "permanent-failure": "Invalid phone number",
};

/** Keeps the newest `limit` lines of each log. */
export function createSnsLogs(limit: number): SnsLogs {
  const kept = { successes: [] as Line[], failures: [] as Line[] };
  let lastId = 0;

  return {
    add({ reference, to, outcome }) {
      const at = Date.now();
      const line = {
        notification: {
          messageId: reference,
          timestamp: new Date(at).toISOString().replace("T", " ").slice(0, -1),
        },
        delivery: {
          phoneCarrier: "Sandbox",
          mnc: 0,
          mcc: 234,
          numberOfMessageParts: 1,
          destination: `+${to}`,
          priceInUSD: 0.04,
          smsType: "Transactional",
          providerResponse: responses[outcome],
          dwellTimeMs: 5,
          dwellTimeMsUntilDeviceAck: 10,
        },
        status: outcome === "delivered" ? "SUCCESS" : "FAILURE",
      };
      const log = outcome === "delivered" ? kept.successes : kept.failures;
      log.push({
        eventId: String(++lastId).padStart(56, "0"),
        timestamp: at,
        ingestionTime: at,
        logStreamName: "sandbox",
        message: JSON.stringify(line),
      });
      if (log.length > limit) log.shift();
    },
    list: (failures, from, skip, most) =>
      (failures ? kept.failures : kept.successes)
        .filter(({ timestamp }) => timestamp >= from)
        .slice(skip, skip + most),
  };
}

const FilterLogEvents = v.object({
  logGroupName: v.pipe(
    v.string(),
    v.regex(/^sns\/[a-z0-9-]+\/\d{12}\/DirectPublishToPhoneNumber(?:\/Failure)?$/),
  ),
  startTime: v.optional(v.number(), 0),
  limit: v.optional(v.pipe(v.number(), v.maxValue(10_000)), 10_000),
  nextToken: v.optional(v.pipe(v.string(), v.digits(), v.transform(Number)), "0"),
});

/** POST /logs: CloudWatch Logs' FilterLogEvents of what became of texts. Faults are those of `sns-logs`. */
export function snsLogRoute({ faults, signal }: Desk, logs: SnsLogs) {
  return async (request: Request): Promise<Response> => {
    const asked = v.safeParse(FilterLogEvents, await readJson(request));
    const target = request.headers.get("x-amz-target");
    if (!request.headers.get("authorization")) return refused(400, "MissingAuthenticationTokenException");
    if (target !== "Logs_20140328.FilterLogEvents" || !asked.success) {
      return refused(400, "InvalidParameterException");
    }
    const fault = faults.next("sns-logs");
    if (fault?.delay_ms) await pause(fault.delay_ms, signal);
    if (fault?.hang) return unanswered();
    if (fault?.reset || fault?.accept_without_answer) return dropped();
    const { logGroupName, startTime, limit, nextToken } = asked.output;
    const failures = logGroupName.endsWith("/Failure");
    const events = logs.list(failures, startTime, nextToken, limit);
    const usual = amzJson(200, {
      events,
      searchedLogStreams: [],
      ...(events.length === limit ? { nextToken: String(nextToken + limit) } : {}),
    });
    if (!fault) return usual;
    const { status = 200 } = fault;
    return answerWith(fault, status < 400 ? usual : refused(status, "ServiceUnavailableException"));
  };
}

function refused(status: number, type: string) {
  return amzJson(status, { __type: type, message: "Refused by the sandbox" });
}

function amzJson(status: number, body: object) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
  });
}
