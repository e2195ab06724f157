/*
 * The platform's own service, which writes to people who use the platform: at ids that are Notify's, so that programs
 * which know them find what was sent (`spec/admin-api.md` 7).
 */

export const platformIds = {
  service: "d6aa2c68-a2d9-4437-ab19-3ae8eb202553",
  /** Who owns it, and never signs in. */
  owner: "6af522d0-2915-4e52-83a3-3690455a5fe6",
};

export interface PlatformTemplate {
  id: string;
  name: string;
  subject: string;
  content: string;
}

/** What it says, until an operator changes the words. */
export const platformTemplates = {
  /** Values: `service name`, `address`. */
  replyToCheck: {
    id: "a42f1d17-9404-46d5-a647-d013bdfca3e1",
    name: "Check of a reply-to address",
    subject: "Answers to ((service name)) will come to this address",
    content: `((service name)) wants people’s answers to its emails to come to ((address)).

You do not have to do anything: this email was sent to see that the address works.

If you did not expect it, tell whoever looks after ((service name)).`,
  },
  /** Values: `name`, `service name`, `emails`, `texts`, `letters`. */
  serviceLive: {
    id: "618185c6-3636-49cd-b7d2-6f6f5eb3bdde",
    name: "A service is live",
    subject: "((service name)) is live",
    content: `Hello ((name))

((service name)) can now send messages to anybody, not only to its team and its guest list.

Each day it can send:

* ((emails)) emails
* ((texts)) text messages
* ((letters)) letters`,
  },
} as const satisfies Record<string, PlatformTemplate>;

/** What operators run where there is no such service yet. */
export const platformCommand = "bun run cli platform setup";
