import * as v from "valibot";
import { holdLetters, listHolds, releaseLetters } from "../../../shared/letter/hold.ts";
import { command, Flag, Id, jsonOption, Text } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

const service = { type: "positional", description: "The service's id" } as const;

export const holdLettersCommand = command({
  name: "hold",
  description: "Print none of a service's letters until they are released",
  args: {
    service,
    reason: {
      type: "string",
      required: true,
      valueHint: "words",
      description: "Why, for those who look later",
    },
  },
  input: v.object({ service: Id, reason: Text }),
  async run({ service: serviceId, reason }, { sql, print, note }) {
    await assertService(sql, serviceId);
    const { takenApart, underWay } = await holdLetters(sql, { serviceId, reason, at: new Date() });
    print(`Holding the letters of ${serviceId}; took ${takenApart} batches apart`);
    if (underWay > 0) note(`${underWay} batches are being sent already: see "letter abandon"`);
  },
});

export const releaseLettersCommand = command({
  name: "release",
  description: "Let a service's letters be printed again, from the next run on",
  args: { service },
  input: v.object({ service: Id }),
  async run({ service: serviceId }, { sql, print }) {
    await assertService(sql, serviceId);
    const wasHeld = await releaseLetters(sql, serviceId);
    if (!wasHeld) throw new Error(`Cannot release the letters of ${serviceId}: they are not held`);
    print(`Released the letters of ${serviceId}`);
  },
});

export const listHoldsCommand = command({
  name: "holds",
  description: "List services whose letters are held, and how many wait",
  args: { json: jsonOption },
  input: v.object({ json: Flag }),
  async run({ json }, { sql, print }) {
    printRows(await listHolds(sql), { print, json, nothing: "No letters are held" });
  },
});
