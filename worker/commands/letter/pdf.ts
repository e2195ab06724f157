import { writeFile } from "node:fs/promises";
import * as v from "valibot";
import { readLetter } from "../../../shared/letter/files.ts";
import { command, Flag, Id, Text } from "../command.ts";

export const letterPdfCommand = command({
  name: "pdf",
  description: "Write a letter's PDF to a file",
  args: {
    id: { type: "positional", description: "The notification's id" },
    out: { type: "string", description: "The file to write, which must not be there", required: true },
    original: { type: "boolean", description: "What a service sent, rather than what is printed" },
  },
  input: v.object({ id: Id, out: Text, original: Flag }),
  async run({ id, out, original }, { storage, cipher, print }) {
    const pdf = await readLetter({ storage, cipher }, id, original ? "original" : "letter");
    if (!pdf) throw new Error(`Cannot write the PDF of ${id}: there is none`);
    // It is somebody's letter: only for the one who asked for it.
    await writeFile(out, pdf, { flag: "wx", mode: 0o600 });
    print(`Wrote ${pdf.length} bytes to ${out}`);
  },
});
