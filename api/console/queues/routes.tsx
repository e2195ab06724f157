/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { dropDeadLetters } from "../../../shared/queue/drop-dead.ts";
import { redriveDeadLetters } from "../../../shared/queue/redrive.ts";
import {
  countDeadLetters,
  findDeadLetter,
  listDeadLetters,
  listJobs,
  listQueues,
} from "../../../shared/queue/status.ts";
import type { ApiDeps } from "../../deps.ts";
import { parseUuid } from "../../uuid.ts";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import type { Faults } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { limitForm, readForm } from "../read-form.ts";
import { deadLetterPage, queuePage, queuesPage } from "./pages.tsx";

/** As many as a page shows. */
const mostShown = 100;

const Sure = v.object({ confirm: v.literal("yes", "Tick that you are sure") });
const why = "Say why: they do not come back";
const Drop = v.object({
  confirm: v.literal("yes", "Tick that you are sure"),
  reason: v.pipe(v.string(why), v.trim(), v.minLength(1, why), v.maxLength(500, "The reason is too long")),
});

/** Jobs that wait, run and failed. */
export function queuePages(deps: Pick<ApiDeps, "ask" | "now" | "newId">): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();

  pages.get("/queues", async (c) => {
    const [queues, dead] = await deps.ask((sql) =>
      Promise.all([listQueues(sql), countDeadLetters(sql, null)]),
    );
    return await queuesPage(c, queues, dead);
  });

  const getQueue = async (c: Context<ConsoleEnv>) => {
    const name = c.req.param("queue");
    const found = (await deps.ask(listQueues)).find(({ queue }) => queue === name);
    if (!found) throw notThere();
    return found;
  };
  const showQueue = async (c: Context<ConsoleEnv>, faults?: Faults) => {
    const status = await getQueue(c);
    const { queue } = status;
    const [jobs, letters, counts] = await deps.ask((sql) =>
      Promise.all([
        listJobs(sql, queue, mostShown),
        listDeadLetters(sql, { queue, limit: mostShown }),
        countDeadLetters(sql, queue),
      ]),
    );
    const dead = counts.reduce((sum, one) => sum + one.jobs, 0);
    return await queuePage(c, { status, jobs, letters, dead }, faults);
  };

  pages.get("/queues/:queue", (c) => showQueue(c));

  pages.post("/queues/:queue/redrive", limitForm, async (c) => {
    const form = await readForm(c, Sure);
    if (!form.ok) return showQueue(c, { redrive: form.faults.confirm ?? "" });
    const { queue } = await getQueue(c);
    return await audited(c, deps, { action: "queue.redrive", subject: `queue ${queue}` }, async () => {
      const moved = await deps.ask((sql) => redriveDeadLetters(sql, { queue }));
      const value = redirectWith(c, `/console/queues/${queue}`, `Put ${moved} jobs back`);
      return { value, after: { moved } };
    });
  });

  pages.post("/queues/:queue/drop", limitForm, async (c) => {
    const form = await readForm(c, Drop);
    if (!form.ok) {
      const { confirm, reason } = form.faults;
      return showQueue(c, { ...(confirm && { drop: confirm }), ...(reason && { reason }) });
    }
    const { queue } = await getQueue(c);
    const { reason } = form.value;
    return await audited(c, deps, { action: "queue.drop", subject: `queue ${queue}` }, async () => {
      const dropped = await deps.ask((sql) => dropDeadLetters(sql, { queue }, { reason, at: deps.now() }));
      const value = redirectWith(c, `/console/queues/${queue}`, `Dropped ${dropped} dead letters`);
      return { value, after: { dropped, reason } };
    });
  });

  const getLetter = async (c: Context<ConsoleEnv>) => {
    const id = parseUuid(c.req.param("id") ?? "");
    const letter = id && (await deps.ask((sql) => findDeadLetter(sql, id)));
    if (!letter || letter.queue === null) throw notThere();
    return { ...letter, queue: letter.queue };
  };
  const showLetter = async (c: Context<ConsoleEnv>, faults?: Faults) =>
    await deadLetterPage(c, await getLetter(c), faults);

  pages.get("/dead-letters/:id", (c) => showLetter(c));

  pages.post("/dead-letters/:id/redrive", limitForm, async (c) => {
    await readForm(c, v.object({}));
    const { id, queue } = await getLetter(c);
    return await audited(c, deps, { action: "dead-letter.redrive", subject: `job ${id}` }, async () => {
      const moved = await deps.ask((sql) => redriveDeadLetters(sql, { id }));
      const said =
        moved === 1 ? `Put the job back into ${queue}` : "A job of its kind is in the queue already";
      return { value: redirectWith(c, `/console/queues/${queue}`, said), refused: moved === 0 };
    });
  });

  pages.post("/dead-letters/:id/drop", limitForm, async (c) => {
    const form = await readForm(c, Drop);
    if (!form.ok) return showLetter(c, form.faults);
    const { id, queue } = await getLetter(c);
    const { reason } = form.value;
    return await audited(c, deps, { action: "dead-letter.drop", subject: `job ${id}` }, async () => {
      await deps.ask((sql) => dropDeadLetters(sql, { id }, { reason, at: deps.now() }));
      return {
        value: redirectWith(c, `/console/queues/${queue}`, "Dropped the dead letter"),
        after: { reason },
      };
    });
  });
  return pages;
}
