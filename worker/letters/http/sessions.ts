import { unlessAborted } from "../../egress/unless-aborted.ts";
import { type Access, authenticate, authHeaders, type Door, type Token } from "./access.ts";
import type { CredentialStore } from "./credentials.ts";

/** Signed in, with the key that goes with it. */
export interface Session {
  token: Token;
  headers: Record<string, string>;
}

export interface Sessions {
  /** The one that is open, or a new one; several who ask at once share it. */
  get(signal: AbortSignal): Promise<Access<Session>>;
  /** What it signed in with was refused: the next is opened with what is stored then. */
  drop(session: Session): void;
}

/** A token is no more used so long before its end. */
const marginMs = 60_000;
/** Accounts are locked where a wrong password comes too often: after a refusal nobody asks for so long. */
const refusedMs = 30_000;

/** Signs in at DVLA once for all letters of this worker. */
export function createSessions(
  door: Door,
  { credentials, now }: { credentials: CredentialStore; now: () => Date },
): Sessions {
  let open: Session | null = null;
  let opening: Promise<Access<Session>> | null = null;
  let refused: { access: Access<never>; until: number } | null = null;

  async function signIn(): Promise<Access<Session>> {
    const { username, password, nextPassword, apiKey } = await credentials.read();
    // Whoever waits for it may be gone: the call has a time limit of its own.
    const unending = new AbortController().signal;
    let access = await authenticate(door, { username, password }, unending);
    if (access.outcome === "refused" && nextPassword !== null) {
      access = await authenticate(door, { username, password: nextPassword }, unending);
      if (access.outcome === "given") await credentials.changePassword(nextPassword, now());
    }
    if (access.outcome === "refused") refused = { access, until: now().getTime() + refusedMs };
    if (access.outcome !== "given") return access;
    open = { token: access.value, headers: authHeaders(access.value, apiKey) };
    return { outcome: "given", value: open };
  }

  return {
    async get(signal) {
      const at = now().getTime();
      if (open && open.token.endsAt.getTime() - marginMs > at) return { outcome: "given", value: open };
      if (refused && refused.until > at) return refused.access;
      opening ??= signIn().finally(() => {
        opening = null;
      });
      return await unlessAborted(opening, signal);
    },
    drop(session) {
      if (open === session) open = null;
    },
  };
}
