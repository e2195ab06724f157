import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { isUnreachable } from "../../shared/database.ts";
import { nameForType } from "../../shared/document/file-types.ts";
import { type DocumentLink, documentPath, longUuid, parseDocumentKey } from "../../shared/document/link.ts";
import { addressAttempts, type DocumentRow } from "../../shared/document/queries.ts";
import { Busy } from "../../shared/group.ts";
import { parseEmailAddress } from "../../shared/recipient/email-address.ts";
import { StorageUnavailable } from "../../shared/storage/storage.ts";
import type { ApiDeps } from "../deps.ts";
import { rootUrl } from "../root.ts";
import { isConfirmed, rememberConfirmation } from "./confirmation.ts";
import { attachment } from "./disposition.ts";
import {
  type AddressFault,
  confirmPage,
  filePage,
  lockedPage,
  missingPage,
  type Sender,
  troublePage,
} from "./pages.tsx";

/** What a link leads to. */
interface Found {
  link: DocumentLink;
  sender: Sender;
  file: DocumentRow;
  /** Of the page, with the key. */
  pageUrl: string;
  downloadUrl: string;
}

/** Of a form with one address. */
const largestForm = 4096;

/**
 * `/d/{service}/{document}?key=`: the pages that links to files lead to. Nothing changes by a GET: mail scanners follow
 * links. What a file is was said by whoever sent it, so it is only ever saved, never shown.
 */
export function documentRoutes(deps: ApiDeps): Hono {
  const { documents, findService, signer, now, log, apiHost, documentHost } = deps;
  const routes = new Hono();

  routes.onError((error, c) => {
    const request = { method: c.req.method, path: c.req.path, err: error };
    if (error instanceof StorageUnavailable || error instanceof Busy || isUnreachable(error)) {
      log.warn(request, "Database or storage unreachable");
      return troublePage(503);
    }
    log.error(request, "Unhandled error");
    return troublePage(500);
  });

  /** Answers with the page that says so where a link leads nowhere. */
  const withFile = (answer: (c: Context, found: Found) => Promise<Response>) => async (c: Context) => {
    const { service: shortServiceId = "", document: shortId = "" } = c.req.param();
    const serviceId = longUuid(shortServiceId);
    const service = serviceId && (await findService(serviceId));
    if (!service) return missingPage(null);
    const id = longUuid(shortId);
    const keyText = c.req.query("key") ?? "";
    const key = parseDocumentKey(keyText);
    const link = id && key && { serviceId: service.id, id, key };
    const file = link && (await documents.find(link));
    if (!link || !file) return missingPage(service);
    const path = `/${documentPath(service.id, link.id)}`;
    const pageUrl = `${path}?key=${keyText}`;
    return await answer(c, {
      link,
      sender: service,
      file,
      pageUrl,
      downloadUrl: `${path}/download?key=${keyText}`,
    });
  };

  const confirmation = async ({ link: { serviceId, id } }: Found) => ({
    serviceId,
    id,
    at: now(),
    signer: await signer(),
  });
  const mayDownload = async (c: Context, found: Found) =>
    found.file.emailHash === null || (await isConfirmed(c, await confirmation(found)));

  const showFile = withFile(async (c, found) => {
    const { sender, file, downloadUrl } = found;
    return (await mayDownload(c, found)) ? filePage(sender, file, downloadUrl) : confirmPage(sender, file);
  });

  const confirm = withFile(async (c, found) => {
    const { link, sender, file, pageUrl } = found;
    if (file.emailHash === null) return c.redirect(pageUrl, 303);
    const typed = new URLSearchParams(await c.req.text()).get("email_address") ?? "";
    const address = parseEmailAddress(typed);
    if (address === null) return confirmPage(sender, file, notAnAddress(typed));
    const isRecipient = await documents.isRecipient(link, address.normalised);
    if (isRecipient === null) return lockedPage(sender, addressAttempts.lockedSeconds);
    if (!isRecipient) {
      return confirmPage(sender, file, { message: "This file was sent to another email address", typed });
    }
    const isHttps = (documentHost ?? rootUrl(c, apiHost)).startsWith("https:");
    await rememberConfirmation(c, { ...(await confirmation(found)), isHttps });
    return c.redirect(pageUrl, 303);
  });

  const download = withFile(async (c, found) => {
    const { link, sender, file, pageUrl } = found;
    if (!(await mayDownload(c, found))) return c.redirect(pageUrl, 303);
    const content = await documents.read(link);
    if (content === null) return missingPage(sender);
    return new Response(content, {
      headers: {
        "Content-Type": file.mimeType,
        "Content-Length": String(content.length),
        "Content-Disposition": attachment(file.filename ?? nameForType(file.mimeType)),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow",
      },
    });
  });

  routes.get("/:service/:document", showFile);
  routes.post(
    "/:service/:document",
    bodyLimit({ maxSize: largestForm, onError: () => troublePage(413) }),
    confirm,
  );
  routes.get("/:service/:document/download", download);
  return routes;
}

function notAnAddress(typed: string): AddressFault {
  const message =
    typed.trim() === "" ? "Enter your email address" : "Enter an email address, like name@example.com";
  return { message, typed };
}
