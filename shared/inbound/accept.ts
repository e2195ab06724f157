import { isDataFault, type Pool } from "../database.ts";
import type { Cipher } from "../encryption.ts";
import { type GroupOptions, inGroups } from "../group.ts";
import { enqueue, type NewJob } from "../queue/enqueue.ts";
import type { Signer } from "../signing.ts";
import { textJob } from "./job.ts";
import { findInboundNumbers, type InboundNumber } from "./numbers.ts";
import type { IncomingText } from "./text.ts";

export interface TextDesk {
  /** As it is now: what is remembered would throw away the first texts to a number just given to a service. */
  findInboundNumber(number: string): Promise<InboundNumber | null>;
  /** Resolves when the text's job is stored; throws `Busy` where that took too long. */
  acceptText(text: IncomingText, number: InboundNumber, receivedAt: Date): Promise<void>;
}

interface DeskParts {
  sql: Pool;
  cipher: Cipher;
  signer: () => Promise<Signer>;
  timeoutMs: number;
  measured: GroupOptions<unknown>["measured"];
}

/** Takes texts in: those that come together share a look at the numbers and a commit. */
export function createTextDesk({ sql, cipher, signer, timeoutMs, measured }: DeskParts): TextDesk {
  const options = { largest: 500, waiting: 10_000, timeoutMs, isItemsFault: isDataFault };
  const find = inGroups((numbers: readonly string[]) => findInboundNumbers(sql, numbers), options);
  const add = inGroups<NewJob<"inbound-sms">, undefined>(
    async (jobs) => {
      await enqueue(sql, jobs);
      return jobs.map(() => undefined);
    },
    {
      ...options,
      measured,
      weight: { of: ({ data }) => data.body.length, heaviest: 4_000_000, waiting: 32_000_000 },
    },
  );

  return {
    findInboundNumber: find,
    async acceptText(text, number, receivedAt) {
      await add(await textJob({ text, number, receivedAt, cipher, signer: await signer() }));
    },
  };
}
