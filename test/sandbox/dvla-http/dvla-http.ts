import { setTimeout as sleep } from "node:timers/promises";
import * as v from "valibot";
import { createPdfReader } from "../dvla/pdf.ts";
import { answerWith, type Desk, dropped, pause, readJson, unanswered } from "../exchange.ts";
import { nothing } from "../message.ts";
import { type Accounts, createAccounts } from "./accounts.ts";
import { type Fate, PrintJob, pdfOf, reportOf } from "./print-jobs.ts";

/** DVLA by HTTP (letters.md 9): what it took, and what it says of it. */
export interface DvlaHttp {
  accounts: Accounts;
  /** What it took, oldest first. */
  jobs(): PrintJob[];
  /** Requests to print, those it did not take included. */
  requests(): number;
  /** Reports of a job until that is answered with 204, so many times; answers with each answer's status. */
  report(jobId: string, fate?: Fate, times?: number): Promise<number[]>;
  /** Whether it reports by itself of what it took; it does. Letters to somebody named `Reject …` are rejected. */
  reportsByItself(does: boolean): void;
  routes: Record<string, Record<string, (request: Request) => Response | Promise<Response>>>;
}

const attempts = 20;
const retryMs = 100;

export function createDvlaHttp(desk: Desk, { delayMs }: { delayMs: number }): DvlaHttp {
  const { faults, messages, signal } = desk;
  const accounts = createAccounts();
  const reader = createPdfReader();
  const jobs = new Map<string, { job: PrintJob; sheets: number }>();
  let requests = 0;
  let reports = true;

  /** The statuses of all attempts; the last is 204 unless it was given up. */
  async function post(target: string, body: string): Promise<number[]> {
    const statuses: number[] = [];
    for (let attempt = 1; attempt <= attempts && !signal.aborted; attempt++) {
      const status = await fetch(target, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
      }).then(
        ({ status }) => status,
        () => 0,
      );
      statuses.push(status);
      // What is wrong with it will be wrong again.
      if (status === 204 || (status >= 400 && status < 500)) break;
      await pause(retryMs, signal);
    }
    return statuses;
  }

  async function report(jobId: string, fate: Fate = {}, times = 1): Promise<number[]> {
    const taken = jobs.get(jobId);
    if (!taken) throw new Error(`The sandbox has no print job ${jobId}`);
    const { job, sheets } = taken;
    const body = JSON.stringify(reportOf(job, sheets, fate));
    const statuses: number[] = [];
    for (let time = 0; time < times; time++) statuses.push(...(await post(job.callbackParams.target, body)));
    return statuses;
  }

  async function take(job: PrintJob, pdf: Uint8Array): Promise<void> {
    const { pages, text } = await reader.read(pdf);
    jobs.set(job.id, { job, sheets: Math.ceil(pages / 2) });
    const { recipientName, businessIdentifier: reference, address } = job.standardParams;
    const lines = Object.values(Object.values(address)[0] ?? {});
    messages.add({
      ...nothing,
      channel: "letter",
      provider: "dvla",
      to: [recipientName, ...lines].join(", "),
      body: text,
      reference,
      attachments: [
        {
          filename: `${reference}.pdf`,
          contentType: "application/pdf",
          contentBase64: Buffer.from(pdf).toString("base64"),
          pages,
        },
      ],
    });
    if (!reports) return;
    const fault = faults.next("dvla-status");
    if (fault?.hang || fault?.reset || fault?.status) return;
    const later = delayMs + (fault?.receipt_delay_ms ?? fault?.delay_ms ?? 0);
    const fate = { rejected: /^reject\b/i.test(recipientName) };
    const times = 1 + (fault?.duplicate_receipts ?? 0);
    // Not before the answer has left.
    void sleep(later, undefined, { signal }).then(
      () => report(job.id, fate, times),
      () => {},
    );
  }

  async function print(request: Request): Promise<Response> {
    requests++;
    const body = await readJson(request);
    const fault = faults.next("dvla-http");
    if (fault?.delay_ms) await pause(fault.delay_ms, signal);
    if (fault?.hang) return unanswered();
    if (fault?.reset) return dropped();
    const { status = 200 } = fault ?? {};
    if (fault && status >= 400) return answerWith(fault, refused(status, "PP-SANDBOX", "A sandbox fault"));
    const refusal = accounts.refusal(request);
    if (refusal) return refusal;
    const job = v.safeParse(PrintJob, body);
    if (!job.success) {
      return refused(400, "PP-VALIDATION", v.getDotPath(job.issues[0]) ?? "the body");
    }
    const { id } = job.output;
    if (jobs.has(id)) return refused(409, "PP-CONFLICT", `The supplied identifier ${id} conflicts`);
    const pdf = pdfOf(job.output);
    if (!pdf) return refused(400, "PP-VALIDATION", "pdfContent");
    await take(job.output, pdf);
    if (fault?.accept_without_answer) return dropped();
    const usual = Response.json({ id }, { status: 202 });
    return fault ? answerWith({ status: 202, ...fault }, usual) : usual;
  }

  /** Faults of `dvla-access` come before, but for `accept_without_answer`: then its answer is lost. */
  const door = (open: (request: Request) => Response | Promise<Response>) => ({
    async POST(request: Request): Promise<Response> {
      const fault = faults.next("dvla-access");
      if (fault?.delay_ms) await pause(fault.delay_ms, signal);
      if (fault?.hang) return unanswered();
      if (fault?.reset) return dropped();
      if (fault?.status) return answerWith(fault, Response.json([{ status: String(fault.status) }]));
      const answer = await open(request);
      return fault?.accept_without_answer ? dropped() : answer;
    },
  });

  return {
    accounts,
    jobs: () => [...jobs.values()].map(({ job }) => job),
    requests: () => requests,
    report,
    reportsByItself(does) {
      reports = does;
    },
    routes: {
      "/dvla-http/thirdparty-access/v1/authenticate": door(accounts.authenticate),
      "/dvla-http/thirdparty-access/v1/password": door(accounts.changePassword),
      "/dvla-http/thirdparty-access/v1/new-api-key": door(accounts.newApiKey),
      "/dvla-http/print-request/v1/print/jobs": { POST: print },
    },
  };
}

function refused(status: number, code: string, detail: string): Response {
  return Response.json({ errors: [{ status: String(status), code, title: "Refused", detail }] }, { status });
}
