import type { SignedIn } from "../../shared/session/queries.ts";

/** What a person may do where a page is: everything, change it, or look at it. */
export type Role = "operator" | "manager" | "viewer";

/** A service as every page of it names it. */
export interface ServiceHead {
  id: string;
  name: string;
  active: boolean;
  restricted: boolean;
}

/** What the console's middleware leaves for its pages. */
export interface ConsoleEnv {
  Variables: {
    user: SignedIn;
    /** What every form of this session carries. */
    formToken: string;
    /** Of the browser's session. */
    tokenHash: Uint8Array;
    /** Only below `/console/services/:service`. */
    service: ServiceHead;
    /** In that service; `operator` or `viewer` elsewhere. */
    role: Role;
    /** What the last page had to say, once. */
    notice: string | null;
  };
}
