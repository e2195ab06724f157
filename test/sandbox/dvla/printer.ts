import { existsSync, linkSync, mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type JournalZip, readJournal, writeJournal } from "./journal.ts";
import type { LetterText, PdfReader } from "./pdf.ts";
import { readZip, readZippedFile, sha256Of } from "./zip.ts";

export interface PrinterOptions {
  /** Everything the printer has and remembers. */
  dir: string;
  /** Whether zips are taken out of the upload folder, as DVLA does. */
  picksUp: boolean;
  pdfs: Pick<PdfReader, "read">;
  onZip: (zip: ReceivedZip, texts: readonly LetterText[]) => void;
  onDispatched: (file: string) => void;
}

export interface ReceivedZip extends Omit<JournalZip, "type" | "at"> {
  receivedAt: Date;
}

export interface Printer {
  /** Where logins land; holds `notify` and `dispatch`. */
  home: string;
  /** Looks at a file that was written or renamed. */
  look(path: string): void;
  /** Resolves once all files were looked at. */
  settled(): Promise<void>;
  /** All that came whole, in that order; one whose name was there already is not printed. */
  zips(): ReceivedZip[];
  /** The PDF as it came. Throws where it did not. */
  pdf(reference: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Writes an acknowledgement for each of these zips, or of all that have none. Answers the files' names. */
  acknowledge(names?: readonly string[]): Promise<string[]>;
  /** Writes one response file for all letters that have no answer. Answers its name; null where there are none. */
  respond(options?: { failed?: readonly string[] }): Promise<string | null>;
  /** Writes any file for us to find. */
  dispatch(name: string, content: string | Uint8Array): Promise<void>;
}

/** Takes zips from its folder, and writes into another what became of them; see letters.md 5.2 and 5.3. */
export function createPrinter({ dir, picksUp, pdfs, onZip, onDispatched }: PrinterOptions): Printer {
  const home = join(dir, "home");
  const uploads = join(home, "notify");
  const dispatched = join(home, "dispatch");
  const printed = join(dir, "printed");
  const journal = join(dir, "journal");
  // It holds letters.
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const folder of [uploads, dispatched, printed]) mkdirSync(folder, { recursive: true });

  const zips: ReceivedZip[] = [];
  const acknowledged = new Set<string>();
  const answered = new Set<string>();
  for (const entry of readJournal(journal)) {
    if (entry.type === "zip") zips.push(asReceived(entry));
    else if (entry.type === "acknowledged") acknowledged.add(entry.name);
    else for (const reference of entry.references) answered.add(reference);
  }
  let last: Promise<unknown> = Promise.resolve();
  /** One thing at a time, so that nothing is answered twice. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  }

  async function read(path: string) {
    const letters: JournalZip["letters"] = [];
    const texts: LetterText[] = [];
    for await (const { name, content } of readZip(path)) {
      const text = await pdfs.read(content);
      texts.push(text);
      // NOTIFY.REFERENCE.D.2.C.C.20181001173402.PDF (letters.md 1.6)
      const reference = name.split(".")[1] ?? "";
      letters.push({ file: name, reference, bytes: content.length, pages: text.pages });
    }
    return { letters, texts };
  }

  /** Each of these steps may be the last before a kill, and is done again at the next start. */
  async function take(path: string): Promise<void> {
    if (!existsSync(path)) return;
    const contents = await read(path).catch(() => null);
    // Not all of it is here yet, or it never will be.
    if (contents === null) return;
    const name = basename(path);
    const sha256 = await sha256Of(path);
    const isNew = !zips.some((zip) => zip.name === name && zip.sha256 === sha256);
    if (isNew) {
      const kept = join(printed, sha256);
      if (!existsSync(kept)) linkSync(path, kept);
      const entry: JournalZip = {
        type: "zip",
        name,
        bytes: statSync(path).size,
        sha256,
        at: Date.now(),
        isPrinted: !zips.some((zip) => zip.name.toUpperCase() === name.toUpperCase()),
        letters: contents.letters,
      };
      writeJournal(journal, entry);
      const zip = asReceived(entry);
      zips.push(zip);
      onZip(zip, contents.texts);
    }
    if (picksUp) rmSync(path, { force: true });
  }

  function look(path: string) {
    if (dirname(path) !== uploads || !/^NOTIFY.*\.ZIP$/i.test(basename(path))) return;
    void inTurn(() => take(path)).catch(() => {});
  }

  async function dispatch(name: string, content: string | Uint8Array) {
    // Whole or not at all, as seen by who polls.
    const temporary = join(dir, `being-written-${crypto.randomUUID()}`);
    await writeFile(temporary, content);
    await rename(temporary, join(dispatched, name));
    onDispatched(name);
  }

  const letters = () =>
    zips
      .filter(({ isPrinted }) => isPrinted)
      .flatMap((zip) => zip.letters.map((letter) => ({ ...letter, sha256: zip.sha256 })));

  /** One that no file of the folder has yet. */
  function responseName(): string {
    for (let at = Date.now(); ; at += 1000) {
      const name = `NOTIFY-${stampOf(at)}-RSP.TXT`;
      if (!existsSync(join(dispatched, name))) return name;
    }
  }

  async function acknowledge(names?: readonly string[]): Promise<string[]> {
    const wanted = names ?? zips.map(({ name }) => name).filter((name) => !acknowledged.has(name));
    const files: string[] = [];
    for (const name of new Set(wanted)) {
      const file = `${name.replace(/\.zip$/i, "")}.ACK.TXT`;
      await dispatch(file, `${name}|${stampOf(Date.now())}\n`);
      acknowledged.add(name);
      writeJournal(journal, { type: "acknowledged", name });
      files.push(file);
    }
    return files;
  }

  async function respond(failed: readonly string[]): Promise<string | null> {
    const open = letters().filter(({ reference }) => !answered.has(reference));
    if (open.length === 0) return null;
    const lines = open.map(({ reference, file, pages }) => {
      // The fourth part of its name is its postage (letters.md 1.6); only second class is sorted.
      const sorted = file.split(".")[3] === "2" ? "Sorted" : "Unsorted";
      const status = failed.includes(reference) ? "Failed" : "Sent";
      return `${reference}|${status}|${Math.ceil(pages / 2)}|${sorted}|${dayOf(Date.now())}\n`;
    });
    const name = responseName();
    await dispatch(name, lines.join(""));
    const references = open.map(({ reference }) => reference);
    for (const reference of references) answered.add(reference);
    writeJournal(journal, { type: "answered", references });
    return name;
  }

  const printer: Printer = {
    home,
    look,
    async settled() {
      await last;
    },
    zips: () => [...zips],
    async pdf(reference) {
      const letter = letters().find((each) => each.reference === reference);
      if (!letter) throw new Error(`Cannot show ${reference}: it was not printed`);
      return readZippedFile(join(printed, letter.sha256), letter.file);
    },
    acknowledge: (names) => inTurn(() => acknowledge(names)),
    respond: ({ failed = [] } = {}) => inTurn(() => respond(failed)),
    dispatch,
  };
  // What came while nobody looked.
  for (const name of readdirSync(uploads)) look(join(uploads, name));
  return printer;
}

function asReceived({ name, bytes, sha256, at, isPrinted, letters }: JournalZip): ReceivedZip {
  return { name, bytes, sha256, isPrinted, letters, receivedAt: new Date(at) };
}

/** YYYYMMDDHHMMSS in UTC. */
function stampOf(at: number): string {
  return new Date(at).toISOString().replaceAll(/\D/g, "").slice(0, 14);
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
