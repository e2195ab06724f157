import { renderEmail } from "../../../shared/template/email.ts";
import type { Personalisation } from "../../../shared/template/placeholders.ts";
import { compileTemplate } from "../../../shared/template/template.ts";
import type { Draft } from "./draft.ts";
import { exampleUnsubscribeUrl } from "./preview.tsx";

/** Nothing runs in it, nothing is loaded, and nothing it leads to opens. */
const policy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'";

const marks =
  "<style>.placeholder, .placeholder-conditional { background: #ffdf80; color: #0b0c0c; border-radius: 4px; " +
  "padding: 0 2px; }</style>";

/** An email as its own document, for a sandboxed frame. What has no value is marked. */
export function answerEmailDocument(draft: Draft, values: Personalisation): Response {
  const { content, subject, hasUnsubscribeLink } = draft;
  const { html } = renderEmail(
    compileTemplate({ type: "email", content, subject: subject ?? "", hasUnsubscribeLink }),
    values,
    { unsubscribeUrl: exampleUnsubscribeUrl },
  );
  // What a title or body says is escaped, so the first is the document's own.
  const document = html.replace("</head>", () => `${marks}</head>`);
  return new Response(document, {
    headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy },
  });
}
