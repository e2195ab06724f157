import type { Ask } from "../ask.ts";

export interface TemplateRouteDeps {
  ask: Ask;
  /** Has a template read anew, as it has been changed. */
  forgetTemplate: (serviceId: string, id: string) => void;
  now: () => Date;
  newId: () => string;
}
