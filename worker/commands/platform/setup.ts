import * as v from "valibot";
import { readConfig } from "../../../shared/config.ts";
import { platformIds } from "../../../shared/platform/platform.ts";
import { listMissing, setUpPlatform } from "../../../shared/platform/set-up.ts";
import { parseEmailAddress } from "../../../shared/recipient/email-address.ts";
import { serviceNameFault } from "../../../shared/service/name.ts";
import { command, Flag, jsonOption, Name } from "../command.ts";
import { printFacts } from "../print.ts";

const Address = v.pipe(
  v.string(),
  v.check((address) => parseEmailAddress(address) !== null, "must be an email address"),
);

export const setUpPlatformCommand = command({
  name: "setup",
  description:
    'Make the platform\'s own service, which checks reply-to addresses and tells people that their service is live. Run again it makes what is missing, and changes nothing else: its words are changed as any templates are. For example: bun run cli platform setup --name "Council Messages"',
  args: {
    name: {
      type: "string",
      valueHint: "text",
      description: "Whom its emails come from; Pillarbox if not given",
    },
    owner: {
      type: "string",
      valueHint: "address",
      description: "Of the person it is made for, who never signs in; platform@ at EMAIL_DOMAIN if not given",
    },
    "dry-run": { type: "boolean", description: "Only say what is missing" },
    json: jsonOption,
  },
  input: v.object({
    name: v.optional(Name, "Pillarbox"),
    owner: v.optional(Address),
    dryRun: Flag,
    json: Flag,
  }),
  async run({ name, owner, dryRun, json }, { sql, print, note }, { env }) {
    const { email, api } = readConfig(env);
    const fault = serviceNameFault(name, email.domain);
    if (fault !== null) throw new Error(`Cannot make the platform's service: ${fault}`);
    const missing = await listMissing(sql);
    if (!dryRun) {
      const ownerAddress = owner ?? `platform@${email.domain}`;
      await setUpPlatform(sql, { name, ownerAddress, smsSender: api.smsSender, at: new Date() });
    }
    printFacts(
      { serviceId: platformIds.service, [dryRun ? "missing" : "made"]: missing.join(", ") },
      { print, json },
    );
    if (dryRun) note("Nothing was changed");
  },
});
