/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { isUnreachable } from "../../shared/database.ts";
import { RequestError } from "../../shared/errors.ts";
import { Busy } from "../../shared/group.ts";
import type { Log } from "../../shared/log.ts";
import { StorageUnavailable } from "../../shared/storage/storage.ts";
import { Refusal } from "../internal/refusal.ts";
import { answerConsole } from "./answer.tsx";
import type { ConsoleEnv } from "./env.ts";
import { Fault } from "./fault.ts";

const titles: Readonly<Record<number, string>> = {
  400: "That cannot be done",
  403: "That is not allowed",
  404: "Nothing here",
  409: "That has changed meanwhile",
  413: "Too large",
  429: "Too many at once",
  500: "Something went wrong",
  503: "Not now",
};

/** Turns whatever a page threw into a page; what was not meant for people is only logged. */
export function answerFault(log: Log) {
  return async (error: Error, c: Context<ConsoleEnv>): Promise<Response> => {
    if (error instanceof Fault) return await page(c, error.status, error.message);
    // Rules that the console shares with programs speak so.
    if (error instanceof Refusal || error instanceof RequestError) {
      return await page(c, error.status, error.message);
    }
    const request = { method: c.req.method, path: c.req.path, err: error };
    if (error instanceof Busy || error instanceof StorageUnavailable || isUnreachable(error)) {
      log.warn(request, "Database or storage unreachable");
      return await page(c, 503, "The database or the storage cannot be reached. Try again in a moment");
    }
    log.error(request, "Unhandled error");
    return await page(c, 500, "It has been logged. Try again, or tell whoever runs this copy");
  };
}

async function page(c: Context<ConsoleEnv>, status: number, message: string): Promise<Response> {
  const title = titles[status] ?? "That cannot be done";
  const body = (
    <>
      <h1>{title}</h1>
      <p>{message}.</p>
      <p>
        <a href="/console">To the first page</a>
      </p>
    </>
  );
  return await answerConsole(c, { title, body, status });
}
