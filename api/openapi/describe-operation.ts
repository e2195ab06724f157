import { componentRef, toParameters } from "./convert.ts";
import type { MediaType, OperationObject, RefusalBody, ResponseObject } from "./model.ts";
import type { Answer, Operation } from "./operation.ts";
import { anyService, type Refusal } from "./refusals.ts";

/** An endpoint as OpenAPI says it. */
export function describeOperation(operation: Operation): OperationObject {
  const { id, tag, summary, description, secured, params, query, headers, body } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description !== undefined && { description }),
    security: secured ? [{ token: [] }] : [],
    parameters: [
      ...toParameters("path", params),
      ...toParameters("query", query),
      ...toParameters("header", headers),
    ],
    ...(body && { requestBody: describeBody(body) }),
    responses: describeResponses(operation),
  };
}

function describeBody({
  schema,
  type = "application/json",
  required,
  example,
}: NonNullable<Operation["body"]>): NonNullable<OperationObject["requestBody"]> {
  const media: MediaType = {
    schema: schema === null ? {} : { $ref: componentRef(schema) },
    ...(example !== undefined && { example }),
  };
  return { required, content: { [type]: media } };
}

function describeResponses({ answers, refusals }: Operation): OperationObject["responses"] {
  const own = new Map<number, ResponseObject>();
  const responses: OperationObject["responses"] = {};
  const add = (status: number, response: ResponseObject) => {
    const other = own.get(status);
    const joined = other ? join(other, response) : response;
    own.set(status, joined);
    responses[status] = joined;
  };
  for (const answer of answers) add(answer.status, describeAnswer(answer));
  for (const [status, some] of Map.groupBy(refusals, (refusal) => refusal.status)) {
    const isShared = !own.has(status) && areSame(some, shared.get(status) ?? []);
    if (isShared) responses[status] = { $ref: `#/components/responses/${status}` };
    else add(status, describeRefusals(status, some));
  }
  return responses;
}

/** The refusals that many endpoints have. */
const shared = Map.groupBy(anyService, (refusal) => refusal.status);

/** What the document says once of the refusals that many endpoints have. */
export function describeSharedResponses(): Record<string, ResponseObject> {
  return Object.fromEntries([...shared].map(([status, some]) => [status, describeRefusals(status, some)]));
}

function areSame(some: readonly Refusal[], others: readonly Refusal[]): boolean {
  return some.length === others.length && some.every((refusal) => others.includes(refusal));
}

/** One status that stands for two things. */
function join(one: ResponseObject, other: ResponseObject): ResponseObject {
  const content = { ...one.content };
  for (const [type, media] of Object.entries(other.content)) {
    const before = content[type];
    content[type] = before
      ? { ...before, ...media, schema: { anyOf: [before.schema, media.schema] } }
      : media;
  }
  return {
    description: `${one.description} ${other.description}`,
    headers: { ...one.headers, ...other.headers },
    content,
  };
}

const everyHeader = {
  "X-B3-TraceId": { $ref: "#/components/headers/X-B3-TraceId" },
  "X-B3-SpanId": { $ref: "#/components/headers/X-B3-SpanId" },
};

function describeAnswer({ description, schema, type, headers = {} }: Answer): ResponseObject {
  const own = Object.entries(headers).map(([name, text]) => [
    name,
    { description: text, required: false, schema: { type: "string" } },
  ]);
  const content: Record<string, MediaType> = {};
  if (schema !== null) content["application/json"] = { schema: { $ref: componentRef(schema) } };
  if (type !== undefined) content[type] = { schema: {} };
  return { description, headers: { ...everyHeader, ...Object.fromEntries(own) }, content };
}

const statusTexts: Readonly<Record<number, string>> = {
  400: "Something is wrong with the request.",
  401: "No token.",
  403: "The token is not accepted.",
  404: "There is no such thing.",
  409: "The first request with this key is not answered yet.",
  413: "The body is too large.",
  416: "It has no such part.",
  422: "The key was another request's.",
  429: "Over a limit.",
  500: "Our fault.",
  503: "The database cannot be reached.",
  504: "It took longer than 29.5 seconds.",
};

function describeRefusals(status: number, refusals: readonly Refusal[]): ResponseObject {
  const isPlain = refusals.some(({ error }) => error === null);
  const examples = refusals.map((refusal, index) => [
    String(index + 1),
    { summary: refusal.message, value: exampleOf(refusal) },
  ]);
  return {
    description: statusTexts[status] ?? "",
    headers: {
      ...everyHeader,
      ...(status === 409 && { "Retry-After": { $ref: "#/components/headers/Retry-After" } }),
    },
    content: {
      "application/json": {
        schema: { $ref: componentRef(isPlain ? "UnsubscribeRefused" : "Errors") },
        examples: Object.fromEntries(examples),
      },
    },
  };
}

function exampleOf({ status, error, message }: Refusal): RefusalBody {
  if (error === null) return { message: { "unsubscribe request": message }, result: "error" };
  return { errors: [{ error, message }], status_code: status };
}
