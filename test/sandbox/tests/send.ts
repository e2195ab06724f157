import { createTransport } from "nodemailer";
import type { Sandbox } from "../sandbox.ts";

/** Requests as the worker's provider clients make them. */

export function sendMmg({ url }: Sandbox, text: Record<string, unknown> = {}, init: RequestInit = {}) {
  const body = {
    reqType: "BULK",
    MSISDN: "447700900123",
    msg: "Hello",
    sender: "GOVUK",
    cid: crypto.randomUUID(),
    multi: true,
    ...text,
  };
  return fetch(`${url}/mmg`, {
    method: "POST",
    headers: { authorization: "Basic key", "content-type": "application/json" },
    body: JSON.stringify(body),
    ...init,
  });
}

export function sendFiretext({ url }: Sandbox, text: Record<string, string> = {}, init: RequestInit = {}) {
  const body = {
    apiKey: "key",
    from: "GOVUK",
    to: "447700900123",
    message: "Hello",
    reference: "ref",
    ...text,
  };
  return fetch(`${url}/firetext`, { method: "POST", body: new URLSearchParams(body), ...init });
}

export function sendSes({ url }: Sandbox, email: Record<string, unknown> = {}, init: RequestInit = {}) {
  const body = {
    FromEmailAddress: '"Fishing" <fishing@notify.example>',
    Destination: { ToAddresses: ["anna@example.com"] },
    Content: { Simple: { Subject: { Data: "Hello" }, Body: { Text: { Data: "Hello" } } } },
    ...email,
  };
  return fetch(`${url}/ses/v2/email/outbound-emails`, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=key", "content-type": "application/json" },
    body: JSON.stringify(body),
    ...init,
  });
}

export function sendSns({ url }: Sandbox, text: Record<string, string> = {}, init: RequestInit = {}) {
  const body = { Action: "Publish", PhoneNumber: "+447700900123", Message: "Hello", ...text };
  return fetch(`${url}/sns/`, {
    method: "POST",
    headers: { authorization: "AWS4-HMAC-SHA256 Credential=key" },
    body: new URLSearchParams(body),
    ...init,
  });
}

export function readLogs({ url }: Sandbox, asked: Record<string, unknown> = {}, init: RequestInit = {}) {
  const body = { logGroupName: "sns/eu-west-1/000000000000/DirectPublishToPhoneNumber", ...asked };
  return fetch(`${url}/logs/`, {
    method: "POST",
    headers: {
      authorization: "AWS4-HMAC-SHA256 Credential=key",
      "x-amz-target": "Logs_20140328.FilterLogEvents",
    },
    body: JSON.stringify(body),
    ...init,
  });
}

export function sendSmtp({ smtpPort }: Sandbox, email: Record<string, unknown> = {}) {
  const transport = createTransport({ host: "127.0.0.1", port: smtpPort });
  return transport
    .sendMail({
      from: "Anna <anna@example.com>",
      to: "bo@example.com",
      subject: "Hello",
      text: "Hello",
      ...email,
    })
    .finally(() => transport.close());
}

export function sendCallback({ url }: Sandbox, path = "/callback", init: RequestInit = {}) {
  return fetch(url + path, {
    method: "POST",
    headers: { authorization: "Bearer token", "content-type": "application/json" },
    body: '{"id":"1"}',
    ...init,
  });
}

const networksTold = ["ee", "three"];

/** An alert as two networks are told of it; answers the identifier that each knows it by. */
export async function sendAlert(sandbox: Sandbox, facts: Record<string, unknown> = {}) {
  return await tellNetworks(sandbox, () => ({
    message_type: "alert",
    headline: "GOV.UK Notify Broadcast",
    description: "Flooding",
    areas: [{ polygon: [53.1, 53.1, 53.2, 53.1].map((latitude, n) => [latitude, (n % 3) / 10]) }],
    expires: "2026-02-03T08:00:00-00:00",
    language: "en-GB",
    channel: "severe",
    ...facts,
  }));
}

/** The cancel of what the networks know by these identifiers. */
export async function sendCancel(sandbox: Sandbox, alert: Record<string, string>) {
  return await tellNetworks(sandbox, (network) => ({
    message_type: "cancel",
    references: [{ message_id: alert[network], sent: broadcastSentAt }],
  }));
}

const broadcastSentAt = "2026-02-03T04:00:00-00:00";

async function tellNetworks({ url }: Sandbox, payloadOf: (network: string) => object) {
  const identifiers: Record<string, string> = {};
  for (const network of networksTold) {
    const identifier = crypto.randomUUID();
    identifiers[network] = identifier;
    const body = { message_format: "cap", identifier, sent: broadcastSentAt, ...payloadOf(network) };
    await fetch(`${url}/cbc/1/functions/${network}-1-proxy`, {
      method: "POST",
      headers: { authorization: "Bearer secret", "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  }
  return identifiers;
}

/** The code a failed request failed with, or the answer it got against expectation. */
export function failureOf(request: Promise<Response>): Promise<string> {
  return request.then(
    (response) => `answered ${response.status}`,
    (error: unknown) =>
      error instanceof Error && "code" in error && typeof error.code === "string"
        ? error.code
        : String(error),
  );
}
