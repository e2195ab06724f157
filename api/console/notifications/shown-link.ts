import type { Context } from "hono";
import type { ApiDeps } from "../../deps.ts";
import { rootUrl } from "../../root.ts";
import type { Opened } from "./open.ts";

/** The link to unsubscribe as it looks: without what makes it work, so that nobody here unsubscribes a recipient. */
export function shownLink(
  c: Context,
  { apiHost }: Pick<ApiDeps, "apiHost">,
  { stored }: Opened,
): string | null {
  return stored.template.hasUnsubscribeLink ? `${rootUrl(c, apiHost)}unsubscribe/${stored.id}/hidden` : null;
}
