/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Child } from "hono/jsx";
import type { ConsoleEnv } from "./env.ts";

/** The field that every form carries; `read-form.ts` asks for it. */
export const formTokenField = "form_token";

/** What is wrong with what was typed, by field; the empty name for the form as a whole. */
export type Faults = Readonly<Record<string, string>>;

/** What was typed, by field, to be shown again. */
export type Typed = Readonly<Record<string, string>>;

export function FormToken({ token }: { token: string }) {
  return <input type="hidden" name={formTokenField} value={token} />;
}

/** A form that posts to us, with its token. `upload` for one that brings a file. */
export function Form({
  c,
  action,
  children,
  upload = false,
  ...rest
}: {
  c: Context<ConsoleEnv>;
  action: string;
  children: Child;
  upload?: boolean;
  class?: string;
  id?: string;
}) {
  const encoding = upload ? ({ enctype: "multipart/form-data" } as const) : {};
  return (
    <form method="post" action={action} {...encoding} {...rest}>
      <FormToken token={c.var.formToken} />
      {children}
    </form>
  );
}

/** A form of one button, for what needs no more said. */
export function ButtonForm({
  c,
  action,
  label,
  fields = {},
  danger = false,
}: {
  c: Context<ConsoleEnv>;
  action: string;
  label: string;
  /** Sent along, unseen. */
  fields?: Typed;
  danger?: boolean;
}) {
  return (
    <Form c={c} action={action} class="inline">
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={danger ? "danger" : "quiet"}>
        {label}
      </button>
    </Form>
  );
}

interface FieldProps {
  label: string;
  name: string;
  faults?: Faults | undefined;
  hint?: Child;
}

/** What a field is told by: its hint and its fault. */
function describedBy({ name, hint, faults }: Pick<FieldProps, "name" | "hint" | "faults">) {
  const ids = [hint ? `${name}-hint` : "", faults?.[name] ? `${name}-fault` : ""].filter((id) => id !== "");
  return ids.length > 0 ? { "aria-describedby": ids.join(" ") } : {};
}

/** What is to be known of a field, and what is wrong with what was typed. */
function Words({ name, hint, faults }: Pick<FieldProps, "name" | "hint" | "faults">) {
  const fault = faults?.[name];
  return (
    <>
      {hint ? (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      ) : null}
      {fault ? (
        <p class="fault" id={`${name}-fault`}>
          {fault}
        </p>
      ) : null}
    </>
  );
}

function Labelled({ label, name, faults, hint, children }: FieldProps & { children: Child }) {
  const fault = faults?.[name];
  return (
    <div class={fault ? "field faulty" : "field"}>
      <label for={name}>{label}</label>
      <Words name={name} hint={hint} faults={faults} />
      {children}
    </div>
  );
}

/** A line to type in. Its id is its name. */
export function Field({
  value = "",
  type = "text",
  required = false,
  autocomplete = "off",
  ...rest
}: FieldProps & {
  value?: string | undefined;
  type?: "text" | "email" | "password" | "number" | "search" | "tel" | "url" | "date" | "datetime-local";
  required?: boolean;
  autocomplete?: string;
}) {
  return (
    <Labelled {...rest}>
      <input
        id={rest.name}
        name={rest.name}
        type={type}
        value={value}
        required={required}
        autocomplete={autocomplete}
        aria-invalid={rest.faults?.[rest.name] ? "true" : undefined}
        {...describedBy(rest)}
      />
    </Labelled>
  );
}

/** A file to choose; `accept` as HTML has it. */
export function FileField({ accept, ...rest }: FieldProps & { accept: string }) {
  return (
    <Labelled {...rest}>
      <input
        id={rest.name}
        name={rest.name}
        type="file"
        accept={accept}
        required
        aria-invalid={rest.faults?.[rest.name] ? "true" : undefined}
        {...describedBy(rest)}
      />
    </Labelled>
  );
}

/** A box to type in. */
export function TextArea({
  value = "",
  rows = 8,
  ...rest
}: FieldProps & { value?: string | undefined; rows?: number }) {
  return (
    <Labelled {...rest}>
      <textarea
        id={rest.name}
        name={rest.name}
        rows={rows}
        aria-invalid={rest.faults?.[rest.name] ? "true" : undefined}
        {...describedBy(rest)}
      >
        {value}
      </textarea>
    </Labelled>
  );
}

export interface Choice {
  value: string;
  label: string;
}

/** One of some. */
export function Select({
  value = "",
  choices,
  ...rest
}: FieldProps & { value?: string | undefined; choices: readonly Choice[] }) {
  return (
    <Labelled {...rest}>
      <select id={rest.name} name={rest.name} {...describedBy(rest)}>
        {choices.map((choice) => (
          <option value={choice.value} selected={choice.value === value}>
            {choice.label}
          </option>
        ))}
      </select>
    </Labelled>
  );
}

/** Some of several, or, as `radio`, one of them. Those of one name come as one list. */
export function Choices({
  legend,
  name,
  type = "checkbox",
  values,
  choices,
  faults,
  hint,
}: {
  legend: string;
  name: string;
  type?: "checkbox" | "radio";
  values: readonly string[];
  choices: readonly Choice[];
  faults?: Faults | undefined;
  hint?: Child;
}) {
  const fault = faults?.[name];
  return (
    <fieldset class={fault ? "field faulty" : "field"} {...describedBy({ name, hint, faults })}>
      <legend>{legend}</legend>
      <Words name={name} hint={hint} faults={faults} />
      {choices.map(({ value, label }, at) => (
        <div class="choice">
          <input
            type={type}
            id={at === 0 ? name : `${name}-${at}`}
            name={name}
            value={value}
            checked={values.includes(value)}
          />
          <label for={at === 0 ? name : `${name}-${at}`}>{label}</label>
        </div>
      ))}
    </fieldset>
  );
}

/** All that is wrong, at the top of a form, each leading to its field. Nothing where all is well. */
export function FaultSummary({ faults }: { faults?: Faults | undefined }) {
  const all = Object.entries(faults ?? {});
  if (all.length === 0) return null;
  return (
    <div class="faults" role="alert">
      <h2>There is a problem</h2>
      <ul>
        {all.map(([name, fault]) => (
          <li>{name === "" ? fault : <a href={`#${name}`}>{fault}</a>}</li>
        ))}
      </ul>
    </div>
  );
}
