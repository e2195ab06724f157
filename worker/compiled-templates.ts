import { createCache } from "../shared/cache.ts";
import type { Db } from "../shared/database.ts";
import { findTemplateVersion } from "../shared/template/queries.ts";
import { compileTemplate } from "../shared/template/template.ts";
import type { WorkerDeps } from "./deps.ts";

/** Finds versions of templates; they never change, so they are remembered. */
export function rememberTemplates(db: Db): WorkerDeps["findCompiledTemplate"] {
  const versions = createCache(
    async (key) => {
      const [id = "", version] = key.split(" ");
      const template = await findTemplateVersion(db, id, Number(version));
      return template && compileTemplate(template);
    },
    { ttlMs: 3_600_000, largest: 1000 },
  );
  return (id, version) => versions(`${id} ${version}`);
}
