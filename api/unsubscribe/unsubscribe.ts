import type { Context } from "hono";
import { answerJson, notFound } from "../answer.ts";
import type { ApiDeps } from "../deps.ts";
import { askPage, donePage, notFoundPage } from "./pages.tsx";

/** Where links lead; ids are hyphenated here, as the links we make are. */
export const unsubscribePath = "/unsubscribe/:id/:token";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `GET /unsubscribe/{id}/{token}`: a page that asks. It changes nothing, however often a scanner looks at it. */
export function showUnsubscribe({ readUnsubscribeToken, findSenderName }: ApiDeps) {
  return async (c: Context): Promise<Response> => {
    const asked = partsOf(c);
    if (!asked) return notFound();
    const link = await readUnsubscribeToken(asked.id, asked.token);
    const name = link && (await findSenderName(link));
    return name === null ? await notFoundPage() : await askPage(name);
  };
}

/**
 * `POST /unsubscribe/{id}/{token}`: what the page's button does, and mail programs by themselves (RFC 8058). They get
 * JSON, people a page.
 */
export function postUnsubscribe({ readUnsubscribeToken, unsubscribe }: ApiDeps) {
  return async (c: Context): Promise<Response> => {
    const asked = partsOf(c);
    if (!asked) return notFound();
    const isPerson = c.req.header("Accept")?.includes("text/html") ?? false;
    const refuse = (reason: string) =>
      isPerson
        ? notFoundPage()
        : answerJson(404, { message: { "unsubscribe request": reason }, result: "error" });
    const link = await readUnsubscribeToken(asked.id, asked.token);
    if (!link) return refuse("This is not a valid unsubscribe link.");
    if (!(await unsubscribe(link))) return refuse("This unsubscribe link is invalid or expired.");
    return isPerson ? donePage() : answerJson(200, { message: "Unsubscribe successful", result: "success" });
  };
}

/** Null where the path is none that Notify has. */
function partsOf(c: Context): { id: string; token: string } | null {
  const { id = "", token = "" } = c.req.param();
  return uuid.test(id) ? { id: id.toLowerCase(), token } : null;
}
