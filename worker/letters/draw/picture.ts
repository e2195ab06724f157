export interface Size {
  width: number;
  height: number;
}

export interface Picture extends Size {
  /** Four bytes each: blue, green, red and one unused. */
  pixels: Uint8Array<ArrayBuffer>;
}

/** From its top left, in dots; parts of them count by where their middle lies. */
export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Mixes red into part of a picture: of what was there 1 − `share` remains. */
export function tint({ width, height, pixels }: Picture, box: Box, share: number): void {
  const [left, right] = [Math.max(0, Math.round(box.left)), Math.min(width, Math.round(box.right))];
  const [top, bottom] = [Math.max(0, Math.round(box.top)), Math.min(height, Math.round(box.bottom))];
  for (let row = top; row < bottom; row += 1) {
    for (let at = (row * width + left) * 4; at < (row * width + right) * 4; at += 4) {
      for (let part = 0; part < 3; part += 1) {
        const was = pixels[at + part] ?? 0;
        pixels[at + part] = Math.round(was + ((red[part] ?? 0) - was) * share);
      }
    }
  }
}

/** Blue, green, red: the one of GOV.UK's errors. */
const red = [0x1c, 0x35, 0xd4];

/**
 * Makes what is nearly grey grey, as black ink shows on screens, in so many shades: a page of text then has few
 * colours, also with red over it, and its picture is half the size.
 */
export function withGreys({ pixels }: Picture, shades: number): void {
  const step = 255 / (shades - 1);
  for (let at = 0; at < pixels.length; at += 4) {
    const [blue = 0, green = 0, red = 0] = [pixels[at], pixels[at + 1], pixels[at + 2]];
    if (blue === 255 && green === 255 && red === 255) continue;
    if (Math.abs(blue - green) > nearlyGrey || Math.abs(red - green) > nearlyGrey) continue;
    const shade = Math.round(Math.round(green / step) * step);
    pixels[at] = shade;
    pixels[at + 1] = shade;
    pixels[at + 2] = shade;
  }
}

const nearlyGrey = 8;

/** Grey from corner to corner, for a page that nobody can read. */
export function crossedOut({ width, height }: Size): Picture {
  const pixels = new Uint8Array(width * height * 4).fill(0xff);
  for (let row = 0; row < height; row += 1) {
    const column = Math.floor((row / height) * width);
    for (const at of [column, width - 1 - column]) {
      for (const dot of [at, at + 1]) {
        if (dot < width) pixels.fill(grey, (row * width + dot) * 4, (row * width + dot) * 4 + 3);
      }
    }
  }
  return { width, height, pixels };
}

const grey = 0xb0;
