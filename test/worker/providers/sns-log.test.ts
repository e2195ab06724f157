import { describe, expect, test } from "bun:test";
import { snsLog } from "../../../worker/providers/sns-log.ts";
import { closedUrl, never, openProvider, openRawProvider } from "./provider-server.ts";

const keys = { region: "eu-west-2", accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
const open = (logsUrl: string, timeoutMs = 10_000) =>
  snsLog({ logsUrl, accountId: "000000000000", timeoutMs, ...keys });
const from = new Date("2026-03-14T12:00:00Z");
const first = { group: "sns/eu-west-2/000000000000/DirectPublishToPhoneNumber", from, next: null };

describe("SNS's log", () => {
  test("is that of arrived texts and that of others", () => {
    expect(open("http://localhost").groups).toEqual([first.group, `${first.group}/Failure`]);
  });

  test("is read as documented", async () => {
    const at = new Date("2026-03-14T12:35:26.567Z");
    await using server = openProvider(() =>
      Response.json({
        events: [
          { eventId: "1", timestamp: at.getTime(), message: "{}", logStreamName: "a", ingestionTime: 1 },
        ],
        nextToken: "more",
        searchedLogStreams: [],
      }),
    );

    const page = await open(server.url).page(first, never);
    await open(server.url).page({ ...first, next: "more" }, never);

    expect(page).toEqual({ lines: [{ id: "1", at, text: "{}" }], next: "more" });
    const [request, second] = server.requests;
    expect(request).toMatchObject({ method: "POST", path: "/" });
    expect(request?.headers.get("X-Amz-Target")).toBe("Logs_20140328.FilterLogEvents");
    expect(request?.headers.get("Content-Type")).toBe("application/x-amz-json-1.1");
    expect(request?.headers.get("Authorization")).toMatch(
      /\/eu-west-2\/logs\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-target, /,
    );
    expect(JSON.parse(request?.body ?? "")).toEqual({
      logGroupName: first.group,
      startTime: from.getTime(),
      limit: 1000,
    });
    expect(JSON.parse(second?.body ?? "")).toMatchObject({ nextToken: "more" });
  });

  test.each([{}, { events: [] }, { events: [], nextToken: null }])("may be empty: %p", async (answer) => {
    await using server = openProvider(() => Response.json(answer));
    expect(await open(server.url).page(first, never)).toEqual({ lines: [], next: null });
  });

  test("is empty where there is none yet", async () => {
    const body = { __type: "ResourceNotFoundException", message: "The specified log group does not exist." };
    await using server = openProvider(() => Response.json(body, { status: 400 }));
    expect(await open(server.url).page(first, never)).toEqual({ lines: [], next: null });
  });

  const failures: [name: string, answer: () => Response, reason: string][] = [
    [
      "throttling",
      () => Response.json({ __type: "ThrottlingException" }, { status: 400 }),
      "answered 400 ThrottlingException",
    ],
    ["an error page", () => new Response("<html>", { status: 503 }), "answered 503 without an error code"],
    ["a redirect", () => Response.redirect("http://127.0.0.1:1/"), "answered 302 without an error code"],
    ["another body", () => Response.json({ events: [{ eventId: 1 }] }), "not as documented"],
    ["no JSON", () => new Response('{"events":['), "not as documented"],
    [
      "a time that is none",
      () => Response.json({ events: [{ eventId: "1", timestamp: 1e15, message: "" }] }),
      "not as documented",
    ],
    ["too much", () => new Response(`{"x":"${"x".repeat(9_000_000)}"}`), "not as documented"],
  ];

  test.each(failures)("cannot be read with %s", async (_, answer, reason) => {
    await using server = openProvider(answer);
    await expect(open(server.url).page(first, never)).rejects.toThrow(
      `Cannot read the log ${first.group}: ${reason}`,
    );
  });

  test("cannot be read where nothing listens, nor without an answer in time", async () => {
    using silent = openRawProvider(() => {});
    await expect(open(closedUrl()).page(first, never)).rejects.toThrow("Cannot read the log");
    await expect(open(silent.url, 80).page(first, never)).rejects.toThrow("no answer within 80 ms");
  });
});
