/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { ListedText } from "../../../shared/inbound/find-texts.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Field } from "../form.tsx";
import { type Column, Paging, Status, Table, Time } from "../parts.tsx";

interface Listed {
  /** What was typed. */
  number: string;
  texts: readonly ListedText[];
  newer: string | null;
  older: string | null;
}

/** What people sent to a service; what a text says is on its own page, where it is noted who reads it. */
export async function listPage(
  c: Context<ConsoleEnv>,
  { number, texts, newer, older }: Listed,
): Promise<Response> {
  const { path } = c.req;
  const columns: readonly Column<ListedText>[] = [
    { title: "Received", cell: ({ createdAt }) => <Time at={createdAt} /> },
    { title: "From", cell: ({ id, userNumber }) => <a href={`${path}/${id}`}>{userNumber}</a> },
    { title: "To", cell: ({ notifyNumber }) => notifyNumber },
    {
      title: "Told to the service",
      cell: ({ told }) => (told === null ? <span class="none">no</span> : <Status status={told} />),
    },
  ];
  const body = (
    <>
      <h1>Received texts</h1>
      <search>
        <form method="get" action={path} class="filter">
          <Field label="Sender’s number, or a part of it" name="q" type="search" value={number} />
          <button type="submit" class="quiet">
            Search
          </button>
        </form>
      </search>
      <div data-live="texts">
        <Table
          caption="Newest first"
          columns={columns}
          rows={texts}
          empty={
            number === ""
              ? "No texts yet. The service needs a number that takes answers: an operator can give it one."
              : "Nobody with that in their number has sent one that is still kept."
          }
        />
      </div>
      <Paging newer={newer} older={older} />
    </>
  );
  return await answerConsole(c, { title: "Received texts", body, liveSeconds: newer === null ? 5 : null });
}
