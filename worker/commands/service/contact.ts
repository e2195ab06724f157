import * as v from "valibot";
import { contactLinkFault } from "../../../shared/service/contact-link.ts";
import { setContactLink } from "../../../shared/service/setup.ts";
import { command, Flag, Id, UsageError } from "../command.ts";
import { noService } from "./known.ts";

const ContactLink = v.pipe(
  v.string(),
  v.trim(),
  v.rawCheck(({ dataset, addIssue }) => {
    const fault = dataset.typed ? contactLinkFault(dataset.value) : null;
    if (fault !== null) addIssue({ message: fault });
  }),
);

export const setContactCommand = command({
  name: "contact",
  description: "Set where recipients of a service's files turn to; without one it cannot send files by email",
  args: {
    id: { type: "positional", description: "The service's id" },
    link: {
      type: "positional",
      required: false,
      description: "A web address, an email address or a phone number",
    },
    remove: { type: "boolean", description: "Take it away" },
  },
  input: v.object({ id: Id, link: v.optional(ContactLink), remove: Flag }),
  async run({ id, link, remove }, { sql, print }) {
    if ((link === undefined) !== remove) throw new UsageError("Give either a LINK or --remove");
    if (!(await setContactLink(sql, id, link ?? null))) throw noService(id);
    print(link === undefined ? `${id} cannot send files any more` : `Recipients of files turn to ${link}`);
  },
});
