import * as v from "valibot";
import { fixed, text } from "./values.ts";

export const Unsubscribed = v.strictObject({
  message: fixed("Unsubscribe successful", "Always the same."),
  result: fixed("success", "Always the same."),
});

export const UnsubscribeRefused = v.strictObject({
  message: v.strictObject({ "unsubscribe request": text("What is wrong.") }),
  result: fixed("error", "Always the same."),
});

/** What providers are told of their receipts. */
export const ReceiptTaken = v.strictObject({
  message: v.optional(text("Said to SNS.")),
  result: fixed("success", "Always the same."),
});

export const ReceiptRefused = v.strictObject({
  message: v.union([text("What is wrong."), v.array(text("One thing that is wrong."))]),
  result: fixed("error", "Always the same."),
});
