import * as v from "valibot";
import { replayOutcomes } from "../../../shared/callback/replay.ts";
import { callbackTypes } from "../../../shared/service/callback-types.ts";
import { parseLondonTime } from "../../../shared/time/london.ts";
import type { CallbackDesk } from "../../internal/callbacks/desk.ts";
import { BearerToken, callbackUrl } from "../../internal/callbacks/requests.ts";

/* What is typed about callbacks. What is wrong with a token never repeats it. */

/** `token`: whether there must be one, or what is left empty stays as it was. */
export function receiverForm(
  { urlFault }: Pick<CallbackDesk, "urlFault">,
  { token }: { token: "required" | "optional" },
) {
  const url = callbackUrl(urlFault);
  return v.object({
    url: v.pipe(v.string(), v.trim(), toldAs("The address", url)),
    token: v.pipe(
      v.string(),
      v.check((text) => token === "optional" || text !== "", "Enter a token"),
      v.rawCheck(({ dataset, addIssue }) => {
        if (!dataset.typed || dataset.value === "") return;
        const fault = v.safeParse(BearerToken, dataset.value).issues?.[0]?.message;
        if (fault !== undefined) addIssue({ message: `The token ${fault}` });
      }),
    ),
  });
}

function toldAs(name: string, schema: v.GenericSchema<string>) {
  return v.rawCheck<string>(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    if (dataset.value === "") return addIssue({ message: "Enter an address" });
    const fault = v.safeParse(schema, dataset.value).issues?.[0]?.message;
    if (fault !== undefined) addIssue({ message: `${name} ${fault}` });
  });
}

const noTime = "Enter a date and a time, such as 21/11/2026 09:30";

/** What is to be told again. `at` is now. */
export function replayForm(at: Date) {
  return v.object({
    type: v.picklist(["any", ...callbackTypes], "Choose what to tell again"),
    outcome: v.picklist(replayOutcomes, "Choose which"),
    since: v.pipe(
      v.string(noTime),
      v.rawTransform(({ dataset, addIssue, NEVER }) => {
        const since = parseLondonTime(dataset.value);
        if (since !== null) return since;
        addIssue({ message: noTime });
        return NEVER;
      }),
      v.check((since) => since <= at, "Choose a time that is over"),
    ),
    confirm: v.literal("yes", "Tick that the receiver is told again"),
  });
}
