import type { Context } from "hono";
import { bodyLimit } from "hono/body-limit";
import * as v from "valibot";
import { mostFileBytes } from "../../../shared/batch/batch.ts";
import {
  type CheckedUpload,
  checkUpload,
  requirePermission,
  requireSender,
} from "../../internal/batches/check-upload.ts";
import { Refusal } from "../../internal/refusal.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault } from "../fault.ts";
import { formTokenField } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { requireToken } from "../read-form.ts";
import { type BatchPageDeps, batchesPath, serviceOf } from "./deps.ts";
import { faultyPage } from "./faulty-page.tsx";
import { chosenTemplate, uploadPage } from "./new.tsx";

const tooLarge = "The file cannot be larger than 10 MB";

/** With room for the form's other fields. */
export const limitUpload = bodyLimit({
  maxSize: mostFileBytes + 64 * 1024,
  onError: () => {
    throw new Fault(413, tooLarge);
  },
});

const Upload = v.object({
  template: v.string(),
  file: v.pipe(
    v.instance(File, "Choose a file"),
    // Where none was chosen, Bun leaves the name out.
    v.check(({ name }) => Boolean(name), "Choose a file"),
    v.check(({ size }) => size <= mostFileBytes, tooLarge),
    v.check(({ name }) => name.length <= 255, "Give the file a shorter name"),
    v.check(
      ({ name }) => name !== "" && !name.includes("\0") && name.isWellFormed(),
      "Give the file another name",
    ),
  ),
});

/** POST …/batches/uploads: checks a file, and shows all that is wrong with it, or else what it would send. */
export function takeUpload(deps: BatchPageDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const form = await c.req.raw.formData().catch(() => {
      throw new Fault(400, "The file was cut off: send it once more");
    });
    const token = form.get(formTokenField);
    requireToken(c, typeof token === "string" ? token : null);
    const { template: templateId, sender, file } = Object.fromEntries(form);
    const template = await chosenTemplate(c, deps, typeof templateId === "string" ? templateId : "");
    const read = v.safeParse(Upload, { template: template.id, file }, { abortPipeEarly: true });
    const service = await serviceOf(c, deps);
    const again = (fault: string) => uploadPage(c, { template, service, faults: { file: fault } });
    if (!read.success) return await again(read.issues[0].message);

    const senderId = typeof sender === "string" ? parseUuid(sender) : null;
    const { name: fileName } = read.output.file;
    const bytes = new Uint8Array(await read.output.file.arrayBuffer());
    const deed = { action: "batch.upload", subject: `template ${template.id}` };
    const answer = await audited<CheckedUpload | string>(c, deps, deed, async () => {
      try {
        requirePermission(service, template);
        requireSender(service, template, senderId);
        const value = await checkUpload(deps, { service, template, fileName, senderId, bytes });
        const { id, valid, notificationCount: rows } = value.upload;
        return { value, after: { upload: id, rows, valid }, refused: !valid };
      } catch (error) {
        if (error instanceof Refusal) return { value: error.message, refused: true };
        throw error;
      }
    });
    if (typeof answer === "string") return await again(answer);
    const { upload, file: checked } = answer;
    if (!upload.valid) return await faultyPage(c, { upload, file: checked, template });
    return redirectWith(c, batchesPath(c, `/uploads/${upload.id}`), "The file is fine: nothing is sent yet");
  };
}
