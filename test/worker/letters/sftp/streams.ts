/** For what is not to be called off. */
export const signal = new AbortController().signal;

export function piecesOf(pieces: readonly (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(typeof piece === "string" ? Buffer.from(piece) : piece);
      controller.close();
    },
  });
}

export async function readAll(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Gives 100,000 bytes and then nothing, and does not end. */
export function never() {
  const taken = Promise.withResolvers<void>();
  const cancelled = Promise.withResolvers<void>();
  let isFirst = true;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (isFirst) {
          isFirst = false;
          return controller.enqueue(new Uint8Array(100_000));
        }
        taken.resolve();
        return new Promise(() => {});
      },
      cancel: () => cancelled.resolve(),
    },
    { highWaterMark: 0 },
  );
  return { stream, taken: taken.promise, cancelled: cancelled.promise };
}
