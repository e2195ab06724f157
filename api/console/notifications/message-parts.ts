import type { Context } from "hono";
import { pictureFaults } from "../../../shared/letter/picture.ts";
import type { Status } from "../../../shared/notification/notification.ts";
import { renderEmail } from "../../../shared/template/email.ts";
import type { ApiDeps } from "../../deps.ts";
import { attachment } from "../../documents/disposition.ts";
import { answerPdf } from "../../letters/answer-pdf.ts";
import { noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { idOf, type OpenDeps, openNotification } from "./open.ts";
import { noteUnseen } from "./seen.ts";
import { shownLink } from "./shown-link.ts";

export type PartDeps = OpenDeps & Pick<ApiDeps, "now" | "newId" | "signer" | "letters" | "apiHost">;

/** What a message says runs nothing, loads nothing, and leads nowhere from within a frame. */
const emailPolicy =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'self'";

/** GET …/:id/email.html: an email as it was sent, a document of its own. */
export function showEmail(deps: PartDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const id = idOf(c);
    const opened = await openNotification(deps, c.var.service.id, id);
    if (opened?.facts.channel !== "email") throw notThere();
    await noteUnseen(c, deps, id);
    const { template, values } = opened;
    const { html } = renderEmail(template, values, { unsubscribeUrl: shownLink(c, deps, opened) });
    return new Response(html, {
      headers: { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": emailPolicy },
    });
  };
}

/** GET …/:id/pages/:page: a page of a letter as a PNG, with what is wrong with it in red. */
export function showPage(deps: PartDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const id = idOf(c);
    const page = Number(/^([1-9]\d{0,3})\.png$/.exec(c.req.param("page") ?? "")?.[1] ?? "0");
    if (page === 0) throw notThere();
    await noteUnseen(c, deps, id);
    const asked = { serviceId: c.var.service.id, notificationId: id, page, withFaults: true };
    const picture = await deps.letters.picture(asked, c.req.raw.signal);
    if ("fault" in picture) {
      const { status, message } = pictureFaults[picture.fault];
      throw new Fault(status, message);
    }
    return new Response(picture.png, {
      headers: { "Content-Type": "image/png", "Cache-Control": "private, max-age=300" },
    });
  };
}

const unscanned: readonly Status[] = ["pending-virus-check", "virus-scan-failed"];

/** GET …/:id/letter.pdf: saved, never shown, and not unless the virus scan let it pass. */
export function downloadLetter(deps: PartDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const id = idOf(c);
    const stored = await deps.findNotification(c.var.service.id, id);
    if (stored?.channel !== "letter") throw notThere();
    if (unscanned.includes(stored.status)) {
      throw new Fault(403, "This file is kept from everybody: the virus scan has not found it clean");
    }
    await noteLook(c, deps, { action: "notification.download", subject: `notification ${id}` });
    const pdf = (await deps.letters.readPdf(id, "letter")) ?? (await deps.letters.readPdf(id, "original"));
    if (!pdf) throw new Fault(404, pictureFaults["no-pdf"].message);
    const answer = answerPdf(c.req.raw, pdf);
    answer.headers.set("Content-Disposition", attachment(`${id}.pdf`));
    return answer;
  };
}
