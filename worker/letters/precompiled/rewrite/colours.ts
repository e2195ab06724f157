import { PDFBool, type PDFDict, PDFName, type PDFObject, type PDFRef, type PDFStream } from "@cantoo/pdf-lib";
import { nameOf, numbersOf, type Operand, type Operation, operation } from "../content/content.ts";
import { parseContent } from "../content/parse.ts";
import { decoded } from "../content/streams.ts";
import { cmykOf } from "./cmyk.ts";
import { type ColourKind, colourKind } from "./colour-space.ts";
import { replaceForm } from "./replace-form.ts";
import { dictAt, nameAt, numberAt, refAt, streamAt } from "./resources.ts";
import { Unconvertible } from "./unconvertible.ts";

/** Makes one picture a picture in inks, in place. Throws `Unconvertible` where that cannot be. */
export type ConvertImage = (image: PDFStream, ref: PDFRef) => Promise<void>;

/**
 * Turns what a file's pages draw in red, green and blue into inks: colours of text and lines, pictures, and all that
 * in forms, patterns and drawn letters. Each of them is converted once, however many pages draw it.
 */
export class ColourConversion {
  readonly #convertImage: ConvertImage;
  /** By object: what became of those that were looked at. */
  readonly #seen = new Map<PDFObject, Promise<void>>();

  constructor(convertImage: ConvertImage) {
    this.#convertImage = convertImage;
  }

  /** Throws `Unconvertible` where something of it has no form in inks. */
  async of(operations: readonly Operation[], resources: PDFDict): Promise<Operation[]> {
    dictAt(resources, "ColorSpace")?.delete(PDFName.of("DefaultRGB"));
    await this.#lettersDrawn(resources);
    const kept: Operation[] = [];
    let [fill, stroke]: ColourKind[] = ["ink", "ink"];
    const saved: [ColourKind, ColourKind][] = [];
    for (const one of operations) {
      switch (one.operator) {
        case "q":
          saved.push([fill ?? "ink", stroke ?? "ink"]);
          break;
        case "Q":
          [fill, stroke] = saved.pop() ?? [fill, stroke];
          break;
        case "rg":
        case "RG": {
          kept.push(inInk(one, one.operator === "rg" ? "k" : "K"));
          if (one.operator === "rg") fill = "ink";
          else stroke = "ink";
          continue;
        }
        case "g":
        case "k":
          fill = "ink";
          break;
        case "G":
        case "K":
          stroke = "ink";
          break;
        case "cs":
        case "CS": {
          const kind = colourKind(PDFName.of(nameOf(one) ?? ""), resources);
          if (kind === "other") throw new Unconvertible("A colour space without a form in inks");
          if (one.operator === "cs") fill = kind;
          else stroke = kind;
          if (kind !== "rgb") break;
          kept.push({ operator: one.operator, operands: [{ kind: "name", value: "DeviceCMYK" }] });
          continue;
        }
        case "sc":
        case "scn":
        case "SC":
        case "SCN": {
          const kind = one.operator.startsWith("s") ? fill : stroke;
          if (kind === "pattern") await this.#pattern(nameOf(one) ?? "", resources);
          if (kind !== "rgb") break;
          kept.push(inInk(one, one.operator));
          continue;
        }
        case "sh":
          assertInk(dictAt(dictAt(resources, "Shading"), nameOf(one) ?? ""), resources);
          break;
        case "Do":
          await this.#object(nameOf(one) ?? "", resources);
          break;
        case "gs":
          await this.#softMask(dictAt(dictAt(resources, "ExtGState"), nameOf(one) ?? ""), resources);
          break;
        case "BI":
          assertInlineInk(one.operands, resources);
          break;
      }
      kept.push(one);
    }
    return kept;
  }

