import * as v from "valibot";
import { command, Id } from "../command.ts";
import { type RenderAgain, renderAgain } from "./render-again.ts";

export const renderLetterCommand = command({
  name: "render",
  description: "Make the PDF of a templated letter anew, where no print run has it yet",
  args: { id: { type: "positional", description: "The notification's id" } },
  input: v.object({ id: Id }),
  async run({ id }, { sql, print }) {
    const fault = faultOf(await renderAgain(sql, id));
    if (fault !== null) throw new Error(`Cannot render ${id}: ${fault}`);
    print(`Queued ${id} in create-letter-pdf`);
  },
});

function faultOf(answer: RenderAgain): string | null {
  switch (answer.outcome) {
    case "queued":
      return null;
    case "no-letter":
      return "there is no such letter";
    case "precompiled":
      return "its service made it";
    case "in-batch":
      return `it is in the batch ${answer.batch}`;
    case "handled":
      return `it is ${answer.status}`;
    case "has-job":
      return "it has a job";
  }
}
