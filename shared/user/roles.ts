import { userPermissions } from "../service/permissions.ts";

/** What a person may do in a service, in the console's two bundles of Notify's rights. */
export const rolePermissions = {
  manager: userPermissions,
  viewer: ["view_activity"],
} as const satisfies Readonly<Record<string, readonly string[]>>;
