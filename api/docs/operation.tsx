/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { OpenApiDocument, OperationObject, Reference, ResponseObject } from "../openapi/model.ts";
import { exampleOf } from "./example.ts";
import { Field, Fields } from "./fields.tsx";
import { Prose, Words } from "./prose.tsx";
import { curlFor, nodeFor } from "./requests.ts";

interface OperationProps {
  document: OpenApiDocument;
  method: string;
  path: string;
  operation: OperationObject;
}

/** One endpoint: what it takes, what it answers, how it refuses, how to call it. */
export function Operation({ document, method, path, operation }: OperationProps) {
  const { operationId, summary, description = "", parameters, requestBody, responses } = operation;
  const { schemas } = document.components;
  const body = requestBody?.content["application/json"];
  const node = nodeFor(operationId);
  return (
    <section id={operationId}>
      <h3>
        <a class="anchor" href={`#${operationId}`}>
          {summary}
        </a>
      </h3>
      <p class="address">
        <strong>{method.toUpperCase()}</strong> <code>{path}</code>
      </p>
      <Prose text={description} />
      {parameters.length === 0 ? (
        ""
      ) : (
        <>
          <h4>Parameters</h4>
          <ul class="fields">
            {parameters.map((parameter) => (
              <Field
                name={parameter.name}
                schema={parameter.schema}
                required={parameter.required}
                place={`in the ${parameter.in}`}
                description={parameter.description}
                schemas={schemas}
                side="request"
              />
            ))}
          </ul>
        </>
      )}
      {body ? (
        <>
          <h4>Body{requestBody?.required ? "" : " (optional)"}</h4>
          <Fields schema={body.schema} schemas={schemas} side="request" />
        </>
      ) : (
        ""
      )}
      <h4>Call it</h4>
      <Code text={curlFor(method, path, operation)} />
      {node === null ? "" : <Code text={node} />}
      <Answers responses={responses} schemas={schemas} />
      <Refusals responses={responses} />
    </section>
  );
}

export function Code({ text }: { text: string }) {
  return (
    // Reachable by keyboard, because it may scroll.
    <pre tabindex={0}>
      <code>{text}</code>
    </pre>
  );
}

type Responses = Readonly<Record<string, ResponseObject | Reference>>;

function Answers({
  responses,
  schemas,
}: { responses: Responses } & Pick<OpenApiDocument["components"], "schemas">) {
  const answers = Object.entries(responses).flatMap(([status, response]) =>
    "$ref" in response || isRefusal(response) ? [] : [{ status, response }],
  );
  return (
    <>
      <h4>Answers</h4>
      {answers.map(({ status, response: { description, content, headers } }) => {
        const schema = content["application/json"]?.schema;
        const other = Object.keys(content).find((type) => type !== "application/json");
        const own = Object.entries(headers).flatMap(([name, header]) =>
          "$ref" in header ? [] : [{ name, header }],
        );
        return (
          <>
            <p>
              <strong>{status}</strong> {description} {other ? <span class="type">{other}</span> : ""}
            </p>
            {own.map(({ name, header }) => (
              <p>
                <code>{name}</code>: <Words text={header.description} />
              </p>
            ))}
            {schema ? (
              <>
                <details>
                  <summary>Fields</summary>
                  <Fields schema={schema} schemas={schemas} side="answer" />
                </details>
                <details>
                  <summary>Example</summary>
                  <Code text={JSON.stringify(exampleOf(schema, schemas), null, 2)} />
                </details>
              </>
            ) : (
              ""
            )}
          </>
        );
      })}
    </>
  );
}

function Refusals({ responses }: { responses: Responses }) {
  const own = Object.entries(responses).flatMap(([status, response]) =>
    "$ref" in response ? [] : refusalsOf(response).map((refusal) => ({ status, ...refusal })),
  );
  const hasShared = Object.values(responses).some((response) => "$ref" in response);
  return (
    <>
      {own.length === 0 ? (
        ""
      ) : (
        <details>
          <summary>Errors ({own.length})</summary>
          <RefusalTable rows={own} />
        </details>
      )}
      {hasShared ? (
        <p class="quiet">
          And <a href="#errors">what any endpoint may answer</a>.
        </p>
      ) : (
        ""
      )}
    </>
  );
}

export interface RefusalRow {
  status: string;
  error: string;
  message: string;
}

export function RefusalTable({ rows }: { rows: readonly RefusalRow[] }) {
  return (
    <ul class="refusals">
      {rows.map(({ status, error, message }) => (
        <li>
          <strong>{status}</strong> {error === "" ? "" : <code>{error}</code>}
          <span>{message}</span>
        </li>
      ))}
    </ul>
  );
}

/** The errors a response lists by its examples. */
export function refusalsOf({ content }: ResponseObject): Omit<RefusalRow, "status">[] {
  const examples = content["application/json"]?.examples ?? {};
  return Object.values(examples).map(({ summary, value }) => ({
    error: ("errors" in value && value.errors[0]?.error) || "",
    message: summary,
  }));
}

/** Whether errors are all that a status stands for. */
function isRefusal({ content }: ResponseObject): boolean {
  const media = content["application/json"];
  return (
    media?.examples !== undefined && media.schema.$ref !== undefined && Object.keys(content).length === 1
  );
}
