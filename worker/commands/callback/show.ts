import * as v from "valibot";
import { findBreaker } from "../../../shared/callback/health.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printFacts } from "../print.ts";
import { getCallback } from "./known.ts";
import { CallbackKind, typeOption } from "./type.ts";

export const showCallbackCommand = command({
  name: "show",
  description: "Show where a service is told of one kind of thing, and whether that is called now",
  args: {
    service: { type: "positional", description: "The service's id" },
    type: typeOption,
    json: jsonOption,
  },
  input: v.object({ service: Id, type: CallbackKind, json: Flag }),
  async run({ service, type, json }, { sql, print }) {
    const { isSigned, ...facts } = await getCallback(sql, service, type);
    const breaker = await findBreaker(sql, service, type);
    const sparedSince = breaker?.openedAt ?? null;
    const nextTryAt = breaker?.probeAt ?? null;
    printFacts({ ...facts, signed: isSigned, sparedSince, nextTryAt }, { print, json });
  },
});
