import type { ApiDeps } from "../../deps.ts";
import type { Ask } from "../ask.ts";

export interface TemplateRouteDeps {
  ask: Ask;
  /** Has a template read anew, as it has been changed. */
  forgetTemplate: (serviceId: string, id: string) => void;
  letters: Pick<ApiDeps["letters"], "precompiledTemplate" | "previewPicture">;
  now: () => Date;
  newId: () => string;
}
