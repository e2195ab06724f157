import { raw } from "hono/html";

/** A part of a page as its text: the same for all who may see it, so that it can be kept and shown to others. */
export type Drawn = ReturnType<typeof raw>;

/** Draws a part of JSX, which escapes its words. */
export async function draw(part: { toString(): string | Promise<string> }): Promise<Drawn> {
  return raw(await part.toString());
}
