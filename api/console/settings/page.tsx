/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { Context } from "hono";
import type { Channel } from "../../../shared/notification/notification.ts";
import { fewestDays, mostDays } from "../../../shared/retention/days.ts";
import { servicePermissions } from "../../../shared/service/permissions.ts";
import type { ServiceObject } from "../../../shared/service/settings.ts";
import { answerConsole } from "../answer.tsx";
import type { ConsoleEnv } from "../env.ts";
import { Choices, FaultSummary, type Faults, Field, Form, type Typed } from "../form.tsx";
import { Facts, Status, Time } from "../parts.tsx";

/** What was typed into one of the page's forms, and what is wrong with it. */
export interface Shown {
  typed?: Partial<Record<"general" | "allowed" | "retention", Typed>>;
  faults?: Faults;
}

/** For each, the days its messages are kept. */
type DaysKept = Readonly<Record<Channel, number>>;

interface PartProps {
  c: Context<ConsoleEnv>;
  service: ServiceObject;
  path: string;
  shown: Shown;
}

export async function settingsPage(
  c: Context<ConsoleEnv>,
  service: ServiceObject,
  days: DaysKept,
  shown: Shown,
): Promise<Response> {
  const path = `/console/services/${service.id}/settings`;
  const { role } = c.var;
  const part = { c, service, path, shown };
  const body = (
    <>
      <FaultSummary faults={shown.faults} />
      <h1>Settings</h1>
      <Facts
        facts={[
          ["Id", <code>{service.id}</code>],
          ["State", <Status status={stateOf(service)} />],
          ["Made", <Time at={service.createdAt} />],
          ["Last changed", <Time at={service.updatedAt} />],
          ["Emails come from", service.emailSenderLocalPart],
        ]}
      />
      {role === "viewer" ? <p>A manager of the service can change them.</p> : null}
      {role === "viewer" ? null : <General {...part} />}
      {role === "viewer" ? null : <Retention {...part} days={days} />}
      {role === "operator" ? <Allowed {...part} /> : null}
      {role === "operator" ? <Standing {...part} /> : null}
    </>
  );
  const title = "Settings";
  return await answerConsole(c, {
    title,
    faults: shown.faults,
    body,
  });
}

function stateOf({ active, restricted }: ServiceObject): string {
  if (!active) return "suspended";
  return restricted ? "trial" : "live";
}

function General({ c, service, path, shown: { typed, faults } }: PartProps) {
  const values = typed?.general ?? {
    name: service.name,
    sender_name: service.emailSenderName ?? "",
    contact_link: service.contactLink ?? "",
    ...(service.prefixSms && { prefix_sms: "yes" }),
  };
  return (
    <Form c={c} action={path}>
      <h2>Names</h2>
      <Field label="Service name" name="name" value={values.name} faults={faults} />
      <Field
        label="Name that emails come from"
        name="sender_name"
        value={values.sender_name}
        hint="The service's name where it is empty."
        faults={faults}
      />
      <Field
        label="Contact for files sent by email"
        name="contact_link"
        value={values.contact_link}
        hint="A web address, an email address or a phone number, shown to those who open a file."
        faults={faults}
      />
      <Choices
        legend="Texts"
        name="prefix_sms"
        values={values.prefix_sms === undefined ? [] : ["yes"]}
        choices={[{ value: "yes", label: "Begin with the service's name" }]}
      />
      <button type="submit">Save</button>
    </Form>
  );
}

function Retention({ c, path, shown: { typed, faults }, days }: PartProps & { days: DaysKept }) {
  const daysIn = (channel: Channel) => typed?.retention?.[channel] ?? String(days[channel]);
  return (
    <Form c={c} action={`${path}/retention`}>
      <h2>How long messages are kept</h2>
      <p class="hint">
        {`In days, from ${fewestDays} to ${mostDays}.`} After them nobody can read the message or see its
        recipient.
      </p>
      <Field label="Texts" name="sms" type="number" value={daysIn("sms")} faults={faults} />
      <Field label="Emails" name="email" type="number" value={daysIn("email")} faults={faults} />
      <Field label="Letters" name="letter" type="number" value={daysIn("letter")} faults={faults} />
      <button type="submit">Save</button>
    </Form>
  );
}

const permissionLabels: Readonly<Record<(typeof servicePermissions)[number], string>> = {
  email: "Emails",
  sms: "Texts",
  letter: "Letters",
  international_sms: "Texts to other countries",
  inbound_sms: "Texts that people send to it",
  email_auth: "Signing in by email",
  edit_folder_permissions: "Folders for some members alone",
  international_letters: "Letters to other countries",
  sms_to_uk_landlines: "Texts to landlines in the UK",
};

function Allowed({ c, service, path, shown: { typed, faults } }: PartProps) {
  const mode = typed?.allowed?.mode ?? (service.restricted ? "trial" : "live");
  const numbers = [
    ["Emails a day", "emails", service.emailMessageLimit],
    ["Texts a day", "texts", service.smsMessageLimit],
    ["Letters a day", "letters", service.letterMessageLimit],
    ["International texts a day", "international", service.internationalSmsMessageLimit],
    ["Requests a minute, for each kind of key", "rate", service.rateLimit],
  ] as const;
  return (
    <Form c={c} action={`${path}/allowed`}>
      <h2>What it may send</h2>
      <Choices
        legend="To whom"
        name="mode"
        type="radio"
        values={[mode]}
        choices={[
          { value: "trial", label: "Trial: to its own people and guest list alone" },
          { value: "live", label: "Live: to anyone" },
        ]}
        faults={faults}
      />
      <Choices
        legend="Kinds"
        name="permissions"
        values={service.permissions}
        choices={servicePermissions.map((value) => ({ value, label: permissionLabels[value] }))}
      />
      {numbers.map(([label, name, value]) => (
        <Field
          label={label}
          name={name}
          type="number"
          value={typed?.allowed?.[name] ?? String(value)}
          faults={faults}
        />
      ))}
      <button type="submit">Save</button>
    </Form>
  );
}

function Standing({ c, service, path, shown: { faults } }: PartProps) {
  if (!service.active) {
    return (
      <Form c={c} action={`${path}/standing`}>
        <h2>Suspended</h2>
        <p>Its keys are refused, and messages that come to be sent fail.</p>
        <input type="hidden" name="state" value="active" />
        <button type="submit">Let it send again</button>
      </Form>
    );
  }
  return (
    <Form c={c} action={`${path}/standing`}>
      <h2>Suspend</h2>
      <p>Its keys are refused, and messages that come to be sent fail. It can be let send again.</p>
      <input type="hidden" name="state" value="suspended" />
      <Choices
        legend="Sure?"
        name="confirm"
        values={[]}
        choices={[{ value: "yes", label: `Stop all sending of ${service.name}` }]}
        faults={faults}
      />
      <button type="submit" class="danger">
        Suspend the service
      </button>
    </Form>
  );
}
