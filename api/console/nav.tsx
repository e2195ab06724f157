/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { SignedIn } from "../../shared/session/queries.ts";
import type { ServiceHead } from "./env.ts";
import { FormToken } from "./form.tsx";

export interface Crumb {
  title: string;
  /** Null for what has no page of its own. */
  path: string | null;
}

interface Place {
  title: string;
  path: string;
}

const placesOfOperators: readonly Place[] = [
  { title: "Overview", path: "/console" },
  { title: "Services", path: "/console/services" },
  { title: "Notifications", path: "/console/notifications" },
  { title: "Letters", path: "/console/letters" },
  { title: "Broadcasts", path: "/console/broadcasts" },
  { title: "Queues", path: "/console/queues" },
  { title: "Schedules", path: "/console/schedules" },
  { title: "Providers", path: "/console/providers" },
  { title: "Alerts", path: "/console/alerts" },
  { title: "People", path: "/console/people" },
  { title: "Audit", path: "/console/audit" },
];

const placesOfOthers: readonly Place[] = [{ title: "Services", path: "/console/services" }];

/** Pages of a service, by what stands after its path. */
const placesOfService: readonly Place[] = [
  { title: "Overview", path: "" },
  { title: "Notifications", path: "/notifications" },
  { title: "Templates", path: "/templates" },
  { title: "Batches", path: "/batches" },
  { title: "Letters", path: "/letters" },
  { title: "Broadcasts", path: "/broadcasts" },
  { title: "Received texts", path: "/received-texts" },
  { title: "Callbacks", path: "/callbacks" },
  { title: "API keys", path: "/api-keys" },
  { title: "Senders", path: "/senders" },
  { title: "Guest list", path: "/guest-list" },
  { title: "Usage and limits", path: "/usage" },
  { title: "Members", path: "/members" },
  { title: "Settings", path: "/settings" },
  { title: "Audit", path: "/audit" },
];

export function TopBar({
  user,
  path,
  formToken,
}: {
  user: SignedIn | null;
  path: string;
  formToken: string;
}) {
  const places = user?.isOperator ? placesOfOperators : placesOfOthers;
  return (
    <header class="top">
      <a class="brand" href="/console">
        Pillarbox
      </a>
      {user ? (
        <>
          <nav aria-label="Console">
            <Places places={places} path={path} root="/console" />
          </nav>
          <div class="who">
            <a href="/console/account">{user.name}</a>
            <form method="post" action="/console/sign-out">
              <FormToken token={formToken} />
              <button type="submit" class="plain">
                Sign out
              </button>
            </form>
          </div>
        </>
      ) : null}
    </header>
  );
}

export function Sidebar({ service, path }: { service: ServiceHead; path: string }) {
  const root = `/console/services/${service.id}`;
  const places = placesOfService.map(({ title, path: rest }) => ({ title, path: root + rest }));
  return (
    <nav class="side" aria-label={service.name}>
      <p class="side-title">
        {service.name}
        {service.active ? null : <span class="tag bad">suspended</span>}
        {service.active && service.restricted ? <span class="tag">trial</span> : null}
      </p>
      <Places places={places} path={path} root={root} />
    </nav>
  );
}

/** The place that the path is at or below is marked; a root is only at itself. */
function Places({ places, path, root }: { places: readonly Place[]; path: string; root: string }) {
  const isAt = (place: string) => path === place || (place !== root && path.startsWith(`${place}/`));
  return (
    <ul>
      {places.map(({ title, path: place }) => (
        <li>
          <a href={place} aria-current={isAt(place) ? (path === place ? "page" : "true") : undefined}>
            {title}
          </a>
        </li>
      ))}
    </ul>
  );
}

export function Crumbs({ crumbs, service }: { crumbs: readonly Crumb[]; service: ServiceHead | null }) {
  if (crumbs.length === 0) return null;
  const all = service
    ? [{ title: service.name, path: `/console/services/${service.id}` }, ...crumbs]
    : crumbs;
  return (
    <nav class="crumbs" aria-label="Where this page stands">
      <ol>
        {all.map(({ title, path }) => (
          <li>{path === null ? title : <a href={path}>{title}</a>}</li>
        ))}
      </ol>
    </nav>
  );
}
