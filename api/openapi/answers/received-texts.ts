import * as v from "valibot";
import { Links } from "./notification.ts";
import { id, text, timestamp } from "./values.ts";

export const ReceivedText = v.strictObject({
  content: text("What they wrote."),
  created_at: timestamp("When it came."),
  id: id("The text's id."),
  notify_number: text("Your number.", { examples: ["07900900001"] }),
  service_id: id("Your service's id."),
  user_number: text("Who sent it.", { examples: ["447900900123"] }),
});

export const ReceivedTexts = v.strictObject({
  links: Links,
  received_text_messages: v.pipe(
    v.array(ReceivedText),
    v.maxLength(250),
    v.metadata({ description: "Newest first, 250 at most." }),
  ),
});
