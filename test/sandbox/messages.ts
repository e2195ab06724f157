import { type Channel, channels, type Message } from "./message.ts";

export type NewMessage = Omit<Message, "id" | "receivedAt">;

export type MessagesEvent = { type: "message"; message: Message } | { type: "cleared" };

export interface WaitOptions {
  channel?: Channel | undefined;
  /** 20,000 by default. */
  timeoutMs?: number | undefined;
  /** Gives up when aborted. */
  signal?: AbortSignal | undefined;
}

export interface WaitFor {
  /** The newest first, once that many have arrived since the last clear. Throws when time is up. */
  (count: number, options?: WaitOptions): Promise<Message[]>;
  /** The first that fits, of those here and those still to come. Throws when time is up. */
  (predicate: (message: Message) => boolean, options?: WaitOptions): Promise<Message>;
}

export interface Messages {
  add(message: NewMessage): Message;
  /** Newest first. */
  list(channel?: Channel, limit?: number): Message[];
  /** How many arrived since the last clear, those no longer kept included. */
  count(channel?: Channel): number;
  clear(): void;
  waitFor: WaitFor;
  /** Returns what ends the subscription. */
  subscribe(listener: (event: MessagesEvent) => void): () => void;
}

/** Keeps the newest `limit` messages of each channel, in memory. */
export function createMessages(limit: number): Messages {
  const kept = new Map<Channel, Message[]>(channels.map((channel) => [channel, []]));
  const arrived = new Map<Channel, number>();
  const listeners = new Set<(event: MessagesEvent) => void>();
  let lastId = 0;

  const ofChannel = (channel: Channel) => (kept.get(channel) ?? []).slice(-limit).reverse();

  function list(channel?: Channel, most = limit): Message[] {
    if (channel) return ofChannel(channel).slice(0, most);
    return channels
      .flatMap(ofChannel)
      .sort((a, b) => b.id - a.id)
      .slice(0, most);
  }

  function count(channel?: Channel): number {
    if (channel) return arrived.get(channel) ?? 0;
    return channels.reduce((sum, each) => sum + count(each), 0);
  }

  function subscribe(listener: (event: MessagesEvent) => void) {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Asks `check` now and after each arrival, until it answers something other than undefined. */
  function until<T>(
    check: (arrival: Message | null) => T | undefined,
    wanted: string,
    { channel, timeoutMs = 20_000, signal }: WaitOptions,
  ): Promise<T> {
    const already = check(null);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        end();
        const facts = `${count(channel)} arrived in all, none or too few of those wanted in ${timeoutMs} ms`;
        reject(new Error(`Cannot wait for ${wanted}: ${facts}`));
      };
      const timer = setTimeout(giveUp, timeoutMs);
      signal?.addEventListener("abort", giveUp);
      const unsubscribe = subscribe((event) => {
        if (event.type !== "message" || (channel && event.message.channel !== channel)) return;
        const found = check(event.message);
        if (found === undefined) return;
        end();
        resolve(found);
      });
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", giveUp);
        unsubscribe();
      };
    });
  }

  function waitFor(count: number, options?: WaitOptions): Promise<Message[]>;
  function waitFor(predicate: (message: Message) => boolean, options?: WaitOptions): Promise<Message>;
  function waitFor(
    wanted: number | ((message: Message) => boolean),
    options: WaitOptions = {},
  ): Promise<Message[] | Message> {
    const { channel } = options;
    const kind = channel ?? "any channel";
    if (typeof wanted === "number") {
      const check = () => (count(channel) >= wanted ? list(channel) : undefined);
      return until(check, `${wanted} messages of ${kind}`, options);
    }
    const check = (arrival: Message | null) =>
      arrival === null ? list(channel).findLast(wanted) : wanted(arrival) ? arrival : undefined;
    return until(check, `a message of ${kind}`, options);
  }

  return {
    add(fresh) {
      const message = { id: ++lastId, receivedAt: new Date(), ...fresh };
      const { channel } = message;
      const all = kept.get(channel) ?? [];
      all.push(message);
      // Trimmed once in `limit` arrivals, so that each costs the same however many are kept.
      if (all.length >= 2 * limit) kept.set(channel, all.slice(-limit));
      arrived.set(channel, count(channel) + 1);
      for (const listener of listeners) listener({ type: "message", message });
      return message;
    },
    list,
    count,
    clear() {
      for (const channel of channels) kept.set(channel, []);
      arrived.clear();
      for (const listener of listeners) listener({ type: "cleared" });
    },
    waitFor,
    subscribe,
  };
}
