/** A file's text. Throws where it cannot be read, or is no UTF-8. */
export async function readText(file: string): Promise<string> {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await Bun.file(file).bytes());
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "it is not a text";
    throw new Error(`Cannot read ${file}: ${reason}`);
  }
}
