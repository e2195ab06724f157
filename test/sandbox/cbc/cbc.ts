import * as v from "valibot";
import { type Network, networks } from "../../../shared/broadcast/broadcast.ts";
import { capDocument } from "../../../shared/broadcast/cap-document.ts";
import { CapPayload, type CbcPayload, IbagPayload } from "../../../shared/broadcast/cbc-payload.ts";
import { ibagDocument } from "../../../shared/broadcast/ibag-document.ts";
import { answerWith, type Desk, dropped, pause, readJson, unanswered } from "../exchange.ts";
import type { Fault } from "../faults.ts";
import { nothing } from "../message.ts";
import { type CbcFunction, cbcFunctions } from "./functions.ts";
import type { CbcRecords } from "./records.ts";

const KnownFunction = v.picklist(cbcFunctions);

/**
 * The networks' cell broadcast centres behind their proxies, two sites each: `POST /cbc/{site}/functions/{function}`
 * with any bearer token, and AWS Lambda's own way to the same functions (`spec/broadcasts.md` 5.5). `GET /cbc/calls`
 * says what came. A fault of a function that answers 200 with `x-amz-function-error` refuses too.
 */
export function cbcRoutes(desk: Desk, records: CbcRecords) {
  return {
    "/cbc/:site/functions/:function": {
      async POST(request: Request & { params: { site: string; function: string } }) {
        const name = v.safeParse(KnownFunction, request.params.function);
        if (!name.success || siteOf(name.output) !== Number(request.params.site)) return unknown();
        if (!/^Bearer \S/.test(request.headers.get("authorization") ?? ""))
          return refused(401, "Unauthorized");
        return await receive(name.output, request);
      },
    },
    "/2015-03-31/functions/:function/invocations": {
      async POST(request: Request & { params: { function: string } }) {
        const name = v.safeParse(KnownFunction, request.params.function);
        if (!name.success) return unknown();
        const isSigned = request.headers.get("authorization")?.startsWith("AWS4-HMAC-SHA256 ");
        return isSigned ? await receive(name.output, request) : refused(403, "Missing Authentication Token");
      },
    },
    "/cbc/calls": {
      GET(request: Request) {
        const network = v.safeParse(v.picklist(networks), new URL(request.url).searchParams.get("network"));
        return Response.json({ calls: records.list(network.success ? network.output : undefined) });
      },
    },
  };

  async function receive(name: CbcFunction, request: Request): Promise<Response> {
    const network = networkOf(name);
    const Payload = network === "vodafone" ? IbagPayload : CapPayload;
    const given = v.safeParse(Payload, await readJson(request));
    if (!given.success) {
      const wrong = given.issues.map((issue) => `${v.getDotPath(issue) ?? "payload"}: ${issue.message}`);
      return refused(422, wrong.join("; "), "CBCValidationError");
    }
    const fault = desk.faults.next(name);
    const lost = fault?.hang || fault?.reset || fault?.accept_without_answer;
    const accepted = fault === null || (fault.accept_without_answer ?? (!lost && !refuses(fault)));

    const taken = () =>
      take(desk, records, { name, network, payload: given.output, accepted, answered: !lost });
    // A slow network has it only once it says so.
    if (!fault?.delay_ms) taken();
    else {
      await pause(fault.delay_ms, desk.signal);
      taken();
    }
    if (fault?.hang) return unanswered();
    if (lost) return dropped();
    const usual = accepted
      ? Response.json({ status: "ack" })
      : refused(fault?.status ?? 500, "Refused by a sandbox fault");
    return fault ? answerWith(fault, usual) : usual;
  }
}

interface Taken {
  name: CbcFunction;
  network: Network;
  payload: CbcPayload;
  accepted: boolean;
  answered: boolean;
}

function take(
  { messages }: Desk,
  records: CbcRecords,
  { name, network, payload, accepted, answered }: Taken,
) {
  const at = new Date();
  const xml = payload.message_format === "cap" ? capDocument(payload, at) : ibagDocument(payload, at);
  const site = siteOf(name);
  const call = records.add({
    at,
    function: name,
    network,
    site,
    payload,
    accepted,
    answered: accepted && answered,
    xml,
  });
  // Link tests come every quarter of an hour, and nobody's phone shows them.
  if (!accepted || payload.message_type === "test") return;
  messages.add({
    ...nothing,
    channel: "broadcast",
    provider: network,
    to: network,
    subject: payload.message_type,
    body: payload.message_type === "alert" ? payload.description : "",
    reference: payload.identifier,
    headers: Object.fromEntries(call.faults.map((fault, n) => [`fault-${n + 1}`, fault])),
    attachments: [
      {
        filename: `${name}.xml`,
        contentType: "application/xml",
        contentBase64: Buffer.from(xml).toString("base64"),
      },
      {
        filename: "payload.json",
        contentType: "application/json",
        contentBase64: Buffer.from(JSON.stringify(payload)).toString("base64"),
      },
    ],
  });
}

function refuses({ status = 200, headers }: Fault): boolean {
  const names = Object.keys(headers ?? {}).map((header) => header.toLowerCase());
  return status >= 300 || names.includes("x-amz-function-error");
}

function refused(status: number, errorMessage: string, errorType = "SandboxError"): Response {
  return Response.json({ errorMessage, errorType }, { status });
}

function unknown(): Response {
  return refused(404, "Function not found", "ResourceNotFoundException");
}

function networkOf(name: CbcFunction): Network {
  const found = networks.find((network) => name.startsWith(`${network}-`));
  if (!found) throw new Error(`Cannot tell whose function ${name} is`);
  return found;
}

function siteOf(name: CbcFunction): 1 | 2 {
  return name.includes("-1-") ? 1 : 2;
}
