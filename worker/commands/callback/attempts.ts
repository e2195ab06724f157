import * as v from "valibot";
import {
  type AttemptsQuery,
  type ListedAttempt,
  listServiceAttempts,
} from "../../../shared/callback/attempt-list.ts";
import { attemptOutcomes } from "../../../shared/callback/attempts.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";
import { command, count, type Deps, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";
import { Since, sinceOption } from "./since.ts";

export const AnyType = v.optional(v.picklist(callbackTypes, `must be one of ${callbackTypes.join(", ")}`));

export const anyTypeOption = {
  type: "string",
  valueHint: "type",
  description: `What was told, one of ${callbackTypes.join(", ")}; any if not given`,
} as const;

const mostListed = 10_000;
const Limit = v.optional(count({ least: 1, most: mostListed }), "100");

const listing = {
  service: { type: "positional", description: "The service's id" },
  type: anyTypeOption,
  since: sinceOption,
  limit: { type: "string", valueHint: "count", description: "How many; 100 if not given" },
  json: jsonOption,
} as const;

const Listing = { service: Id, type: AnyType, since: v.optional(Since), limit: Limit, json: Flag };

export const listAttemptsCommand = command({
  name: "attempts",
  description: "List the attempts at telling a service something, the newest first",
  args: {
    ...listing,
    outcome: {
      type: "string",
      valueHint: "outcome",
      description: `How it ended: ${attemptOutcomes.join(", ")}`,
    },
  },
  input: v.object({
    ...Listing,
    outcome: v.optional(v.picklist(attemptOutcomes, `must be one of ${attemptOutcomes.join(", ")}`)),
  }),
  run: ({ outcome, ...input }, deps) => list(input, outcome ?? null, deps),
});

export const listFailuresCommand = command({
  name: "failures",
  description:
    "List what a service could not be told, and is not being told again; `callback replay` does that",
  args: listing,
  input: v.object(Listing),
  run: (input, deps) => list(input, "final-failure", deps),
});

interface Asked extends Pick<AttemptsQuery, "limit"> {
  service: string;
  type?: AttemptsQuery["type"] | undefined;
  since?: Date | undefined;
  json: boolean;
}

async function list(
  { service, type, since, limit, json }: Asked,
  outcome: AttemptsQuery["outcome"],
  { sql, cipher, print }: Deps,
): Promise<void> {
  await assertService(sql, service);
  const asked = {
    serviceId: service,
    type: type ?? null,
    outcome,
    since: since ?? null,
    olderThan: null,
    limit,
  };
  const attempts = await listServiceAttempts(sql, cipher, asked);
  printRows(attempts.map(rowOf), { print, json, nothing: "No attempts" });
}

function rowOf({ at, type, subjectId, attempt, outcome, status, error, durationMs, ...rest }: ListedAttempt) {
  const { address, detail, excerpt, replayId } = rest;
  const answer = { status, error, ms: durationMs, address, detail, answer: excerpt };
  return { at, type, subjectId, attempt, outcome, ...answer, replayId };
}
