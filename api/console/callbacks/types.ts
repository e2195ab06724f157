import { type CallbackType, callbackTypes } from "../../../shared/service/callback-types.ts";
import { notThere } from "../fault.ts";

/** What each tells a service, and how the console calls it. */
export const typeWords: Readonly<Record<CallbackType, { title: string; what: string }>> = {
  delivery_status: { title: "Delivery receipts", what: "What became of each text and email" },
  inbound_sms: { title: "Received texts", what: "Each text that somebody sends to the service" },
  complaint: { title: "Complaints", what: "Each recipient who called an email unwanted" },
  returned_letter: { title: "Returned letters", what: "Each letter that the post brought back" },
};

/** The type that a path names. */
export function typeIn(text: string | undefined): CallbackType {
  const type = callbackTypes.find((one) => one === text);
  if (!type) throw notThere();
  return type;
}
