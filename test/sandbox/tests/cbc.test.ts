import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { startSandbox } from "../sandbox.ts";

const sandbox = await startSandbox({ port: 0, receipts: null });

beforeEach(() => {
  sandbox.cbc.clear();
  sandbox.clearMessages();
  sandbox.clearFaults();
});

afterAll(() => sandbox[Symbol.asyncDispose]());

const sent = "2026-02-03T04:00:00-00:00";
const square = [
  [51.12, -1.2],
  [51.12, 1.2],
  [51.74, 1.2],
  [51.12, -1.2],
];

function alert(over: Record<string, unknown> = {}) {
  return {
    message_type: "alert",
    message_format: "cap",
    identifier: crypto.randomUUID(),
    headline: "GOV.UK Notify Broadcast",
    description: "Flooding",
    areas: [{ polygon: square }],
    sent,
    expires: "2026-02-03T08:00:00-00:00",
    language: "en-GB",
    channel: "severe",
    ...over,
  };
}

function cancel(references: object[], over: Record<string, unknown> = {}) {
  const identifier = crypto.randomUUID();
  return { message_type: "cancel", message_format: "cap", identifier, sent, references, ...over };
}

function invoke(
  name: string,
  payload: object,
  headers: Record<string, string> = { authorization: "Bearer x" },
) {
  const site = name.includes("-1-") ? 1 : 2;
  return fetch(`${sandbox.url}/cbc/${site}/functions/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(payload),
  });
}

describe("a network's proxy", () => {
  test("takes an alert, and shows it as the network gets it", async () => {
    const payload = alert();

    const answer = await invoke("ee-1-proxy", payload);

    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: "ack" });
    const [call] = sandbox.cbc.list("ee");
    expect(call).toMatchObject({
      function: "ee-1-proxy",
      site: 1,
      accepted: true,
      answered: true,
      faults: [],
    });
    expect(call?.xml).toContain(`<identifier>${payload.identifier}</identifier>`);
    expect(sandbox.messages("broadcast")).toMatchObject([
      { provider: "ee", subject: "alert", body: "Flooding", to: "ee", reference: payload.identifier },
    ]);
  });

  test("speaks IBAG for Vodafone alone", async () => {
    const answers = await Promise.all([
      invoke("vodafone-1-proxy", alert()),
      invoke(
        "ee-1-proxy",
        alert({ message_format: "ibag", message_number: "0000007b", language: "English" }),
      ),
      invoke(
        "vodafone-2-proxy",
        alert({ message_format: "ibag", message_number: "0000007b", language: "English" }),
      ),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([422, 422, 200]);
    expect(sandbox.cbc.list("vodafone")[0]?.xml).toContain("<IBAG_message_number>0000007b<");
  });

  test.each([
    ["a key too many", alert({ references: [] })],
    ["a number where there is none", alert({ message_number: "0000007b" })],
    ["a time in another form", alert({ sent: "2026-02-03T04:00:00Z" })],
    ["another headline", alert({ headline: "Hello" })],
    ["no reference", cancel([])],
  ])("refuses for good what has %s", async (_, payload) => {
    const answer = await invoke("o2-1-proxy", payload);

    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ errorType: "CBCValidationError" });
    expect(sandbox.cbc.list()).toEqual([]);
  });

  test("asks for a secret, and knows its own functions only", async () => {
    const answers = await Promise.all([
      invoke("ee-1-proxy", alert(), {}),
      invoke("ee-3-proxy", alert()),
      fetch(`${sandbox.url}/cbc/2/functions/ee-1-proxy`, { method: "POST", body: "{}" }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([401, 404, 404]);
  });

  test("is reached by AWS Lambda's own way too, where the request is signed", async () => {
    const url = `${sandbox.url}/2015-03-31/functions/three-2-proxy/invocations`;
    const body = JSON.stringify(alert());

    const unsigned = await fetch(url, { method: "POST", body });
    const signed = await fetch(url, {
      method: "POST",
      body,
      headers: { authorization: "AWS4-HMAC-SHA256 Credential=x" },
    });

    expect([unsigned.status, signed.status]).toEqual([403, 200]);
    expect(sandbox.cbc.list("three")).toHaveLength(1);
  });

  test("keeps link tests out of what phones show", async () => {
    const payload = { message_type: "test", message_format: "cap", identifier: crypto.randomUUID() };

    await invoke("ee-2-proxy", payload);

    expect(sandbox.cbc.list("ee")).toHaveLength(1);
    expect(sandbox.messages("broadcast")).toEqual([]);
  });
});

describe("what it notices", () => {
  test("an identifier that comes twice", async () => {
    const payload = alert();

    await invoke("ee-1-proxy", payload);
    await invoke("ee-2-proxy", payload);

    expect(sandbox.cbc.list("ee").map(({ faults }) => faults)).toEqual([[], ["repeats an identifier"]]);
  });

  test("one that comes again because its answer was lost", async () => {
    const payload = alert();
    sandbox.setFault({ provider: "ee-1-proxy", accept_without_answer: true, count: 1 });

    await invoke("ee-1-proxy", payload).catch(() => {});
    await invoke("ee-2-proxy", payload);

    expect(
      sandbox.cbc.list("ee").map(({ accepted, answered, faults }) => ({ accepted, answered, faults })),
    ).toEqual([
      { accepted: true, answered: false, faults: [] },
      { accepted: true, answered: true, faults: ["repeats an identifier whose answer was lost"] },
    ]);
  });

  test("references that are right, unknown, or of another time", async () => {
    const payload = alert();
    await invoke("ee-1-proxy", payload);

    await invoke("ee-1-proxy", cancel([{ message_id: payload.identifier, sent }]));
    await invoke(
      "ee-1-proxy",
      cancel([{ message_id: payload.identifier, sent: "2026-02-03T04:00:01-00:00" }]),
    );
    await invoke("three-1-proxy", cancel([{ message_id: payload.identifier, sent }]));

    expect(sandbox.cbc.list().map(({ faults }) => faults.length)).toEqual([0, 0, 1, 1]);
  });

  test("a number that another message has", async () => {
    const vodafone = { message_format: "ibag", message_number: "00000001", language: "English" };

    await invoke("vodafone-1-proxy", alert(vodafone));
    await invoke("vodafone-1-proxy", alert(vodafone));

    expect(sandbox.cbc.list()[1]?.faults).toEqual(["repeats the number of another message"]);
  });
});

describe("its faults", () => {
  test.each([
    ["a status", { status: 503 }, 503, null],
    ["a function error", { headers: { "x-amz-function-error": "Unhandled" }, body: "{}" }, 200, "Unhandled"],
  ] as const)("%s refuses", async (_, effect, status, error) => {
    sandbox.setFault({ provider: "o2-1-proxy", count: 1, ...effect });

    const refused = await invoke("o2-1-proxy", alert());
    const next = await invoke("o2-1-proxy", alert());

    expect(refused.status).toBe(status);
    expect(refused.headers.get("x-amz-function-error")).toBe(error);
    expect(next.status).toBe(200);
    expect(sandbox.cbc.list().map(({ accepted }) => accepted)).toEqual([false, true]);
  });

  test("of one site leave the other alone", async () => {
    sandbox.setFault({ provider: "o2-1-proxy", reset: true });

    const reset = await invoke("o2-1-proxy", alert()).then(
      () => "answered",
      () => "reset",
    );
    const other = await invoke("o2-2-proxy", alert());

    expect(reset).toBe("reset");
    expect(other.status).toBe(200);
  });

  test("a hang takes nothing and answers nothing", async () => {
    sandbox.setFault({ provider: "three-1-proxy", hang: true });
    const abort = new AbortController();

    const answer = fetch(`${sandbox.url}/cbc/1/functions/three-1-proxy`, {
      method: "POST",
      headers: { authorization: "Bearer x" },
      body: JSON.stringify(alert()),
      signal: abort.signal,
    }).catch(() => "given up");
    while (sandbox.cbc.list().length === 0) await invoke("ee-1-proxy", alert());
    abort.abort();

    expect(await answer).toBe("given up");
    expect(sandbox.cbc.list("three").filter(({ accepted }) => accepted)).toEqual([]);
  });
});
