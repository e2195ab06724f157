import { userPermissions } from "../../../shared/service/permissions.ts";

/** What a manager may let a member do, emergency alerts too. */
export const memberPermissions = [
  ...userPermissions,
  "create_broadcasts",
  "approve_broadcasts",
  "reject_broadcasts",
  "cancel_broadcasts",
] as const;

export const permissionLabels: Readonly<Record<(typeof memberPermissions)[number], string>> = {
  manage_users: "Manage members",
  manage_templates: "Change templates",
  manage_settings: "Change everything here: a manager",
  send_texts: "Send texts",
  send_emails: "Send emails",
  send_letters: "Send letters",
  manage_api_keys: "Make and revoke API keys",
  view_activity: "See what was sent",
  create_broadcasts: "Write emergency alerts",
  approve_broadcasts: "Approve emergency alerts",
  reject_broadcasts: "Reject emergency alerts",
  cancel_broadcasts: "Cancel emergency alerts",
};
