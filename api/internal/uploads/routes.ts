import { Hono, type MiddlewareHandler } from "hono";
import { type SendLetterDeps, sendLetter } from "./send-letter.ts";
import { type UploadLetterDeps, uploadLetter } from "./upload-letter.ts";

/** Letters that people upload as PDFs, and send (`spec/admin-api.md` 4.5); the way to upload them is ours. */
export function uploadRoutes(auth: MiddlewareHandler, deps: UploadLetterDeps & SendLetterDeps): Hono {
  return new Hono()
    .post("/service/:service/upload-letter", auth, uploadLetter(deps))
    .post("/service/:service/send-pdf-letter", auth, sendLetter(deps));
}
