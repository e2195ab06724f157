import { type Picture, pictureFaults } from "../../../shared/letter/picture.ts";
import { Refusal } from "../refusal.ts";

/** The picture's PNG. Throws where there is none. */
export function pngOf(picture: Picture): Uint8Array<ArrayBuffer> {
  if ("png" in picture) return picture.png;
  const { status, message } = pictureFaults[picture.fault];
  throw new Refusal(status, message);
}

export function answerPng(png: Uint8Array<ArrayBuffer>): Response {
  return new Response(png, { headers: { "Content-Type": "image/png", "Content-Length": `${png.length}` } });
}
