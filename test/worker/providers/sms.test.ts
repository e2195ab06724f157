import { describe, expect, test } from "bun:test";
import { firetext } from "../../../worker/providers/firetext.ts";
import { mmg } from "../../../worker/providers/mmg.ts";
import { never, openProvider } from "./provider-server.ts";

const text = {
  to: "447700900123",
  body: "Service: £5 & ŵ + 100% \n“ok” 🙂",
  sender: "GOVUK",
  reference: "5a1c6a4e-3a2b-4f06-8b59-1d3f0a0c9e11",
  international: false,
};
const noReceipts = { receiptUrl: null, receiptCredentials: null };
const receipts = {
  receiptUrl: "https://receipts.example/notifications/sms/mmg",
  receiptCredentials: [
    ["us:er", "p%40ss/w@rd"],
    ["old", "old"],
  ] as const,
};
const withCredentials = "https://us%3Aer:p%2540ss%2Fw%40rd@receipts.example/notifications/sms/mmg";

describe("MMG", () => {
  const open = (url: string, config: object = {}) =>
    mmg({ url, apiKey: "a2V5:=", timeoutMs: 10_000, ...noReceipts, ...config });

  test("is asked as documented", async () => {
    await using server = openProvider(() => Response.json({ Reference: 12345678 }));

    const result = await open(`${server.url}/jsonv2a/api.php`).send(text, never);

    expect(result).toEqual({ outcome: "accepted", reference: null });
    const [request, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/jsonv2a/api.php" });
    expect(request?.headers.get("Content-Type")).toBe("application/json");
    expect(request?.headers.get("Authorization")).toBe("Basic a2V5:=");
    expect(JSON.parse(request?.body ?? "")).toEqual({
      reqType: "BULK",
      MSISDN: "447700900123",
      msg: text.body,
      sender: "GOVUK",
      cid: text.reference,
      multi: true,
    });
  });

  test("is told where receipts go, with the first credentials", async () => {
    await using server = openProvider(() => Response.json({ Reference: 1 }));
    const { receiptUrl } = receipts;

    await open(server.url, receipts).send(text, never);
    await open(server.url, { receiptUrl }).send(text, never);

    expect(server.requests.map(({ body }) => JSON.parse(body).delurl)).toEqual([withCredentials, receiptUrl]);
  });

  test("names the error it was refused with", async () => {
    const refusal = { Error: 206, Description: "Invalid MSISDN 447700900123" };
    await using server = openProvider(() => Response.json(refusal, { status: 400 }));
    expect(await open(server.url).send(text, never)).toEqual({
      outcome: "unavailable",
      reason: "MMG answered 400 with error 206",
    });
  });

  test("takes texts abroad", async () => {
    await using server = openProvider(() => Response.json({ Reference: 1 }));
    const provider = open(server.url);
    expect(provider).toMatchObject({ name: "mmg", supportsInternational: true });
    expect(await provider.send({ ...text, to: "33600000000", international: true }, never)).toMatchObject({
      outcome: "accepted",
    });
  });
});

describe("Firetext", () => {
  const open = (url: string, config: object = {}) =>
    firetext({
      url,
      apiKey: "key&1",
      internationalApiKey: null,
      timeoutMs: 10_000,
      ...noReceipts,
      ...config,
    });
  const success = { data: [], description: "SMS successfully queued", code: 0, responseData: 1 };
  const form = (body: string | undefined) => Object.fromEntries(new URLSearchParams(body));

  test("is asked as documented", async () => {
    await using server = openProvider(() => Response.json(success));

    const result = await open(`${server.url}/api/sendsms/json`).send({ ...text, to: "+447700900123" }, never);

    expect(result).toEqual({ outcome: "accepted", reference: null });
    const [request, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/api/sendsms/json" });
    expect(request?.headers.get("Content-Type")).toStartWith("application/x-www-form-urlencoded");
    expect(form(request?.body)).toEqual({
      apiKey: "key&1",
      from: "GOVUK",
      to: "447700900123",
      message: text.body,
      reference: text.reference,
    });
  });

  test("is told where receipts go, with the first credentials", async () => {
    await using server = openProvider(() => Response.json(success));
    await open(server.url, receipts).send(text, never);
    expect(form(server.requests[0]?.body)).toMatchObject({ receipt: withCredentials });
  });

  test.each([
    [{ code: 1, description: "Authentication error" }, "1"],
    [{ code: "22" }, "22"],
    [{ code: -3 }, "-3"],
  ])("refuses with a 200 and %p", async (body, code) => {
    await using server = openProvider(() => Response.json(body));
    expect(await open(server.url).send(text, never)).toEqual({
      outcome: "unavailable",
      reason: `Firetext answered 200 with code ${code}`,
    });
  });

  test.each([{ code: "0" }, { code: 0.0 }, {}, { code: null }, { code: "fine" }])(
    "accepts with a 200 and %p",
    async (body) => {
      await using server = openProvider(() => Response.json(body));
      expect(await open(server.url).send(text, never)).toEqual({ outcome: "accepted", reference: null });
    },
  );

  test("is unavailable with an error's status whatever the code", async () => {
    await using server = openProvider(() => Response.json(success, { status: 500 }));
    expect(await open(server.url).send(text, never)).toMatchObject({ reason: "Firetext answered 500" });
  });

  test("has another key for numbers abroad", async () => {
    await using server = openProvider(() => Response.json(success));
    const provider = open(server.url, { internationalApiKey: "abroad" });

    await provider.send({ ...text, international: true }, never);

    expect(provider).toMatchObject({ name: "firetext", supportsInternational: true });
    expect(form(server.requests[0]?.body)).toMatchObject({ apiKey: "abroad" });
  });

  test("takes no texts abroad without that key", async () => {
    await using server = openProvider(() => Response.json(success));
    const provider = open(server.url);

    const result = await provider.send({ ...text, international: true }, never);

    expect(provider.supportsInternational).toBe(false);
    expect(result).toEqual({ outcome: "unavailable", reason: "Firetext: no key for numbers abroad" });
    expect(server.requests).toEqual([]);
  });
});
