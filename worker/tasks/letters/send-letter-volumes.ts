import { findVolumes, markTold, type Volume } from "../../../shared/letter/print-run-volumes.ts";
import { chooseProvider } from "../../../shared/provider/choose.ts";
import type { EmailProvider } from "../../../shared/provider/provider.ts";
import { derivedId } from "../../../shared/queue/derived-id.ts";
import type { Payload } from "../../../shared/queue/jobs.ts";
import { escapeHtml } from "../../../shared/text/html.ts";
import type { WorkerDeps } from "../../deps.ts";

/**
 * Tells the printer's people by email how many letters and sheets of each class a print run has (`spec/letters.md` 6).
 * Whoever was told is not told again when it runs a second time.
 */
export async function sendLetterVolumes(
  { runId }: Payload<"send-letter-volumes">,
  deps: WorkerDeps,
  signal: AbortSignal,
): Promise<void> {
  const { sql, log, letters, emailDomain } = deps;
  const found = await findVolumes(sql, runId);
  if (!found) return;
  const text = textOf(found.printDate, found.volumes);
  for (const to of letters.volumesRecipients.filter((recipient) => !found.told.includes(recipient))) {
    const provider = await chooseEmailProvider(deps);
    const email = {
      to,
      from: { name: "Letters", address: `letters@${emailDomain}` },
      replyTo: null,
      subject: `Letters to print on ${found.printDate}`,
      text,
      html: `<pre>${escapeHtml(text)}</pre>`,
      unsubscribeUrl: null,
      reference: await derivedId(`letter volumes ${runId} ${to}`),
    };
    const result = await provider.send(email, signal);
    if (result.outcome === "unavailable") {
      throw new Error(`Cannot tell of a print run's volumes: ${provider.name}: ${result.reason}`);
    }
    if (result.outcome === "rejected") {
      log.error({ runId, provider: provider.name, reason: result.reason }, "Refused to tell of volumes");
    }
    await markTold(sql, runId, to);
  }
}

async function chooseEmailProvider(deps: WorkerDeps): Promise<EmailProvider> {
  const { listActiveProviders, emailProviders, random } = deps;
  const configured = new Set(emailProviders.keys());
  const drawn = chooseProvider(await listActiveProviders("email"), {
    configured,
    international: false,
    lastTried: null,
    random: random(),
  });
  const provider = drawn === null ? undefined : emailProviders.get(drawn);
  if (!provider) throw new Error("Cannot tell of a print run's volumes: no provider of emails is there");
  return provider;
}

/** In the order in which letters are shown elsewhere; classes without letters are named too. */
const classes = ["first", "second", "economy", "europe", "rest-of-world"] as const;

function textOf(printDate: string, volumes: readonly Volume[]): string {
  const rows = classes.map((postage) => {
    const found = volumes.find((volume) => volume.postage === postage);
    return { name: postage, letters: found?.letters ?? 0, sheets: found?.sheets ?? 0 };
  });
  const total = {
    name: "total",
    letters: rows.reduce((sum, { letters }) => sum + letters, 0),
    sheets: rows.reduce((sum, { sheets }) => sum + sheets, 0),
  };
  const lines = [...rows, total].map(
    ({ name, letters, sheets }) =>
      `${name.padEnd(14)}${String(letters).padStart(9)}${String(sheets).padStart(9)}`,
  );
  return [
    `Letters of the print run of ${printDate}`,
    "",
    `class           letters   sheets`,
    ...lines,
    "",
  ].join("\n");
}
