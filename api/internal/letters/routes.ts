import { Hono, type MiddlewareHandler } from "hono";
import type { ApiDeps } from "../../deps.ts";
import { cancelLetter } from "./cancel-letter.ts";
import { getLetterPdf } from "./get-letter-pdf.ts";
import { getLetterPng } from "./get-letter-png.ts";

type LetterRouteDeps = Pick<ApiDeps, "findNotification" | "letters" | "now" | "log">;

/** A letter and what operators may do to it (`spec/admin-api.md` 4.5). */
export function letterRoutes(auth: MiddlewareHandler, deps: LetterRouteDeps): Hono {
  const one = "/service/:service/notifications/:id";
  return new Hono()
    .post(`${one}/cancel`, auth, cancelLetter(deps))
    .get(`${one}/pdf`, auth, getLetterPdf(deps))
    .get(`${one}/png`, auth, getLetterPng(deps));
}
