/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { listSummaries } from "../../../shared/service/summaries.ts";
import { endSessionsOf } from "../../../shared/session/queries.ts";
import { setPassword } from "../../../shared/session/sign-in.ts";
import {
  type Account,
  findAccount,
  setOperator,
  setSuspended,
  unlock,
} from "../../../shared/user/accounts.ts";
import { newPassword } from "../../../shared/user/new-password.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { Fault, notThere } from "../fault.ts";
import { ButtonForm } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { Facts, Status, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";
import { standingOf } from "./list.tsx";
import { passwordPage } from "./password-page.tsx";

type PersonDeps = Pick<ApiDeps, "ask" | "now" | "newId" | "passwords">;

/** What an operator may do about a person, by the last part of its path. */
const deeds = {
  operator: { done: "is an operator now", run: (sql, id) => setOperator(sql, id, true) },
  "no-operator": { done: "is no operator any more", run: (sql, id) => setOperator(sql, id, false) },
  suspend: { done: "is kept out", run: (sql, id) => setSuspended(sql, id, true) },
  resume: { done: "may sign in again", run: (sql, id) => setSuspended(sql, id, false) },
  unlock: { done: "may try again", run: unlock },
  "sign-out": {
    done: "is signed out everywhere",
    run: async (sql, id) => (await endSessionsOf(sql, id)) > 0,
  },
} as const satisfies Record<string, { done: string; run: typeof unlock }>;

/** A person, and what is to be done about them. */
export function personPages(deps: PersonDeps): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/people/:id", async (c) => {
    const account = await getAccount(c, deps);
    const services = await deps.ask((sql) =>
      listSummaries(sql, { search: "", userId: account.id, after: null, limit: 1000 }),
    );
    const body = (
      <>
        <h1>{account.name}</h1>
        <Facts
          facts={[
            ["Email address", account.emailAddress],
            ["State", standingOf(account, deps.now()).map((status) => <Status status={status} />)],
            ["Last signed in", <Time at={account.loggedInAt} />],
          ]}
        />
        <h2>Services</h2>
        {services.length === 0 ? <p class="empty">A member of none.</p> : null}
        <ul>
          {services.map(({ id, name }) => (
            <li>
              <a href={`/console/services/${id}/members`}>{name}</a>
            </li>
          ))}
        </ul>
        <h2>Change what they may do</h2>
        <Actions c={c} account={account} at={deps.now()} />
      </>
    );
    return await answerConsole(c, { title: account.name, body, crumbs: crumbsOf(account) });
  });

  pages.post("/people/:id/password", limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { id, name } = await getAccount(c, deps);
    const password = newPassword();
    const hash = await deps.passwords.hash(password);
    return await audited(c, deps, { action: "user.password", subject: `user ${id}` }, async () => {
      if (!(await deps.ask((sql) => setPassword(sql, id, hash)))) throw notThere();
      return { value: await passwordPage(c, { id, name, password }) };
    });
  });

  for (const [name, { done, run }] of Object.entries(deeds)) {
    pages.post(`/people/:id/${name}`, limitForm, async (c) => {
      await readForm(c, v.object({}));
      const account = await getAccount(c, deps);
      const { id } = account;
      if (id === c.var.user.id && ["no-operator", "suspend"].includes(name)) {
        throw new Fault(400, "You cannot do this to yourself: ask another operator");
      }
      const before = { state: account.state, isOperator: account.isOperator };
      return await audited(c, deps, { action: `user.${name}`, subject: `user ${id}`, before }, async () => {
        const changed = await deps.ask((sql) => run(sql, id));
        const said = changed ? `${account.name} ${done}` : "Nothing was to be changed";
        return { value: redirectWith(c, `/console/people/${id}`, said), refused: !changed };
      });
    });
  }
  return pages;
}

function Actions({ c, account, at }: { c: Context<ConsoleEnv>; account: Account; at: Date }) {
  const { id, isOperator, state, lockedUntil } = account;
  const path = `/console/people/${id}`;
  const isSelf = id === c.var.user.id;
  return (
    <div class="actions">
      <ButtonForm c={c} action={`${path}/password`} label="New password" />
      <ButtonForm c={c} action={`${path}/sign-out`} label="Sign out everywhere" />
      {lockedUntil !== null && lockedUntil > at ? (
        <ButtonForm c={c} action={`${path}/unlock`} label="Let them try again" />
      ) : null}
      {isOperator ? null : <ButtonForm c={c} action={`${path}/operator`} label="Make an operator" />}
      {isOperator && !isSelf ? (
        <ButtonForm c={c} action={`${path}/no-operator`} label="No operator any more" danger />
      ) : null}
      {state === "inactive" ? <ButtonForm c={c} action={`${path}/resume`} label="Let in again" /> : null}
      {state !== "inactive" && !isSelf ? (
        <ButtonForm c={c} action={`${path}/suspend`} label="Keep out" danger />
      ) : null}
    </div>
  );
}

async function getAccount(c: Context<ConsoleEnv>, { ask }: Pick<ApiDeps, "ask">): Promise<Account> {
  const id = parseUuid(c.req.param("id") ?? "");
  const account = id && (await ask((sql) => findAccount(sql, id)));
  if (!account) throw notThere();
  return account;
}

function crumbsOf({ name }: Account) {
  return [
    { title: "People", path: "/console/people" },
    { title: name, path: null },
  ];
}
