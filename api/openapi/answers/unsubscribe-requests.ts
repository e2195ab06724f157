import * as v from "valibot";
import { Links } from "./notification.ts";
import { id, text, timestamp } from "./values.ts";

export const UnsubscribeRequest = v.strictObject({
  created_at: timestamp("When they asked."),
  email_address: text("Who wants no more of your emails.", { examples: ["amala@example.com"] }),
  notification_id: id("The email whose link they followed."),
  template: v.strictObject({
    id: id("The template of that email."),
    version: v.pipe(v.number(), v.integer(), v.metadata({ description: "Its version." })),
  }),
});

export const UnsubscribeRequests = v.strictObject({
  links: Links,
  unsubscribe_requests: v.pipe(
    v.array(UnsubscribeRequest),
    v.maxLength(250),
    v.metadata({ description: "Newest first, 250 at most." }),
  ),
});
