import { PDFDocument } from "@cantoo/pdf-lib";
import { sealLetter } from "../../../../shared/letter/files.ts";
import type { NotificationFacts } from "../../../support/notifications.ts";
import { openWorld, type World } from "../../../support/world.ts";

/** What the sandbox's printer lets in. */
export const httpPrinter = {
  DVLA_API: "http",
  DVLA_HTTP_USERNAME: "notify",
  DVLA_HTTP_PASSWORD: "Sandbox-1-password",
  DVLA_HTTP_API_KEY: "sandbox-api-key-1",
  DVLA_HTTP_PER_SECOND: "1000",
};

/** A Pillarbox whose letters go by HTTP to a printer that does not report by itself. */
export async function openPrinterWorld(env: Record<string, string> = {}): Promise<World> {
  const world = await openWorld({ worker: false, env: { ...httpPrinter, ...env } });
  world.sandbox.dvlaHttp.reportsByItself(false);
  return world;
}

/** Stores a letter that waits for its print run, with a PDF of so many sheets, and answers its id. */
export async function storePrintable(
  { sql, cipher, deps, notification }: World,
  { sheets = 1, ...facts }: NotificationFacts & { sheets?: number } = {},
): Promise<string> {
  const id = await notification({ channel: "letter", billableUnits: sheets, ...facts });
  const pdf = await pdfOf(sheets);
  await deps.storage.put([await sealLetter(cipher, id, "letter", pdf)]);
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", pdf));
  await sql`
    update letters set pages = ${2 * sheets}, bytes = ${pdf.length}, sha256 = ${sha256}, made_at = now()
    where notification_id = ${id}`;
  return id;
}

async function pdfOf(sheets: number): Promise<Uint8Array<ArrayBuffer>> {
  const file = await PDFDocument.create();
  for (let page = 0; page < 2 * sheets; page++) file.addPage();
  return new Uint8Array(await file.save());
}
