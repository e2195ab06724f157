/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Child } from "hono/jsx";
import { toBase64 } from "../../shared/base64.ts";
import { pageStyle } from "./style.ts";

/** A page for people who have no account here. */
export interface Page {
  status: number;
  /** What it is about, for the browser's tab and history. The page's own `h1` is part of `body`. */
  title: string;
  body: Child;
  /** Rules for this page alone, after those of every page. */
  style?: string;
}

/** The page as a whole document. It runs no script, loads nothing from anywhere, and posts forms only to us. */
export async function answerPage({ status, title, body, style = "" }: Page): Promise<Response> {
  const css = pageStyle + style;
  const document = await (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{title}</title>
        {/* Ours alone: escaping would break it. */}
        <style dangerouslySetInnerHTML={{ __html: css }} />
      </head>
      <body>
        <main>{body}</main>
      </body>
    </html>
  ).toString();
  return new Response(`<!DOCTYPE html>\n${document}\n`, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": await contentSecurityPolicy(css),
      // Our links are secrets.
      "Referrer-Policy": "no-referrer",
      "X-Robots-Tag": "noindex, nofollow",
    },
  });
}

async function contentSecurityPolicy(css: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(css));
  return [
    "default-src 'none'",
    `style-src 'sha256-${toBase64(new Uint8Array(digest))}'`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
