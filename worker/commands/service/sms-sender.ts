import * as v from "valibot";
import { smsSenderFault } from "../../../shared/recipient/sms-sender.ts";
import { UsageError } from "../command.ts";

export const SmsSender = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? smsSenderFault(dataset.value) : null;
    if (fault !== null) addIssue({ message: `is refused: ${fault}` });
  }),
);

/** Whom a service's texts come from where nobody says; throws where nothing can be made of its name. */
export function senderFor(name: string): string {
  const sender = name
    .normalize("NFD")
    .replace(/[^A-Za-z0-9]/g, "")
    .slice(0, 11);
  if (smsSenderFault(sender) !== null)
    throw new UsageError("--sms-sender is needed: none can be made of the name");
  return sender;
}
