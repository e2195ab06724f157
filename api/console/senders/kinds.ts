import type { SenderKind } from "../../../shared/service/senders.ts";
import { type SenderWire, senderWires } from "../../internal/senders/kinds.ts";
import { notThere } from "../fault.ts";

/** How the console speaks of a kind of sender. */
export interface KindWords {
  title: string;
  caption: string;
  what: string;
  label: string;
  hint: string;
  button: string;
  empty: string;
}

export const kindWords: Readonly<Record<SenderKind, KindWords>> = {
  sms: {
    title: "What texts come from",
    caption: "Text senders",
    what: "People see it as the sender. Requests that name no other come from the default.",
    label: "Name or number",
    hint: "From 3 to 11 letters and numbers.",
    button: "Add a text sender",
    empty: "No text senders yet. Texts need one.",
  },
  email: {
    title: "Where emails are answered to",
    caption: "Reply-to addresses",
    what: "Replies go to the default, where a request names no other.",
    label: "Email address",
    hint: "An address that somebody reads.",
    button: "Add a reply-to address",
    empty: "No addresses yet. Without one nobody can answer the service’s emails.",
  },
  letter: {
    title: "Whom letters come from",
    caption: "Contact blocks",
    what: "It is printed at the right of letters whose template names it. The default is offered for new templates.",
    label: "Contact block",
    hint: "At most 10 lines.",
    button: "Add a contact block",
    empty: "No contact blocks yet. Letters can do without.",
  },
};

export const senderKinds = ["sms", "email", "letter"] as const satisfies readonly SenderKind[];

/** The rules of the kind that a path names. */
export function wireOf(kind: string | undefined): SenderWire {
  const wire = senderWires.find((one) => one.kind === kind);
  if (!wire) throw notThere();
  return wire;
}
