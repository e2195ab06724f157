/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import { type Context, Hono } from "hono";
import * as v from "valibot";
import { type ProviderState, readProviderShare } from "../../../shared/overview/providers.ts";
import { changeProviders } from "../../../shared/provider/change.ts";
import {
  listProviders,
  listProviderVersions,
  type ProviderSummary,
  type ProviderVersion,
} from "../../../shared/provider/queries.ts";
import type { ApiDeps } from "../../deps.ts";
import { answerConsole } from "../answer.tsx";
import { audited } from "../audited.ts";
import type { ConsoleEnv } from "../env.ts";
import { notThere } from "../fault.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { redirectWith } from "../notice.ts";
import { type Column, Count, Status, Table, Time } from "../parts.tsx";
import { limitForm, readForm } from "../read-form.ts";

const priority = "Priority must be a whole number from 0 to 100";
const why = "Say why: others will want to know";
const Change = v.object({
  priority: v.pipe(
    v.string(priority),
    v.trim(),
    v.regex(/^\d{1,3}$/, priority),
    v.transform(Number),
    v.maxValue(100, priority),
  ),
  active: v.picklist(["yes", "no"], "Choose whether it is used"),
  reason: v.pipe(v.string(why), v.trim(), v.minLength(1, why), v.maxLength(500, "The reason is too long")),
});

/** Who carries messages, and how much. */
export function providerPages(deps: Pick<ApiDeps, "ask" | "now" | "newId">): Hono<ConsoleEnv> {
  const pages = new Hono<ConsoleEnv>();
  const getProvider = async (c: Context<ConsoleEnv>) => {
    const name = c.req.param("name");
    const provider = (await deps.ask(listProviders)).find((one) => one.name === name);
    if (!provider) throw notThere();
    return provider;
  };
  const show = async (c: Context<ConsoleEnv>, provider: ProviderSummary, typed?: Typed, faults?: Faults) => {
    const versions = await deps.ask((sql) => listProviderVersions(sql, provider.name));
    return await providerPage(c, { provider, versions, typed, faults });
  };

  pages.get("/providers", async (c) => {
    const providers = await deps.ask((sql) => readProviderShare(sql, deps.now()));
    const body = (
      <>
        <h1>Providers</h1>
        <p class="hint">
          Of two for the same channel, one with twice the priority carries twice as much. Those of texts are
          moved by themselves when one is slow or fails, and come back to rest.
        </p>
        <div data-live="providers">
          <Table
            caption="Providers, with what they carried in the last quarter of an hour"
            columns={columns}
            rows={providers}
            empty="There are none."
          />
        </div>
      </>
    );
    return await answerConsole(c, { title: "Providers", body, liveSeconds: 10 });
  });

  pages.get("/providers/:name", async (c) => show(c, await getProvider(c)));

  pages.post("/providers/:name", limitForm, async (c) => {
    const provider = await getProvider(c);
    const form = await readForm(c, Change);
    if (!form.ok) return show(c, provider, form.typed, form.faults);
    const { name } = provider;
    const { reason } = form.value;
    const change = { priority: form.value.priority, active: form.value.active === "yes" };
    const before = { priority: provider.priority, active: provider.active };
    const deed = { action: "provider.change", subject: `provider ${name}`, before };
    return await audited(c, deps, deed, async () => {
      const createdBy = c.var.user.id;
      await deps.ask((sql) => changeProviders(sql, () => [{ name, ...change, reason, createdBy }]));
      const value = redirectWith(c, `/console/providers/${name}`, "Saved. Workers follow within seconds");
      return { value, after: { ...change, reason } };
    });
  });
  return pages;
}

const columns: readonly Column<ProviderState>[] = [
  {
    title: "Provider",
    cell: ({ name, displayName }) => <a href={`/console/providers/${name}`}>{displayName}</a>,
  },
  { title: "Channel", cell: ({ channel }) => channel },
  { title: "State", cell: ({ active }) => <Status status={active ? "active" : "off"} /> },
  { title: "Priority", cell: ({ priority }) => <Count of={priority} />, isNumber: true },
  { title: "Share", cell: ({ share }) => percent(share), isNumber: true },
  { title: "Sent", cell: ({ sent }) => <Count of={sent} />, isNumber: true },
  { title: "Failed", cell: ({ failed }) => <Count of={failed} />, isNumber: true },
  { title: "Slow", cell: ({ slowShare }) => percent(slowShare), isNumber: true },
  { title: "Failed calls", cell: ({ failedCalls }) => <Count of={failedCalls} />, isNumber: true },
  { title: "Last changed", cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

function percent(share: number | null): string {
  return share === null ? "–" : `${(100 * share).toFixed(0)} %`;
}

interface Shown {
  provider: ProviderSummary;
  versions: readonly ProviderVersion[];
  typed: Typed | undefined;
  faults: Faults | undefined;
}

async function providerPage(
  c: Context<ConsoleEnv>,
  { provider, versions, typed, faults }: Shown,
): Promise<Response> {
  const { name, channel } = provider;
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{name}</h1>
      <p>
        Carries {channel}. <Status status={provider.active ? "active" : "off"} />
      </p>
      <Form c={c} action={`/console/providers/${name}`}>
        <Field
          label="Priority"
          name="priority"
          type="number"
          value={typed?.priority ?? String(provider.priority)}
          hint="0 to 100, beside those of the others for the same channel."
          faults={faults}
        />
        <Choices
          legend="Is it used?"
          name="active"
          type="radio"
          values={[typed?.active ?? (provider.active ? "yes" : "no")]}
          choices={[
            { value: "yes", label: "Yes" },
            { value: "no", label: "No: it gets no more messages until it is switched on again" },
          ]}
          faults={faults}
        />
        <Field label="Why" name="reason" value={typed?.reason} faults={faults} />
        <button type="submit">Save</button>
      </Form>
      <h2>Changes</h2>
      <Table
        caption="The last hundred, newest first"
        columns={[
          { title: "When", cell: ({ updatedAt }) => <Time at={updatedAt} /> },
          { title: "Priority", cell: (version) => <Count of={version.priority} />, isNumber: true },
          { title: "State", cell: ({ active }) => <Status status={active ? "active" : "off"} /> },
          { title: "By", cell: ({ createdBy }) => createdBy ?? "Pillarbox" },
          { title: "Why", cell: ({ reason }) => reason ?? "–" },
        ]}
        rows={versions}
        empty="None."
      />
    </>
  );
  return await answerConsole(c, {
    title: name,
    faults,
    body,
    crumbs: [
      { title: "Providers", path: "/console/providers" },
      { title: name, path: null },
    ],
  });
}
