import type { Context } from "hono";

/** Scheme and host for links to this API, with a trailing slash: those set, else those the client called. */
export function rootUrl(c: Context, apiHost: string | null): string {
  if (apiHost !== null) return apiHost.endsWith("/") ? apiHost : `${apiHost}/`;
  const { url } = c.req;
  return url.slice(0, url.indexOf("/", url.indexOf("://") + 3) + 1);
}
