import { describe, expect, test } from "bun:test";
import { createApp } from "../../api/app.ts";
import { describeApi } from "../../api/openapi/document.ts";
import { openApiWorld } from "../api/deps.ts";
import { operationsOf } from "./known-paths.ts";

const document = describeApi();
const escaped = (text: string) =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

async function page(headers: Record<string, string> = {}, url = "https://api.example.uk/docs") {
  const response = await createApp(openApiWorld()).request(url, { headers });
  return { response, html: await response.text() };
}

describe("the page about the API", () => {
  test("runs nothing and loads nothing", async () => {
    const { response, html } = await page();

    expect(response.status).toBe(200);
    expect(response.headers.get("Content-Security-Policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+';/,
    );
    expect(html).not.toMatch(/<script|<img|<link|<iframe|\son\w+=|\sstyle=|url\(|@import/);
    expect([...html.matchAll(/(?:href|src|action)="([^"#]+)/g)].map(([, url]) => url)).toEqual([
      "openapi.json",
    ]);
  });

  test.each(
    operationsOf(document).map(({ path, operation }) => [operation.operationId, path, operation] as const),
  )("has all of %s %s", async (id, path, operation) => {
    const { html } = await page();
    const section = html.slice(html.indexOf(`<section id="${id}">`)).split("</section>")[0] ?? "";
    const body = operation.requestBody?.content["application/json"]?.schema.$ref?.split("/").at(-1) ?? "";
    const fields = Object.keys(document.components.schemas[body]?.properties ?? {});
    const errors = Object.values(operation.responses).flatMap((response) =>
      "$ref" in response ? [] : Object.values(response.content["application/json"]?.examples ?? {}),
    );

    expect(html).toContain(`<a href="#${id}">`);
    expect(section).toContain(path);
    expect(section).toContain("curl https://api.example.uk/");
    for (const { name } of operation.parameters)
      expect(section).toContain(`<code class="name">${name}</code>`);
    for (const name of fields) expect(section).toContain(`<code class="name">${name}</code>`);
    for (const { summary } of errors) expect(section).toContain(escaped(summary));
  });

  test("links lead to what is there, and no id comes twice", async () => {
    const { html } = await page();
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    const targets = [...html.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(targets.filter((target) => !ids.includes(target))).toEqual([]);
  });

  test("shows addresses of whoever is called, and cannot be made to show anything else", async () => {
    const app = createApp(openApiWorld());
    const ask = async (url: string) => await (await app.request(url)).text();

    expect(await ask("http://one.example/docs")).toContain("curl http://one.example/v2/notifications/sms");
    expect(await ask("http://two.example/docs")).toContain("curl http://two.example/v2/notifications/sms");
    expect(await ask("http://a'b$&c.example/docs")).toContain(
      "curl http://a&#39;b$&#38;c.example/v2/notifications/sms",
    );
  });

  test("shows the address that is set", async () => {
    const app = createApp(openApiWorld({}, { apiHost: "https://set.example" }));

    expect(await (await app.request("http://one.example/docs")).text()).toContain(
      "curl https://set.example/v2/",
    );
  });
});
