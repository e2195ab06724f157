import * as v from "valibot";
import { setContactLink } from "../../../shared/service/setup.ts";
import { createTemplate } from "../../../shared/template/queries.ts";
import { type S3, startS3 } from "../../support/s3.ts";
import { openWorld, type World } from "../../support/world.ts";

export const recipient = "Ada.Lovelace@example.com";
export const content = new Uint8Array(Buffer.from("%PDF-1.4\n\0\x01\x02 and so on", "latin1"));
export const contactLink = "https://town-hall.example/contact";

const Sent = v.object({ data: v.object({ id: v.string(), content: v.object({ body: v.string() }) }) });

/** A Pillarbox whose service may send files, and sends them by the official client. */
export interface FileWorld extends AsyncDisposable {
  world: World;
  s3: S3 | null;
  templateId: string;
  /** Answers with the link in the email. */
  send(options?: object, file?: Uint8Array): Promise<string>;
  documents(): Promise<Record<string, unknown>[]>;
}

export async function openFileWorld(
  kind: "Postgres" | "S3",
  env: Record<string, string> = {},
): Promise<FileWorld> {
  const s3 = kind === "S3" ? await startS3() : null;
  const world = await openWorld({ env: { ...s3?.env, ...env }, worker: false });
  const serviceId = world.service.id;
  await setContactLink(world.sql, serviceId, contactLink);
  const templateId = await createTemplate(world.sql, {
    serviceId,
    name: "File",
    type: "email",
    content: "Hello ((name)), your file: ((link))",
    subject: "A file",
  });
  return {
    world,
    s3,
    templateId,
    async send(options = {}, file = content) {
      const client = world.client();
      const link = client.prepareUpload(Buffer.from(file), options);
      const sent = await client.sendEmail(templateId, recipient, { personalisation: { name: "Ada", link } });
      const { body } = v.parse(Sent, sent).data.content;
      return body.slice(body.indexOf("http"));
    },
    documents: async () => [...(await world.sql`select * from documents order by created_at, id`)],
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]();
      await s3?.[Symbol.asyncDispose]();
    },
  };
}

/** Follows no redirect by itself, and keeps cookies. */
export function openBrowser() {
  const cookies = new Map<string, string>();
  return async (url: string, init: RequestInit = {}): Promise<Response> => {
    const cookie = [...cookies].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(url, { ...init, headers: { cookie }, redirect: "manual" });
    for (const set of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    return answer;
  };
}

/** What the page's form posts. */
export function form(address: string): RequestInit {
  return { method: "POST", body: new URLSearchParams({ email_address: address }) };
}

/** Where a link's page leads on to. */
export function downloadOf(url: string): string {
  return url.replace(/\/d\/[^/]+\/[^/?]+/, "$&/download");
}
