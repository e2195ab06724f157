import type { Context } from "hono";
import type { ApiDeps } from "../../deps.ts";
import { noteLook } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";

type SeenDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "signer">;

const purpose = "console.seen";

/** Notes that a message was opened; answers what the parts of its page prove with that it was, in this session. */
export async function noteOpening(c: Context<ConsoleEnv>, deps: SeenDeps, id: string): Promise<string> {
  await noteLook(c, deps, { action: "notification.open", subject: `notification ${id}` });
  return await (await deps.signer()).sign(textOf(c, id), purpose);
}

/** Notes the opening of a part by itself; not that of a part whose page was noted. */
export async function noteUnseen(c: Context<ConsoleEnv>, deps: SeenDeps, id: string): Promise<void> {
  const proof = c.req.query("seen") ?? "";
  if (await (await deps.signer()).isSigned(textOf(c, id), proof, purpose)) return;
  await noteLook(c, deps, { action: "notification.open", subject: `notification ${id}` });
}

function textOf(c: Context<ConsoleEnv>, id: string): string {
  return `${c.var.formToken} ${id}`;
}
