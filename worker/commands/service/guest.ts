import * as v from "valibot";
import { guestListFault } from "../../../shared/recipient/guest-list.ts";
import { addGuest } from "../../../shared/service/setup.ts";
import { command, Id, UsageError } from "../command.ts";
import { assertService } from "./known.ts";

export const addGuestCommand = command({
  name: "guest",
  description: "Let a service in trial mode, or its team keys, send to someone",
  args: {
    id: { type: "positional", description: "The service's id" },
    recipient: {
      type: "positional",
      description: "An email address, or a phone number that is no landline; five of each at most",
    },
  },
  input: v.object({ id: Id, recipient: v.pipe(v.string(), v.trim()) }),
  async run({ id, recipient }, { sql, print }) {
    await assertService(sql, id);
    const outcome = await sql.begin((tx) => addGuest(tx, id, recipient));
    switch (outcome) {
      case "added":
        print(`Added ${recipient}`);
        return;
      case "already":
        print(`${recipient} is on the list already`);
        return;
      case "full":
        throw new Error(
          `Cannot add ${recipient}: five guests of its kind are on the list, and no more may be`,
        );
      case "invalid":
        throw new UsageError(guestListFault(recipient));
    }
  },
});
