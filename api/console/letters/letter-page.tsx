/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import { findLetterDetails, type LetterDetails } from "../../../shared/letter/service-letters.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { noteOpening } from "../notifications/seen.ts";
import { Facts, Status, Time } from "../parts.tsx";
import { idOf, type LetterPageDeps, postageOf } from "./deps.ts";
import { reasonOf } from "./refusal-words.ts";

/** Pages that are shown: a letter that is too long has as many as it likes. */
const mostShown = 12;

/** GET …/letters/{id}: a letter that failed, with what is wrong drawn over its pages. */
export function failedLetter(deps: LetterPageDeps & Pick<ApiDeps, "findNotification">) {
  return async (c: Context<ConsoleEnv>): Promise<Response> => {
    const serviceId = c.var.service.id;
    const id = idOf(c);
    const [notification, details] = await Promise.all([
      deps.findNotification(serviceId, id),
      deps.ask((sql) => findLetterDetails(sql, serviceId, [id])),
    ]);
    const letter = details.get(id);
    if (!notification || !letter) throw notThere();
    const { status } = notification;
    const root = `/console/services/${serviceId}`;
    if (status !== "validation-failed" && status !== "virus-scan-failed" && status !== "technical-failure") {
      return c.redirect(`${root}/notifications/${id}`, 303);
    }
    const title = "A letter that could not be printed";
    const body = (
      <>
        <h1>{title}</h1>
        <p class="warning">
          <strong>{reasonOf(status, letter.refusal)}</strong>
          {pagesInWords(letter)}
        </p>
        <Facts
          facts={[
            ["State", <Status status={status} />],
            ["Made", <Time at={notification.createdAt} />],
            ["Post", postageOf(letter.postage)],
            ["Pages", letter.pages ?? "not known"],
            ["Your reference", notification.clientReference ?? "none"],
          ]}
        />
        <p class="actions">
          <a href={`${root}/notifications/${id}`}>What became of it, step by step</a>
        </p>
        {status === "validation-failed" && letter.pages !== null ? (
          <Pages
            path={`${root}/notifications/${id}/pages`}
            letter={letter}
            seen={await noteOpening(c, deps, id)}
          />
        ) : null}
      </>
    );
    return await answerConsole(c, {
      title,
      body,
      crumbs: [
        { title: "Letters", path: `${root}/letters` },
        { title: "Failed", path: `${root}/letters?state=failed` },
        { title, path: null },
      ],
    });
  };
}

function pagesInWords({ refusedPages }: LetterDetails): string {
  if (!refusedPages || refusedPages.length === 0) return "";
  return refusedPages.length === 1 ? ` On page ${refusedPages[0]}.` : ` On pages ${refusedPages.join(", ")}.`;
}

/** The faulty ones first where they are known, as one may have to look through many. */
function Pages({ path, letter, seen }: { path: string; letter: LetterDetails; seen: string }) {
  const count = letter.pages ?? 0;
  const faulty = (letter.refusedPages ?? []).filter((page) => page <= count);
  const others = Array.from({ length: count }, (_, at) => at + 1).filter((page) => !faulty.includes(page));
  const shown = [...faulty, ...others].slice(0, mostShown);
  return (
    <>
      <h2>Its pages, with what is wrong in red</h2>
      <div class="cards">
        {shown.map((page) => (
          <figure>
            <figcaption>
              Page {page} of {count} {faulty.includes(page) ? <span class="tag bad">faulty</span> : null}
            </figcaption>
            <img
              class="letter-page"
              src={`${path}/${page}.png?seen=${encodeURIComponent(seen)}`}
              alt={faulty.includes(page) ? `Page ${page}, with what is wrong in red` : `Page ${page}`}
              width="496"
              height="702"
              loading="lazy"
            />
          </figure>
        ))}
      </div>
      {shown.length < count ? <p class="hint">{`Not shown: ${count - shown.length} more pages.`}</p> : null}
    </>
  );
}
