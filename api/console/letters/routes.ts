import { Hono } from "hono";
import type { ApiDeps } from "../../deps.ts";
import type { ConsoleEnv } from "../env.ts";
import { limitForm } from "../read-form.ts";
import { askToGiveUp, askToRetry, giveUp, retry } from "./again.tsx";
import { showLetterBatch } from "./batch-page.tsx";
import type { LetterPageDeps } from "./deps.ts";
import { lettersDesk } from "./desk-page.tsx";
import { listOfFiles, replayFile, showFile } from "./files.tsx";
import { hold, release, showHold } from "./holds.tsx";
import { failedLetter } from "./letter-page.tsx";
import { returnedDays, returnedOn } from "./returned.tsx";
import { askToRun, runNow } from "./run-now.tsx";
import { listOfRuns, showRun } from "./run-page.tsx";
import { serviceLetters } from "./service-page.tsx";

type LetterDeps = LetterPageDeps & Pick<ApiDeps, "findNotification" | "findService">;

/** Letters: a service's own, and for operators their printing. */
export function letterPages(deps: LetterDeps): Hono<ConsoleEnv> {
  const ofService = "/services/:service/letters";
  const pages = new Hono<ConsoleEnv>()
    .get(ofService, serviceLetters(deps))
    .get(`${ofService}/returned`, returnedDays(deps))
    .get(`${ofService}/returned/:date`, returnedOn(deps))
    .get(`${ofService}/:id`, failedLetter(deps))
    .get("/letters", lettersDesk(deps))
    .get("/letters/run", askToRun(deps))
    .post("/letters/run", limitForm, runNow(deps))
    .get("/letters/runs", listOfRuns(deps))
    .get("/letters/runs/:id", showRun(deps))
    .get("/letters/batches/:id", showLetterBatch(deps))
    .get("/letters/holds/:id", showHold(deps))
    .post("/letters/holds/:id", limitForm, hold(deps))
    .post("/letters/holds/:id/release", limitForm, release(deps))
    .get("/letters/files", listOfFiles(deps))
    .get("/letters/files/:id", showFile(deps))
    .post("/letters/files/:id/replay", limitForm, replayFile(deps));
  for (const kind of ["runs", "batches"] as const) {
    pages
      .get(`/letters/${kind}/:id/retry`, askToRetry(deps, kind))
      .post(`/letters/${kind}/:id/retry`, limitForm, retry(deps, kind))
      .get(`/letters/${kind}/:id/abandon`, askToGiveUp(deps, kind))
      .post(`/letters/${kind}/:id/abandon`, limitForm, giveUp(deps, kind));
  }
  return pages;
}
