import { PDFArray, PDFDict, PDFName, PDFNumber, type PDFObject, PDFRef, PDFStream } from "@cantoo/pdf-lib";

/** Lookups that answer null for what is of another kind than it should be: such a file shows nothing there. */

export function dictAt(dict: PDFDict | null, name: string): PDFDict | null {
  const value = dict?.lookup(PDFName.of(name));
  if (value instanceof PDFStream) return value.dict;
  return value instanceof PDFDict ? value : null;
}

export function streamAt(dict: PDFDict | null, name: string): PDFStream | null {
  const value = dict?.lookup(PDFName.of(name));
  return value instanceof PDFStream ? value : null;
}

export function refAt(dict: PDFDict | null, name: string): PDFRef | null {
  const value = dict?.get(PDFName.of(name));
  return value instanceof PDFRef ? value : null;
}

export function arrayAt(dict: PDFDict | null, name: string): PDFArray | null {
  const value = dict?.lookup(PDFName.of(name));
  return value instanceof PDFArray ? value : null;
}

export function nameAt(dict: PDFDict | null, name: string): string | null {
  return nameIn(dict?.lookup(PDFName.of(name)));
}

export function nameIn(value: PDFObject | undefined): string | null {
  return value instanceof PDFName ? value.decodeText() : null;
}

export function numberAt(dict: PDFDict | null, name: string): number | null {
  const value = dict?.lookup(PDFName.of(name));
  return value instanceof PDFNumber ? value.asNumber() : null;
}

export function numbersAt(dict: PDFDict | null, name: string): number[] | null {
  return arrayAt(dict, name) && numbersIn(arrayAt(dict, name));
}

export function numbersIn(array: PDFArray | null): number[] {
  return itemsOf(array).map((value) => (value instanceof PDFNumber ? value.asNumber() : 0));
}

/** Each item itself, where it stands as a reference too. */
export function itemsOf(array: PDFArray | null): (PDFObject | undefined)[] {
  return Array.from({ length: array?.size() ?? 0 }, (_, index) => array?.lookup(index));
}
