import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import type { ApiDeps } from "../../api/deps.ts";
import { base, newId, openApiWorld } from "./deps.ts";

const notValid =
  '{"message":{"unsubscribe request":"This is not a valid unsubscribe link."},"result":"error"}\n';
const unknown =
  '{"message":{"unsubscribe request":"This unsubscribe link is invalid or expired."},"result":"error"}\n';
const success = '{"message":"Unsubscribe successful","result":"success"}\n';
const plainNotFound =
  '{"message":"The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.","result":"error"}\n';

const path = `/unsubscribe/${newId}/token`;
const browser = { Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8" };

function open(deps: Partial<ApiDeps> = {}) {
  const asked: string[] = [];
  const unsubscribe: ApiDeps["unsubscribe"] = async ({ notificationId }) => {
    asked.push(notificationId);
    return true;
  };
  const app = createApp(openApiWorld({ service: { name: "Trees & <b>" } }, { unsubscribe, ...deps }));
  const request = async (where: string, init?: RequestInit) => await app.request(`${base}${where}`, init);
  return { request, asked };
}

describe("POST /unsubscribe/{id}/{token}", () => {
  test("answers a mail program in JSON, as often as it asks", async () => {
    const { request, asked } = open();
    const oneClick = {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "*/*" },
      body: "List-Unsubscribe=One-Click",
    };

    const first = await request(path, oneClick);
    const second = await request(path, { method: "POST" });

    expect([first.status, await first.text()]).toEqual([200, success]);
    expect(first.headers.get("Content-Type")).toBe("application/json");
    expect([second.status, await second.text()]).toEqual([200, success]);
    expect(asked).toEqual([newId, newId]);
  });

  test("refuses a token that is not ours", async () => {
    const { request, asked } = open();

    const response = await request(`/unsubscribe/${newId}/other`, { method: "POST" });

    expect([response.status, await response.text()]).toEqual([404, notValid]);
    expect(asked).toEqual([]);
  });

  test("refuses for an email that is not known", async () => {
    const { request } = open({ unsubscribe: async () => false });

    const response = await request(path, { method: "POST" });

    expect([response.status, await response.text()]).toEqual([404, unknown]);
  });

  test("answers a browser with a page", async () => {
    const done = await open().request(path, { method: "POST", headers: browser });
    const refused = await open().request(`${path}0`, { method: "POST", headers: browser });

    expect([done.status, refused.status]).toEqual([200, 404]);
    expect(await done.text()).toContain("<h1>You have unsubscribed</h1>");
    expect(await refused.text()).toContain("<h1>This link does not work</h1>");
  });
});

describe("GET /unsubscribe/{id}/{token}", () => {
  test("asks first, on a page that runs and loads nothing, and unsubscribes nobody", async () => {
    const { request, asked } = open();

    const response = await request(path, { headers: browser });
    const page = await response.text();

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(response.headers.get("X-Robots-Tag")).toBe("noindex, nofollow");
    expect(page).toStartWith('<!DOCTYPE html>\n<html lang="en">');
    expect(page).toContain('<form method="post"><button type="submit">Unsubscribe</button></form>');
    expect(page).toContain("<strong>Trees &amp; &lt;b&gt;</strong>");
    expect(page).not.toMatch(/<script|<img|<link| style=| src=/);
    expect(asked).toEqual([]);
  });

  test("has the style whose hash its policy names", async () => {
    const response = await open().request(path);
    const style = /<style>([\s\S]*)<\/style>/.exec(await response.text())?.[1] ?? "";

    const hash = new Bun.CryptoHasher("sha256").update(style).digest("base64");
    expect(response.headers.get("Content-Security-Policy")).toContain(`'sha256-${hash}'`);
  });

  test.each([
    ["a token that is not ours", "/other", {}],
    ["an email that is not known", "/token", { findSenderName: async () => null }],
  ])("shows the same page for %s", async (_, token, deps) => {
    const response = await open(deps).request(`/unsubscribe/${newId}${token}`);

    expect(response.status).toBe(404);
    expect(await response.text()).toContain("<h1>This link does not work</h1>");
  });

  test("answers HEAD, and is as quiet then", async () => {
    const { request, asked } = open();

    const response = await request(path, { method: "HEAD" });

    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(asked).toEqual([]);
  });
});

describe("the path of a link", () => {
  test("takes an id in upper case", async () => {
    const { request, asked } = open();

    expect(
      (
        await request(path.toUpperCase().replace("/UNSUBSCRIBE", "/unsubscribe").replace("TOKEN", "token"), {
          method: "POST",
        })
      ).status,
    ).toBe(200);
    expect(asked).toEqual([newId]);
  });

  test.each([
    `/unsubscribe/${newId.replaceAll("-", "")}/token`,
    "/unsubscribe/5/token",
    `/unsubscribe/${newId}`,
    `/unsubscribe/${newId}/`,
    `/unsubscribe/${newId}/token/`,
    `/unsubscribe/${newId}/token/more`,
  ])("is not %s", async (where) => {
    for (const method of ["GET", "POST"]) {
      const response = await open().request(where, { method });
      expect([response.status, await response.text()]).toEqual([404, plainNotFound]);
    }
  });

  test("has no other methods", async () => {
    const { request } = open();

    const refused = await request(path, { method: "PUT" });
    const options = await request(path, { method: "OPTIONS" });

    expect([refused.status, refused.headers.get("Allow")]).toEqual([405, "GET, HEAD, OPTIONS, POST"]);
    expect([options.status, options.headers.get("Allow")]).toEqual([200, "GET, HEAD, OPTIONS, POST"]);
  });
});
