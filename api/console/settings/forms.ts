import * as v from "valibot";
import { fewestDays, isRetentionDays, mostDays } from "../../../shared/retention/days.ts";
import { contactLinkFault } from "../../../shared/service/contact-link.ts";
import { servicePermissions } from "../../../shared/service/permissions.ts";

/* What is typed about a service. */

const noFault = v.transform((text: string) => (text === "" ? null : text));

function limit(what: string) {
  const message = `${what} must be a whole number, such as 1000`;
  return v.pipe(v.string(message), v.trim(), v.regex(/^\d{1,12}$/, message), v.transform(Number));
}

export const General = v.object({
  name: v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1, "Enter a name"),
    v.maxLength(255, "The name is too long"),
  ),
  sender_name: v.pipe(v.string(), v.trim(), v.maxLength(255, "The name is too long"), noFault),
  contact_link: v.pipe(
    v.string(),
    v.trim(),
    noFault,
    v.rawCheck(({ dataset, addIssue }) => {
      const fault = dataset.typed && dataset.value !== null ? contactLinkFault(dataset.value) : null;
      if (fault !== null) addIssue({ message: `The contact ${fault}` });
    }),
  ),
  prefix_sms: v.array(v.string()),
});

export const Allowed = v.object({
  mode: v.picklist(["trial", "live"], "Choose what it may send"),
  emails: limit("Emails a day"),
  texts: limit("Texts a day"),
  letters: limit("Letters a day"),
  international: limit("International texts a day"),
  rate: v.pipe(limit("Requests a minute"), v.maxValue(2_147_483_647, "Requests a minute is too large")),
  permissions: v.array(v.picklist(servicePermissions, "Choose from the list")),
});

export const Standing = v.object({
  state: v.picklist(["suspended", "active"], "Choose a state"),
  confirm: v.optional(v.string()),
});

const days = `Choose from ${fewestDays} to ${mostDays} days`;
const Days = v.pipe(
  v.string(days),
  v.trim(),
  v.regex(/^\d{1,3}$/, days),
  v.transform(Number),
  v.check(isRetentionDays, days),
);

export const Retentions = v.object({ sms: Days, email: Days, letter: Days });
