import * as v from "valibot";
import { answerWith, type Desk, dropped, pause, readJson, unanswered } from "./exchange.ts";
import type { Fault } from "./faults.ts";

/** What somebody was told, as it came. */
export interface ToldAlert {
  sink: "webhook" | "zendesk";
  /** The chat's line, or the ticket's subject. */
  text: string;
  body: unknown;
  headers: Record<string, string>;
}

export interface Alerts {
  /** Oldest first. */
  told(): ToldAlert[];
  routes: Record<string, Record<string, (request: Request) => Response | Promise<Response>>>;
}

const Line = v.strictObject({ text: v.pipe(v.string(), v.minLength(1)) });
const Ticket = v.object({
  ticket: v.object({
    subject: v.pipe(v.string(), v.minLength(1)),
    comment: v.object({ body: v.pipe(v.string(), v.minLength(1)) }),
    type: v.picklist(["problem", "incident", "question", "task"]),
    priority: v.picklist(["urgent", "high", "normal", "low"]),
  }),
});

/**
 * POST /alerts, as Slack's incoming webhooks; POST /zendesk/api/v2/tickets.json, which makes one ticket for an
 * `Idempotency-Key`; GET /alerts lists what came.
 */
export function createAlerts(desk: Desk): Alerts {
  const told: ToldAlert[] = [];
  const tickets = new Map<string, number>();

  return {
    told: () => [...told],
    routes: {
      "/alerts": {
        GET: () => Response.json({ alerts: told }),
        async POST(request) {
          const body = await readJson(request);
          const line = v.safeParse(Line, body);
          if (!line.success) return new Response("invalid_payload", { status: 400 });
          const take = () =>
            told.push({ sink: "webhook", text: line.output.text, body, headers: headersOf(request) });
          return unlessFault(desk, desk.faults.next("alerts"), take, () => new Response("ok"));
        },
      },
      "/zendesk/api/v2/tickets.json": {
        async POST(request) {
          const who = atob(/^Basic (\S+)$/.exec(request.headers.get("authorization") ?? "")?.[1] ?? "");
          if (!/^[^/\s]+@[^/\s]+\/token:.+$/.test(who)) {
            return Response.json({ error: "Couldn't authenticate you" }, { status: 401 });
          }
          const body = await readJson(request);
          const parsed = v.safeParse(Ticket, body);
          if (!parsed.success) return Response.json({ error: "RecordInvalid" }, { status: 422 });
          const key = request.headers.get("idempotency-key") ?? crypto.randomUUID();
          const take = () => {
            if (tickets.has(key)) return;
            tickets.set(key, tickets.size + 1);
            const text = parsed.output.ticket.subject;
            told.push({ sink: "zendesk", text, body, headers: headersOf(request) });
          };
          return unlessFault(desk, desk.faults.next("zendesk"), take, () =>
            Response.json({ ticket: { id: tickets.get(key) ?? 0 } }, { status: 201 }),
          );
        },
      },
    },
  };
}

async function unlessFault(
  { signal }: Desk,
  fault: Fault | null,
  take: () => void,
  usual: () => Response,
): Promise<Response> {
  const refuses = fault?.hang || fault?.reset || (fault?.status ?? 200) >= 400;
  if (fault?.accept_without_answer || !refuses) take();
  if (fault?.delay_ms) await pause(fault.delay_ms, signal);
  if (fault?.hang) return unanswered();
  if (fault?.reset || fault?.accept_without_answer) return dropped();
  return fault ? answerWith(fault, usual()) : usual();
}

function headersOf(request: Request): Record<string, string> {
  return Object.fromEntries(request.headers);
}
