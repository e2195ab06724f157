import * as v from "valibot";
import { type Desk, readJson } from "../exchange.ts";
import { nothing } from "../message.ts";
import type { ReceiptRequest } from "../receipts.ts";
import type { SnsEnvelope } from "../sns.ts";
import { type Dvla, startDvla } from "./dvla.ts";
import type { LetterText } from "./pdf.ts";
import type { ReceivedZip } from "./printer.ts";

export interface LettersOptions {
  /** See `DvlaOptions`. */
  dir?: string;
  picksUp?: boolean;
  answers?: { acknowledgeAfterMs: number; respondAfterMs: number };
  /** Whether the API is told of each file for us (letters.md 5.1); otherwise it is there to be found. */
  notices?: boolean;
  /** Runs the print run before its time. Answers what is to be said of it. */
  printNow?: () => Promise<string>;
}

/** The printer at this desk: the letters it gets are messages. */
export function startLetters(
  desk: Desk,
  { notices = false, dir, picksUp, answers }: LettersOptions,
  sign: (message: string) => Promise<SnsEnvelope>,
): Promise<Dvla> {
  return startDvla({
    dir,
    picksUp,
    answers,
    nextFault: () => desk.faults.next("dvla"),
    onZip: (zip, texts) => addLetters(desk, zip, texts),
    onDispatched(file) {
      if (notices) desk.receipts.send(async () => [await noticeOf(file, sign)]);
    },
  });
}

function addLetters({ messages, url }: Desk, zip: ReceivedZip, texts: readonly LetterText[]) {
  if (!zip.isPrinted) return;
  for (const [index, { file, reference, pages }] of zip.letters.entries()) {
    messages.add({
      ...nothing,
      channel: "letter",
      provider: "dvla",
      to: texts[index]?.address ?? "",
      body: texts[index]?.text ?? "",
      reference,
      headers: { zip: zip.name },
      attachments: [
        {
          filename: file,
          contentType: "application/pdf",
          contentBase64: null,
          url: `${url()}/letters/${encodeURIComponent(reference)}.pdf`,
          pages,
        },
      ],
    });
  }
}

async function noticeOf(
  file: string,
  sign: (message: string) => Promise<SnsEnvelope>,
): Promise<ReceiptRequest> {
  // Names in events of S3 are written as in URLs.
  const key = encodeURIComponent(`root/dispatch/${file}`).replaceAll("%2F", "/");
  const envelope = await sign(JSON.stringify({ Records: [{ s3: { object: { key } } }] }));
  return {
    path: "/notifications/letter/dvla",
    headers: {
      "content-type": "text/plain; charset=UTF-8",
      "x-amz-sns-message-type": envelope.Type,
      "x-amz-sns-message-id": envelope.MessageId,
      "x-amz-sns-topic-arn": envelope.TopicArn,
    },
    body: JSON.stringify(envelope),
  };
}

const Respond = v.nullish(v.strictObject({ failed: v.optional(v.array(v.string())) }), {});

/** GET /dvla/zips and what the printer can be asked to do; GET /letters/REFERENCE.pdf and /pages/N.png of each. */
export function letterRoutes(dvla: Dvla | null, printNow: LettersOptions["printNow"]) {
  const by = (work: (dvla: Dvla) => Response | Promise<Response>) =>
    dvla ? work(dvla) : Response.json({ error: "There is no printer here" }, { status: 404 });
  return {
    "/dvla/zips": {
      GET: () => by(({ zips }) => Response.json({ zips: zips() })),
    },
    "/dvla/acknowledge": {
      POST: () => by(async ({ acknowledge }) => Response.json({ files: await acknowledge() })),
    },
    "/dvla/respond": {
      POST: (request: Request) =>
        by(async ({ respond }) => {
          const asked = v.safeParse(Respond, await readJson(request));
          if (!asked.success) return Response.json({ error: v.summarize(asked.issues) }, { status: 400 });
          return Response.json({ file: await respond({ failed: asked.output.failed ?? [] }) });
        }),
    },
    "/dvla/print": {
      async POST() {
        if (!printNow) return Response.json({ error: "There is nobody here to print" }, { status: 404 });
        return printNow().then(
          (said) => Response.json({ said }),
          (error: unknown) => Response.json({ error: String(error) }, { status: 500 }),
        );
      },
    },
    "/letters/:file": {
      GET: ({ params }: Bun.BunRequest<"/letters/:file">) =>
        by(({ pdf }) => file("application/pdf", () => pdf(params.file.replace(/\.pdf$/, "")))),
    },
    "/letters/:reference/pages/:file": {
      GET: ({ params }: Bun.BunRequest<"/letters/:reference/pages/:file">) =>
        by(({ pdf, pdfs }) =>
          file("image/png", async () =>
            pdfs.picture(await pdf(params.reference), Number.parseInt(params.file, 10)),
          ),
        ),
    },
  };
}

async function file(
  contentType: string,
  read: () => Promise<Uint8Array<ArrayBuffer> | null>,
): Promise<Response> {
  const content = await read().catch(() => null);
  if (content === null) return Response.json({ error: "It was not printed" }, { status: 404 });
  return new Response(content, { headers: { "content-type": contentType } });
}
