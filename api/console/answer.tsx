/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import { assetPath } from "./assets.ts";
import type { ConsoleEnv } from "./env.ts";
import type { Faults } from "./form.tsx";
import { type Crumb, Crumbs, Sidebar, TopBar } from "./nav.tsx";

export interface ConsolePage {
  /** What it is about, for the browser's tab and history. The page's own `h1` is part of `body`. */
  title: string;
  body: Child;
  /** 200, or 400 where there are faults. */
  status?: number;
  /** What is wrong with what was typed into the page's form: its title says so. */
  faults?: Faults | undefined;
  /** The pages above this one, from the outermost; the service's own page stands before them where there is one. */
  crumbs?: readonly Crumb[];
  /** Client scripts beside those of every page: names of assets, such as `chart.js`. */
  scripts?: readonly string[];
  styles?: readonly string[];
  /**
   * Has the browser ask for the page again so often, and put what is in each `data-live` element in place of what was.
   * Null where it stays as it is.
   */
  liveSeconds?: number | null;
}

/** A page of the console as a whole document: readable without scripts, which come from this host alone. */
export async function answerConsole(c: Context<ConsoleEnv>, page: ConsolePage): Promise<Response> {
  const { body, faults, crumbs = [], scripts = [], styles = [], liveSeconds = null } = page;
  const { status = faults ? 400 : 200 } = page;
  const { user, service, role, notice } = c.var;
  const title = faults ? `Problem: ${page.title}` : page.title;
  const heading = service ? `${title} – ${service.name}` : title;
  const document = await (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{`${heading} – Pillarbox`}</title>
        <link rel="icon" href="data:," />
        {["console.css", ...styles].map((name) => (
          <link rel="stylesheet" href={assetPath(name)} />
        ))}
        {["live.js", ...scripts].map((name) => (
          <script src={assetPath(name)} defer />
        ))}
      </head>
      <body data-live-seconds={liveSeconds ?? undefined}>
        <a class="skip" href="#main">
          Skip to what this page is about
        </a>
        <TopBar user={user ?? null} path={c.req.path} formToken={c.var.formToken ?? ""} />
        <div class={service ? "columns" : "column"}>
          {service && role ? <Sidebar service={service} path={c.req.path} /> : null}
          <main id="main" tabindex={-1}>
            <Crumbs crumbs={crumbs} service={service ?? null} />
            {notice ? (
              <p class="notice" role="status">
                {notice}
              </p>
            ) : null}
            {body}
          </main>
        </div>
      </body>
    </html>
  ).toString();
  const headers = { "Content-Type": "text/html; charset=utf-8" };
  // By way of the context, which may have a cookie to set.
  return c.body(`<!DOCTYPE html>\n${document}\n`, new Response(null, { status, headers }));
}
