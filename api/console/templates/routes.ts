import { Hono } from "hono";
import type { ConsoleEnv } from "../env.ts";
import { changePages } from "./change-routes.ts";
import type { TemplateDeps } from "./context.ts";
import { editPages } from "./edit-routes.ts";
import { folderPages } from "./folder-routes.ts";
import { listTemplates } from "./list.tsx";
import { previewPages } from "./preview-routes.tsx";
import { versionPages } from "./version-routes.tsx";

/** A service's templates: found, looked at, written, compared. */
export function templatePages(deps: TemplateDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  pages.get("/services/:service/templates", listTemplates(deps));
  // Before those that would take `new`, `preview` or `folders` for an id.
  pages.route("/", editPages(deps));
  pages.route("/", previewPages(deps));
  pages.route("/", folderPages(deps));
  pages.route("/", changePages(deps));
  pages.route("/", versionPages(deps));
  return pages;
}
