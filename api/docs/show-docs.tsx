/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { ApiDeps } from "../deps.ts";
import { describeApi } from "../openapi/document.ts";
import { answerPage } from "../pages/layout.tsx";
import { rootUrl } from "../root.ts";
import { DocsPage } from "./page.tsx";
import { rootMark } from "./requests.ts";
import { docsStyle } from "./style.ts";

/** GET /docs: the OpenAPI document for people. Made when it is first asked for. */
export function showDocs({ apiHost }: Pick<ApiDeps, "apiHost">) {
  let made: Promise<{ html: string; headers: Headers }> | undefined;
  return async (c: Context): Promise<Response> => {
    made ??= makePage();
    const { html, headers } = await made;
    const root = escapeHost(rootUrl(c, apiHost).slice(0, -1));
    return new Response(
      html.replaceAll(rootMark.slice(0, -1), () => root),
      { headers },
    );
  };
}

async function makePage() {
  const page = await answerPage({
    status: 200,
    title: "Pillarbox API",
    body: <DocsPage document={describeApi()} />,
    style: docsStyle,
  });
  return { html: await page.text(), headers: page.headers };
}

/** The host comes from the caller. */
function escapeHost(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
