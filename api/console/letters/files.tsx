/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import * as v from "valibot";
import {
  findDvlaFiles,
  type ListedDvlaFile,
  listDvlaFiles,
  replayDvlaFile,
} from "../../../shared/letter/dvla-file-list.ts";
import { fileParts, replayFault, stateOf } from "../../../shared/letter/dvla-file-state.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { Choices, Form } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { type Column, Facts, Table, Time } from "../parts.tsx";
import { readForm } from "../read-form.ts";
import { idOf, type LetterPageDeps, sizeOf } from "./deps.ts";
import { Outcome } from "./outcome.tsx";
import { crumbs } from "./run-page.tsx";

type FileDeps = Pick<LetterPageDeps, "ask" | "now" | "newId">;

const mostListed = 200;
const kinds = ["acknowledgement", "response", "other"] as const;
const listTitle = "Files from the printer";

/** GET /letters/files?kind: acknowledgements and response files, the newest first. */
export function listOfFiles({ ask }: Pick<FileDeps, "ask">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const kind = kinds.find((one) => one === c.req.query("kind")) ?? null;
    const files = await ask((sql) => listDvlaFiles(sql, { kind, limit: mostListed }));
    const body = (
      <>
        <h1>{listTitle}</h1>
        <nav class="ranges" aria-label="Kinds of files">
          <ul>
            {[null, ...kinds].map((one) => (
              <li>
                <a
                  href={one === null ? "/console/letters/files" : `/console/letters/files?kind=${one}`}
                  aria-current={one === kind ? "page" : undefined}
                >
                  {one === null ? "All" : kindWords[one]}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Table
          caption={`The latest ${mostListed}, the newest first`}
          columns={fileColumns}
          rows={files}
          empty="The printer has sent no such files."
        />
      </>
    );
    return await answerConsole(c, { title: listTitle, body, crumbs: crumbs(listTitle) });
  };
}

const kindWords = { acknowledgement: "Acknowledgements", response: "Response files", other: "Others" };

const fileColumns: readonly Column<ListedDvlaFile>[] = [
  { title: "File", cell: ({ id, name }) => <a href={`/console/letters/files/${id}`}>{name}</a> },
  { title: "Kind", cell: ({ kind }) => kind },
  {
    title: "State",
    cell: (file) => (
      <>
        <FileState file={file} />
        {badLines(file) > 0 ? (
          <span class="tag bad">{badLines(file) === 1 ? "1 bad line" : `${badLines(file)} bad lines`}</span>
        ) : null}
      </>
    ),
  },
  { title: "Lines", isNumber: true, cell: (file) => linesIn(file) ?? <span class="none">–</span> },
  { title: "Size", isNumber: true, cell: ({ size }) => sizeOf(size) },
  { title: "Came", cell: ({ foundAt }) => <Time at={foundAt} /> },
];

function FileState({ file }: { file: ListedDvlaFile }) {
  const state = stateOf(file);
  return <span class={state === "read" ? "tag good" : "tag"}>{state}</span>;
}

const Tally = v.object({ statuses: v.object({ lines: v.number(), bad: v.object({ count: v.number() }) }) });

function tallyOf({ outcome }: ListedDvlaFile) {
  const read = v.safeParse(Tally, outcome);
  return read.success ? read.output.statuses : null;
}

function linesIn(file: ListedDvlaFile): string | null {
  return tallyOf(file)?.lines.toLocaleString("en-GB") ?? null;
}

function badLines(file: ListedDvlaFile): number {
  return tallyOf(file)?.bad.count ?? 0;
}

/** GET /letters/files/{id}: what reading it came to. */
export function showFile(deps: FileDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const file = await getFile(c, deps);
    const body = (
      <>
        <h1>{file.name}</h1>
        <div data-live="facts">
          <Facts
            facts={[
              ["Kind", file.kind],
              ["State", <FileState file={file} />],
              ["Size", sizeOf(file.size)],
              ["Came", <Time at={file.foundAt} />],
              ["Read", <Time at={file.processedAt} />],
            ]}
          />
        </div>
        <h2>What reading it came to</h2>
        <div data-live="outcome">
          {file.outcome === null ? (
            <p class="empty">It is not read yet.</p>
          ) : (
            <Outcome value={file.outcome} />
          )}
        </div>
        {replayFault(file) === null ? <ReplayForm c={c} file={file} /> : null}
      </>
    );
    return await answerConsole(c, {
      title: file.name,
      body,
      crumbs: crumbs({ title: listTitle, path: "/console/letters/files" }, file.name),
      liveSeconds: file.processedAt === null ? 5 : null,
    });
  };
}

function ReplayForm({ c, file }: { c: Context<ConsoleEnv>; file: ListedDvlaFile }) {
  const choices = [
    { value: "all", label: "All of it" },
    { value: "statuses", label: "Only what became of the letters" },
    { value: "counts", label: "Only how they were sorted" },
  ];
  return (
    <Form c={c} action={`/console/letters/files/${file.id}/replay`}>
      <h2>Read it again</h2>
      <p>A worker reads it once more. Nothing moves or counts twice.</p>
      {file.kind === "response" ? (
        <Choices legend="Which part?" name="part" type="radio" values={["all"]} choices={choices} />
      ) : (
        <input type="hidden" name="part" value="all" />
      )}
      <button type="submit" class="quiet">
        Read it again
      </button>
    </Form>
  );
}

const Replay = v.object({ part: v.picklist(["all", ...fileParts], "Choose a part") });

/** POST /letters/files/{id}/replay: as `dvla-file replay`. */
export function replayFile(deps: FileDeps) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const form = await readForm(c, Replay);
    if (!form.ok) throw new Fault(400, "Choose which part of the file to read again");
    const file = await getFile(c, deps);
    const part = form.value.part === "all" ? undefined : form.value.part;
    const fault = replayFault(file, part);
    if (fault !== null) throw new Fault(409, `It cannot be read again: ${fault}`);
    const deed = { action: "printer-file.replay", subject: `file ${file.id}` };
    await audited(c, deps, deed, async () => {
      await deps.ask((sql) => replayDvlaFile(sql, file.id, part));
      return { value: null, after: { part: form.value.part } };
    });
    return redirectWith(c, `/console/letters/files/${file.id}`, "A worker reads it again");
  };
}

async function getFile(c: Context<ConsoleEnv>, { ask }: Pick<FileDeps, "ask">): Promise<ListedDvlaFile> {
  const id = idOf(c);
  const files = await ask((sql) => findDvlaFiles(sql, id));
  const file = files.find((one) => one.id === id);
  if (!file) throw notThere();
  return file;
}
