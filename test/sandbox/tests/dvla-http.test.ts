import { describe, expect, test } from "bun:test";
import { until } from "../../support/until.ts";
import { startSandbox } from "../sandbox.ts";

const id = "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11";

/** Answers reports as told, then with 204. */
function startTarget(...statuses: number[]) {
  const bodies: { data: { jobStatus: string } }[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      bodies.push(await request.json());
      return new Response(null, { status: statuses.shift() ?? 204 });
    },
  });
  return { url: server.url.href, bodies, [Symbol.asyncDispose]: () => server.stop(true) };
}

async function signIn(url: string): Promise<string> {
  const body = JSON.stringify({ userName: "notify", password: "Sandbox-1-password" });
  const response = await fetch(`${url}/dvla-http/thirdparty-access/v1/authenticate`, {
    method: "POST",
    body,
  });
  return ((await response.json()) as Record<string, string>)["id-token"] ?? "";
}

async function print(url: string, token: string, target: string, recipientName = "Ada Archer") {
  const job = {
    id,
    standardParams: {
      jobType: "NOTIFY",
      templateReference: "NOTIFY",
      businessIdentifier: "7QK2M9ZD41XTB06H",
      recipientName,
      address: { unstructuredAddress: { line1: "1 Mill Lane", postcode: "LS1 4AP" } },
    },
    customParams: [{ key: "pdfContent", value: btoa("%PDF-1.7") }],
    callbackParams: { target, retryParams: { enabled: true, maxRetryWindow: 10_800 } },
  };
  return await fetch(`${url}/dvla-http/print-request/v1/print/jobs`, {
    method: "POST",
    headers: { Authorization: token, "X-API-Key": "sandbox-api-key-1" },
    body: JSON.stringify(job),
  });
}

describe("the sandbox's printer by HTTP", () => {
  test("repeats a report until it is answered with 204", async () => {
    await using target = startTarget(503, 200, 500);
    await using sandbox = await startSandbox({ port: 0, receipts: null });

    const answer = await print(sandbox.url, await signIn(sandbox.url), target.url);
    await until(() => target.bodies.length === 4, "the report is taken");

    expect([answer.status, await answer.json()]).toEqual([202, { id }]);
    expect(target.bodies[3]).toEqual(target.bodies[0]);
    expect(target.bodies[0]?.data).toMatchObject({ jobId: id, jobStatus: "DESPATCHED" });
  });

  test("rejects letters to some, and repeats itself where it is asked to", async () => {
    await using target = startTarget();
    await using sandbox = await startSandbox({ port: 0, receipts: null });
    sandbox.setFault({ provider: "dvla-status", duplicate_receipts: 2 });

    await print(sandbox.url, await signIn(sandbox.url), target.url, "Reject Jones");
    await until(() => target.bodies.length === 3, "three reports came");

    expect(target.bodies.map(({ data }) => data.jobStatus)).toEqual(["REJECTED", "REJECTED", "REJECTED"]);
    expect(target.bodies[0]?.data).not.toHaveProperty("despatchProperties");
  });

  test("knows a letter that it has, and who may hand one over", async () => {
    await using target = startTarget();
    await using sandbox = await startSandbox({ port: 0, receipts: null });
    const token = await signIn(sandbox.url);

    expect((await print(sandbox.url, "no-token", target.url)).status).toBe(401);
    await print(sandbox.url, token, target.url);
    expect((await print(sandbox.url, token, target.url)).status).toBe(409);
    sandbox.dvlaHttp.accounts.set({ apiKey: "another" });
    expect((await print(sandbox.url, token, target.url)).status).toBe(403);
  });
});
