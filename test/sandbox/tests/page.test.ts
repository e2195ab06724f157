import { describe, expect, test } from "bun:test";
import { type Sandbox, startSandbox } from "../sandbox.ts";
import { sendAlert, sendCallback, sendCancel, sendMmg, sendSes, sendSmtp } from "./send.ts";

const quiet = { port: 0, receipts: null };

async function page({ url }: Sandbox, query = ""): Promise<string> {
  return (await fetch(`${url}/${query}`)).text();
}

describe("the page", () => {
  test("says so when nothing has arrived", async () => {
    await using sandbox = await startSandbox(quiet);

    expect(await page(sandbox)).toContain("Nothing has arrived yet");
  });

  test("shows texts with their fragments, newest first", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { msg: "Tea < cake", MSISDN: "447700900002" });
    await sendMmg(sandbox, { msg: "x".repeat(161) });

    const html = await page(sandbox);

    expect(html).toContain('<p class="bubble">Tea &lt; cake</p>');
    expect(html).toContain("1 fragment<");
    expect(html).toContain("2 fragments<");
    expect(html).toContain("permanent-failure");
    expect(html.indexOf("xxx")).toBeLessThan(html.indexOf("Tea"));
  });

  test("shows emails in frames that may do nothing", async () => {
    await using sandbox = await startSandbox(quiet);
    const body = {
      Text: { Data: "In text" },
      Html: { Data: '<p class="a">In HTML</p><script>alert(1)</script>' },
    };
    await sendSes(sandbox, { Content: { Simple: { Subject: { Data: "A & B" }, Body: body } } });

    const html = await page(sandbox);

    expect(html).toContain("<h2>A &amp; B</h2>");
    expect(html).toContain('<iframe sandbox="" srcdoc="&lt;p class=&quot;a&quot;&gt;In HTML&lt;/p&gt;');
    expect(html).not.toContain("<script>alert");
    expect(html).toMatch(/<details><summary>Plain text<\/summary><pre>In text<\/pre>/);
  });

  test("opens the text of an email that has nothing else, and names its attachments", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendSmtp(sandbox, { text: "Only text", attachments: [{ filename: "a.txt", content: "abc" }] });

    const html = await page(sandbox);

    expect(html).toMatch(/<details open=""><summary>Plain text<\/summary><pre>Only text<\/pre>/);
    expect(html).toContain("a.txt");
    expect(html).toContain("text/plain, 3 bytes");
  });

  test("shows what networks were told of one event once, and its cancel by itself", async () => {
    await using sandbox = await startSandbox(quiet);
    const flood = await sendAlert(sandbox, { description: "Leave now <please>" });
    await sendAlert(sandbox, { description: "Another alert" });
    await sendCancel(sandbox, flood);
    // Known here is nothing of what it ends.
    await sendCancel(sandbox, { ee: crypto.randomUUID(), three: crypto.randomUUID() });

    const html = await page(sandbox, "?channel=broadcast");

    const cards = html.split("<article>").slice(1);
    const networksOf = (card: string) =>
      [...card.matchAll(/<summary><b>(\w+)<\/b>/g)].map(([, network]) => network);
    expect(cards.map(networksOf)).toEqual([
      ["three"],
      ["ee"],
      ["ee", "three"],
      ["ee", "three"],
      ["ee", "three"],
    ]);
    expect(cards[2]).toContain("<h2>Cancelled</h2>");
    expect(cards[2]).toContain(`<dd>${flood.ee}</dd>`);
    expect(cards[4]).toContain('<p class="phone">Leave now &lt;please&gt;</p>');
    expect(cards[4]?.match(/class="area-map"/g)).toHaveLength(1);
    // And the document of each, as text.
    expect(cards[4]?.match(/&lt;identifier&gt;/g)).toHaveLength(2);
    const ids = [...html.matchAll(/<li id="(message-\d+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(5);
  });

  test("shows callbacks pretty-printed with their answer", async () => {
    await using sandbox = await startSandbox(quiet);
    sandbox.setFault({ provider: "callback", status: 503, count: 1 });
    sandbox.setFault({ provider: "callback", reset: true, count: 1 });
    await sendCallback(sandbox, "/callback/a", { body: '{"id":"1"}' });
    await sendCallback(sandbox, "/callback/b", { body: "not json" }).catch(() => {});

    const html = await page(sandbox);

    expect(html).toContain("POST /callback/a");
    expect(html).toContain("{\n  &quot;id&quot;: &quot;1&quot;\n}");
    expect(html).toContain("answered 503");
    expect(html).toContain("not json");
    expect(html).toContain("not answered");
  });

  test("says which recipients end how, for every provider", async () => {
    await using sandbox = await startSandbox(quiet);

    const html = await page(sandbox);

    for (const words of [
      "MMG, Firetext, SNS",
      "7700900002",
      "7700900003",
      "perm-fail",
      "temp-fail",
      "SMTP",
    ]) {
      expect(html).toContain(words);
    }
  });

  test("shows one channel", async () => {
    await using sandbox = await startSandbox(quiet);
    await sendMmg(sandbox, { msg: "A text" });
    await sendCallback(sandbox, "/callback/a");

    const html = await page(sandbox, "?channel=callback");

    expect(html).toContain("/callback/a");
    expect(html).not.toContain("A text");
  });

  test("allows no script but its own, and no other host", async () => {
    await using sandbox = await startSandbox(quiet);

    const answer = await fetch(sandbox.url);

    const policy = answer.headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain("http");
    const html = await answer.text();
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="5"/></noscript>');
    for (const path of ["/page.css", "/page.js"]) {
      expect(html).toContain(path);
      expect((await fetch(sandbox.url + path)).status).toBe(200);
    }
  });
});

describe("GET /events", () => {
  test("tells of each arrival and of clearing", async () => {
    await using sandbox = await startSandbox(quiet);
    const answer = await fetch(`${sandbox.url}/events`);
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let read = "";
    const until = async (text: string) => {
      while (reader && !read.includes(text)) read += (await reader.read()).value ?? "";
    };

    await until("listening");
    await sendMmg(sandbox);
    await sendCallback(sandbox, "/callback/a");
    await until("/callback/a");
    sandbox.clearMessages();
    await until("cleared");

    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(read).toContain(
      'event: message\nid: 1\ndata: {"id":1,"channel":"sms","provider":"mmg","to":"447700900123"}\n\n',
    );
    expect(read).toContain("event: cleared\n");
    await reader?.cancel();
  });
});
