/** What decides which zip a letter goes into. */
export interface Groupable {
  postage: string;
  serviceId: string;
  /** Of its PDF. */
  bytes: number;
}

export interface BatchLimits {
  /** Of the PDFs of one zip together; reaching it exactly is allowed. */
  largestBytes: number;
  mostLetters: number;
}

/** A zip's own lists count their entries in 16 bits, and the last number has a meaning of its own. */
const mostEntries = 65_534;

export interface Grouper<Letter> {
  /** Answers with the batch that this letter did not go into, where it closed one. */
  add(letter: Letter): readonly Letter[] | null;
  /** Answers with the last batch; null where there was no letter since the one before. */
  close(): readonly Letter[] | null;
}

/**
 * Cuts letters that come in order of postage and service into batches: a batch ends where either changes, where the next
 * letter would push the sum of bytes over the limit, and at the count limit. No batch is empty: a letter that is larger
 * than the limit makes one by itself (`spec/letters.md` 4.3).
 */
export function createGrouper<Letter extends Groupable>({
  largestBytes,
  mostLetters,
}: BatchLimits): Grouper<Letter> {
  const most = Math.min(mostLetters, mostEntries);
  let open: Letter[] = [];
  let bytes = 0;

  function close(): readonly Letter[] | null {
    const closed = open;
    open = [];
    bytes = 0;
    return closed.length > 0 ? closed : null;
  }

  return {
    add(letter) {
      const [first] = open;
      const isOther = first && (first.postage !== letter.postage || first.serviceId !== letter.serviceId);
      const isFull = open.length >= most || bytes + letter.bytes > largestBytes;
      const closed = isOther || isFull ? close() : null;
      open.push(letter);
      bytes += letter.bytes;
      return closed;
    },
    close,
  };
}
