import type { StoredTemplate } from "../../../shared/notification/notification.ts";
import { type CompiledTemplate, compileTemplate } from "../../../shared/template/template.ts";

/** Compiles each stored template once, for as long as `findTemplate` answers with the same object. */
export function compileOnce(): (template: StoredTemplate) => CompiledTemplate {
  const compiled = new WeakMap<StoredTemplate, CompiledTemplate>();
  return (template) => {
    const known = compiled.get(template);
    if (known) return known;
    const fresh = compileTemplate(template);
    compiled.set(template, fresh);
    return fresh;
  };
}
