import * as v from "valibot";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { parsePhoneNumber } from "../../../shared/recipient/phone-number.ts";
import { addGuest } from "../../../shared/service/setup.ts";
import { command, Id } from "../command.ts";
import { assertService } from "./known.ts";

const Recipient = v.pipe(
  v.string(),
  v.trim(),
  v.check(
    (recipient) => parseEmailAddress(recipient) !== null || parsePhoneNumber(recipient).ok,
    "must be a phone number or an email address",
  ),
  v.maxLength(255, "must not be longer than 255 characters"),
);

export const addGuestCommand = command({
  name: "guest",
  description: "Let a service in trial mode, or its team keys, send to someone",
  args: {
    id: { type: "positional", description: "The service's id" },
    recipient: { type: "positional", description: "A phone number or an email address" },
  },
  input: v.object({ id: Id, recipient: Recipient }),
  async run({ id, recipient }, { sql, print }) {
    await assertService(sql, id);
    const added = await addGuest(sql, id, recipient);
    print(added ? `Added ${recipient}` : `${recipient} is on the list already`);
  },
});