  async #object(name: string, resources: PDFDict): Promise<void> {
    const objects = dictAt(resources, "XObject");
    const [object, ref] = [streamAt(objects, name), refAt(objects, name)];
    if (!object || !ref) return;
    const kind = nameAt(object.dict, "Subtype");
    if (kind === "Form") await this.#once(object, () => this.#form(object, ref, resources));
    if (kind === "Image") await this.#once(object, () => this.#image(object, ref, resources));
  }

  async #image(image: PDFStream, ref: PDFRef, resources: PDFDict): Promise<void> {
    if (image.dict.lookup(PDFName.of("ImageMask")) === PDFBool.True) return;
    const space = image.dict.lookup(PDFName.of("ColorSpace"));
    if (space !== undefined && colourKind(space, resources) === "ink") return;
    await this.#convertImage(image, ref);
  }

  async #form(form: PDFStream, ref: PDFRef, resources: PDFDict): Promise<void> {
    const own = dictAt(form.dict, "Resources") ?? resources;
    groupInInk(form.dict);
    replaceForm(form, ref, await this.of(parseContent(decoded(form)), own));
  }

  async #pattern(name: string, resources: PDFDict): Promise<void> {
    const patterns = dictAt(resources, "Pattern");
    const [tile, ref] = [streamAt(patterns, name), refAt(patterns, name)];
    // Without a stream it is a shading.
    if (!tile) assertInk(dictAt(dictAt(patterns, name), "Shading"), resources);
    else if (ref && numberAt(tile.dict, "PaintType") === 1)
      await this.#once(tile, () => this.#form(tile, ref, resources));
  }

  async #softMask(state: PDFDict | null, resources: PDFDict): Promise<void> {
    const masks = dictAt(state, "SMask");
    const [group, ref] = [streamAt(masks, "G"), refAt(masks, "G")];
    if (group && ref) await this.#once(group, () => this.#form(group, ref, resources));
  }

  /** Fonts whose letters are little drawings. */
  async #lettersDrawn(resources: PDFDict): Promise<void> {
    const fonts = dictAt(resources, "Font");
    for (const name of fonts?.keys() ?? []) {
      const font = dictAt(fonts, name.decodeText());
      if (nameAt(font, "Subtype") !== "Type3") continue;
      const drawings = dictAt(font, "CharProcs");
      for (const letter of drawings?.keys() ?? []) {
        const [drawing, ref] = [
          streamAt(drawings, letter.decodeText()),
          refAt(drawings, letter.decodeText()),
        ];
        const own = dictAt(font, "Resources") ?? resources;
        if (drawing && ref) await this.#once(drawing, () => this.#form(drawing, ref, own));
      }
    }
  }

  /** What draws itself, in a circle, is left at that. */
  #once(object: PDFObject, convert: () => Promise<void>): Promise<void> | undefined {
    if (this.#open.has(object)) return undefined;
    const known = this.#seen.get(object);
    if (known) return known;
    this.#open.add(object);
    const done = convert().finally(() => this.#open.delete(object));
    this.#seen.set(object, done);
    return done;
  }

  readonly #open = new Set<PDFObject>();
}

/** A group of transparent things mixes its colours in inks too. */
export function groupInInk(dict: PDFDict): void {
  const group = dictAt(dict, "Group");
  if (group?.get(PDFName.of("CS")) === undefined) return;
  if (colourKind(group.lookup(PDFName.of("CS")), null) !== "ink")
    group.set(PDFName.of("CS"), PDFName.of("DeviceCMYK"));
}

function inInk(one: Operation, operator: string): Operation {
  const [red = 0, green = 0, blue = 0] = numbersOf(one);
  return operation(operator, ...cmykOf(red, green, blue));
}

function assertInk(shading: PDFDict | null, resources: PDFDict): void {
  if (shading && colourKind(shading.lookup(PDFName.of("ColorSpace")), resources) !== "ink") {
    throw new Unconvertible("A shading in light");
  }
}

function assertInlineInk([dictionary]: readonly Operand[], resources: PDFDict): void {
  const entries = new Map(dictionary?.kind === "dictionary" ? dictionary.entries : []);
  const space = entries.get("CS") ?? entries.get("ColorSpace");
  // A stencil has none.
  if (space === undefined) return;
  const name = space.kind === "name" ? space.value : null;
  if (name === null || colourKind(PDFName.of(name), resources) !== "ink") {
    throw new Unconvertible("A picture within the content, in light");
  }
}
