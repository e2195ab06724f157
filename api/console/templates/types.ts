import type { TemplateType } from "../../../shared/template/admin.ts";

/** What each kind of template is called. */
export const typeNames: Readonly<Record<TemplateType, { one: string; many: string; tag: string }>> = {
  sms: { one: "text message", many: "Text messages", tag: "text" },
  email: { one: "email", many: "Emails", tag: "email" },
  letter: { one: "letter", many: "Letters", tag: "letter" },
  broadcast: { one: "emergency alert", many: "Emergency alerts", tag: "alert" },
};
