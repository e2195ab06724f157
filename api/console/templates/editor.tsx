/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { SenderObject } from "../../../shared/service/senders.ts";
import type { TemplateObject, TemplateType } from "../../../shared/template/admin.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, Select, TextArea, type Typed } from "../form.tsx";
import { type PanelProps, PreviewPanel } from "./panel.tsx";
import { rootOf } from "./paths.ts";
import { typeNames } from "./types.ts";

export interface EditorState {
  type: TemplateType;
  /** Null for a new one. */
  template: Pick<TemplateObject, "id" | "name" | "version"> | null;
  /** Where a new one goes; null for the top. */
  folderId: string | null;
  typed: Typed;
  faults?: Faults | undefined;
  contacts: readonly SenderObject[];
  panel: Omit<PanelProps, "root">;
}

/** The page on which a template is written, beside what it will look like. */
export async function editorPage(c: Context<ConsoleEnv>, state: EditorState): Promise<Response> {
  const { type, template, folderId, typed, faults, contacts, panel } = state;
  const root = rootOf(c);
  const title = template === null ? `New ${typeNames[type].one}` : `Edit ${template.name}`;
  const hidden: Typed = {
    form: template === null ? "new" : "edit",
    type,
    ...(template && { template: template.id, version: String(template.version) }),
    ...(folderId && { folder: folderId }),
  };
  const body = (
    <>
      <FaultSummary faults={faults} />
      <h1>{title}</h1>
      <Form c={c} action={template === null ? `${root}/new?type=${type}` : `${root}/${template.id}/edit`}>
        {Object.entries(hidden).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <div class="split">
          <div>
            <TemplateFields type={type} typed={typed} faults={faults} contacts={contacts} />
            <p class="actions">
              <button type="submit">
                {template === null ? "Make the template" : "Save as a new version"}
              </button>
              <a href={template === null ? root : `${root}/${template.id}`}>Leave it as it is</a>
            </p>
          </div>
          <PreviewPanel {...panel} root={root} />
        </div>
      </Form>
    </>
  );
  return await answerConsole(c, {
    title,
    faults,
    body,
    scripts: ["preview.js"],
    crumbs: [
      { title: "Templates", path: root },
      ...(template ? [{ title: template.name, path: `${root}/${template.id}` }] : []),
      { title: template === null ? title : "Edit", path: null },
    ],
  });
}

interface FieldsProps extends Pick<EditorState, "type" | "typed" | "faults" | "contacts"> {}

function TemplateFields({ type, typed, faults, contacts }: FieldsProps) {
  const of = (name: string) => ({ name, value: typed[name], faults });
  return (
    <>
      <Field label="Name" hint="Recipients do not see it." {...of("name")} />
      {type === "email" ? <Field label="Subject" {...of("subject")} /> : null}
      {type === "letter" ? <Field label="Heading" {...of("subject")} /> : null}
      <TextArea
        label={type === "email" || type === "letter" ? "Body" : "Message"}
        rows={type === "sms" || type === "broadcast" ? 9 : 18}
        hint={hints[type]}
        {...of("content")}
      />
      {type === "email" ? (
        <Choices
          legend="Link to unsubscribe"
          name="unsubscribe"
          values={typed.unsubscribe === undefined ? [] : ["yes"]}
          choices={[{ value: "yes", label: "End with a link by which people unsubscribe" }]}
        />
      ) : null}
      {type === "letter" ? <LetterFields typed={typed} faults={faults} contacts={contacts} /> : null}
    </>
  );
}

function LetterFields({ typed, faults, contacts }: Omit<FieldsProps, "type">) {
  return (
    <>
      <Select
        label="Postage"
        name="postage"
        value={typed.postage ?? "second"}
        choices={[
          { value: "first", label: "First class" },
          { value: "second", label: "Second class" },
          { value: "economy", label: "Economy" },
        ]}
        faults={faults}
      />
      <Select
        label="Contact block"
        name="contact"
        value={typed.contact ?? contacts.find(({ isDefault }) => isDefault)?.id}
        choices={[
          { value: "", label: "None" },
          ...contacts.map(({ id, value }) => ({ value: id, label: firstLine(value) })),
        ]}
        hint="Says who the letter comes from. They are among the senders."
        faults={faults}
      />
      <Choices
        legend="Languages"
        name="languages"
        type="radio"
        values={[typed.languages || "english"]}
        choices={[
          { value: "english", label: "English" },
          { value: "welsh_then_english", label: "Welsh, then English" },
        ]}
        faults={faults}
      />
      <details open={typed.languages === "welsh_then_english"}>
        <summary>The Welsh half</summary>
        <Field label="Heading in Welsh" name="welsh_subject" value={typed.welsh_subject} faults={faults} />
        <TextArea
          label="Body in Welsh"
          name="welsh_content"
          value={typed.welsh_content}
          rows={12}
          faults={faults}
        />
      </details>
    </>
  );
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

const placeholderHint = "Put what differs in double brackets, such as ((name)).";
const hints: Readonly<Record<TemplateType, string>> = {
  sms: placeholderHint,
  email: `${placeholderHint} Begin a line with # for a heading, with * for a bullet, with ^ for an inset text.`,
  letter: `${placeholderHint} Begin a line with # for a heading, with * for a bullet.`,
  broadcast: "Everybody in the area gets it: say who speaks, what happened and what to do.",
};
