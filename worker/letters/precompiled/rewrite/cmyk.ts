/** Parts of ink, 0 to 1. */
export type Cmyk = readonly [cyan: number, magenta: number, yellow: number, black: number];

/**
 * Red, green and blue light, 0 to 1, in ink. What is grey is printed with black alone, so that text stays sharp where
 * the four plates are a hair apart.
 */
export function cmykOf(red: number, green: number, blue: number): Cmyk {
  const [r, g, b] = [withinOne(red), withinOne(green), withinOne(blue)];
  const light = Math.max(r, g, b);
  if (light === 0) return [0, 0, 0, 1];
  return [1 - r / light, 1 - g / light, 1 - b / light, 1 - light];
}

function withinOne(part: number): number {
  return Math.min(Math.max(part, 0), 1);
}

/** Turns pixels of four bytes (blue, green, red, unused) into as many of ink, in place. */
export function toInks(pixels: Uint8Array): void {
  for (let at = 0; at < pixels.length; at += 4) {
    const blue = pixels[at] ?? 255;
    const green = pixels[at + 1] ?? 255;
    const red = pixels[at + 2] ?? 255;
    const light = Math.max(red, green, blue);
    pixels[at + 3] = 255 - light;
    // In this order: each is read before it is written.
    pixels[at] = light === 0 ? 0 : 255 - (red * 255) / light;
    pixels[at + 1] = light === 0 ? 0 : 255 - (green * 255) / light;
    pixels[at + 2] = light === 0 ? 0 : 255 - (blue * 255) / light;
  }
}
