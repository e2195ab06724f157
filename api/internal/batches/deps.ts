import type { BatchFiles } from "../../../shared/batch/files.ts";
import type { SendableTemplate } from "../../../shared/notification/notification.ts";
import type { Service } from "../../../shared/service/service.ts";
import type { Ask } from "../ask.ts";

export interface BatchRouteDeps {
  ask: Ask;
  batchFiles: BatchFiles;
  findService: (id: string) => Promise<Service | null>;
  findTemplate: (serviceId: string, templateId: string) => Promise<SendableTemplate | null>;
  now: () => Date;
  newId: () => string;
}
