import type { Handler } from "hono";
import { readStatusReport } from "../../shared/dvla/status-report.ts";
import { parseJson } from "../../shared/receipt/parse-json.ts";
import type { ReceiptDeps } from "./deps.ts";

/**
 * POST /notifications/letter/status: what became of a letter that DVLA got by HTTP (`spec/letters.md` 9.5). Answered
 * once the database has it.
 */
export function postLetterStatus({
  letterStatus: { readStatusToken, recordStatus },
  log,
  now,
}: Pick<ReceiptDeps, "letterStatus" | "log" | "now">): Handler {
  return async (c) => {
    const notificationId = await readStatusToken(c.req.query("token") ?? "");
    if (notificationId === null) {
      log.warn({ path: c.req.path }, "Letter status refused: no token of ours");
      return c.json({ result: "error", message: "A valid token is required" }, 403);
    }
    const read = readStatusReport(parseJson(await c.req.text()));
    if (!read.ok) {
      log.error({ notificationId, faults: read.faults }, "Letter status refused: not as it must be");
      return c.json({ result: "error", message: `Cannot read: ${read.faults.join(", ")}` }, 400);
    }
    const { report } = read;
    if (report.jobId !== notificationId) {
      log.error({ notificationId, jobId: report.jobId }, "Letter status refused: another letter's token");
      return c.json({ result: "error", message: "The token is of another letter" }, 400);
    }
    const recorded = await recordStatus(report, now());
    if (recorded.outcome === "ignored") {
      log.info({ notificationId, status: recorded.status, reported: report.word }, "Letter status repeated");
      return c.body(null, 204);
    }
    const sheets = report.despatch?.sheets;
    if (report.despatch === null) log.error({ notificationId }, "Printer rejected a letter");
    else if (sheets !== recorded.ourSheets) {
      log.error({ notificationId, ourSheets: recorded.ourSheets, sheets }, "Printer counted other sheets");
    }
    return c.body(null, 204);
  };
}
