import PostalMime from "postal-mime";
import type { Attachment } from "./message.ts";

/** What a MIME message says, for a `Message` to be spread with. */
export async function parseMime(raw: Uint8Array) {
  const email = await PostalMime.parse(raw, { attachmentEncoding: "base64" });
  const { from } = email;
  return {
    from: from?.address ? (from.name ? `${from.name} <${from.address}>` : from.address) : null,
    subject: email.subject ?? null,
    // The final line break is the encoding's, not the writer's.
    body: (email.text ?? "").replace(/\n$/, ""),
    html: email.html?.replace(/\n$/, "") ?? null,
    headers: Object.fromEntries(email.headers.map(({ originalKey, value }) => [originalKey, value])),
    attachments: email.attachments.map(
      ({ filename, mimeType, content }): Attachment => ({
        filename,
        contentType: mimeType,
        // Always a string: that is what `attachmentEncoding` asks for.
        contentBase64: typeof content === "string" ? content : "",
      }),
    ),
  };
}
