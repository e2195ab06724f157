/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Trial } from "../../../shared/callback/trial.ts";
import type { CallbackType } from "../../../shared/service/callback-types.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Form } from "../form.tsx";
import { Facts, Status, Time } from "../parts.tsx";
import { crumbsOf } from "./type-page.tsx";
import { typeWords } from "./types.ts";

/** Asks whether there is to be another signing secret. */
export async function askForSecretPage(
  c: Context<ConsoleEnv>,
  type: CallbackType,
  path: string,
): Promise<Response> {
  const title = "New signing secret";
  const body = (
    <>
      <h1>{title}</h1>
      <p>
        The receiver checks signatures with it. The one there is now signs too for 24 hours, so that the
        receiver can change over; one before that no longer does.
      </p>
      <Form c={c} action={`${path}/secret`}>
        <div class="actions">
          <button type="submit">Make a new secret</button>
          <a href={path}>Leave it as it is</a>
        </div>
      </Form>
    </>
  );
  return await answerConsole(c, { title, body, crumbs: crumbsOf(c, type, title) });
}

/** The only time that a signing secret is shown. */
export async function secretPage(
  c: Context<ConsoleEnv>,
  { type, secret, until, path }: { type: CallbackType; secret: string; until: Date | null; path: string },
): Promise<Response> {
  const title = "Signing secret";
  const body = (
    <>
      <h1>{title}</h1>
      <p>
        Give it to the receiver of {typeWords[type].title.toLowerCase()}, to check signatures with. It is not
        shown again.
      </p>
      <pre class="secret">{secret}</pre>
      {until === null ? null : (
        <p>
          The one before signs too until <Time at={until} />.
        </p>
      )}
      <p>
        <a href={path}>To the callback</a>
      </p>
    </>
  );
  return await answerConsole(c, { title, body, crumbs: crumbsOf(c, type, title) });
}

/** What came of a sample that was sent to see whether the receiver works. */
export async function trialPage(
  c: Context<ConsoleEnv>,
  { type, trial, path }: { type: CallbackType; trial: Trial; path: string },
): Promise<Response> {
  const title = "Test";
  const { result, requestedAt } = trial;
  const body = (
    <>
      <h1>Test of {typeWords[type].title.toLowerCase()}</h1>
      <div data-live="result">
        {result === null ? (
          <p>
            A sample is being sent, asked for <Time at={requestedAt} />. This page shows what came of it;
            without scripts, load it again.
          </p>
        ) : (
          <>
            <Facts
              facts={[
                ["Outcome", <Status status={result.outcome} />],
                ["Answer", result.status === null ? (result.error ?? "None") : String(result.status)],
                ["Took", `${Math.round(result.durationMs).toLocaleString("en-GB")} ms`],
                ["Address called", result.address ?? "None"],
                ...(result.reason === null ? [] : ([["Why", result.reason]] as const)),
              ]}
            />
            <h2>What the receiver answered</h2>
            {result.excerpt === "" ? <p class="empty">Nothing.</p> : <pre>{result.excerpt}</pre>}
            <h2>What it was sent</h2>
            <pre>
              {[
                result.url,
                ...Object.entries(result.headers).map(([name, value]) => `${name}: ${value}`),
              ].join("\n")}
            </pre>
            <pre>{result.body}</pre>
          </>
        )}
      </div>
      <p>
        <a href={path}>To the callback</a>
      </p>
    </>
  );
  return await answerConsole(c, {
    title,
    body,
    crumbs: crumbsOf(c, type, title),
    liveSeconds: result === null ? 2 : null,
  });
}
