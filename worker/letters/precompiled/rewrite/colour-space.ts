import { PDFArray, type PDFDict, PDFName, type PDFObject, PDFStream } from "@cantoo/pdf-lib";
import { dictAt, itemsOf, nameIn, numberAt } from "./resources.ts";

/**
 * How a colour is given. `ink`: in inks or grey, and printed as it is. `rgb`: in light, three parts. `pattern`: by a
 * pattern with colours of its own. `other`: in light in a roundabout way.
 */
export type ColourKind = "ink" | "rgb" | "pattern" | "other";

const deepest = 4;

/** By what stands in a file; a name is looked up among the resources of the content that says it. */
export function colourKind(space: PDFObject | undefined, resources: PDFDict | null, depth = 0): ColourKind {
  if (depth > deepest) return "other";
  if (space instanceof PDFName) return namedKind(space.decodeText(), resources, depth);
  if (!(space instanceof PDFArray)) return "other";
  const [first, second, third] = itemsOf(space);
  switch (nameIn(first)) {
    case "ICCBased":
      return second instanceof PDFStream ? profileKind(second.dict) : "other";
    case "CalRGB":
      return "rgb";
    case "Indexed":
    case "I":
      return colourKind(second, resources, depth + 1) === "ink" ? "ink" : "other";
    case "Separation":
    case "DeviceN":
      return colourKind(third, resources, depth + 1) === "ink" ? "ink" : "other";
    case "Pattern":
      return second === undefined || colourKind(second, resources, depth + 1) === "ink" ? "pattern" : "other";
    case "CalGray":
    case "DeviceGray":
    case "DeviceCMYK":
      return "ink";
    case "DeviceRGB":
      return "rgb";
    default:
      return "other";
  }
}

function namedKind(name: string, resources: PDFDict | null, depth: number): ColourKind {
  switch (name) {
    case "DeviceGray":
    case "G":
    case "CalGray":
    case "DeviceCMYK":
    case "CMYK":
      return "ink";
    case "DeviceRGB":
    case "RGB":
    case "CalRGB":
      return "rgb";
    case "Pattern":
      return "pattern";
    default: {
      const named = dictAt(resources, "ColorSpace")?.lookup(PDFName.of(name));
      return named === undefined ? "other" : colourKind(named, resources, depth + 1);
    }
  }
}

function profileKind(profile: PDFDict): ColourKind {
  switch (numberAt(profile, "N")) {
    case 1:
    case 4:
      return "ink";
    case 3:
      return "rgb";
    default:
      return "other";
  }
}
