import { describe, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createApp } from "../../api/app.ts";
import { describeApi } from "../../api/openapi/document.ts";
import type { JsonSchema } from "../../api/openapi/json-schema.ts";
import { openApiWorld } from "../api/deps.ts";
import { operationsOf } from "./known-paths.ts";

const document = describeApi();
const text = JSON.stringify(document);

/** Each schema with where it stands, those within it too. */
function* schemasIn(schema: JsonSchema, place: string): Generator<[string, JsonSchema]> {
  yield [place, schema];
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    yield* schemasIn(field, `${place}.${name}`);
  for (const kind of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* schemasIn(kind, `${place}|`);
  if (schema.items) yield* schemasIn(schema.items, `${place}[]`);
  if (typeof schema.additionalProperties === "object")
    yield* schemasIn(schema.additionalProperties, `${place}.*`);
}

const schemas = [
  ...Object.entries(document.components.schemas).flatMap(([name, schema]) => [...schemasIn(schema, name)]),
  ...operationsOf(document).flatMap(({ operation }) =>
    operation.parameters.map(({ name, schema }): [string, JsonSchema] => [
      `${operation.operationId} ${name}`,
      schema,
    ]),
  ),
];

describe("the OpenAPI document", () => {
  test("is served to anyone, and is the same whoever asks", async () => {
    const app = createApp(openApiWorld());
    const response = await app.request("/openapi.json");

    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "application/json"]);
    expect(await response.text()).toBe(text);
    expect(await (await app.request("/openapi.json")).text()).toBe(text);
  });

  test("is OpenAPI 3.1", async () => {
    const validator = new Validator();

    expect(await validator.validate(JSON.parse(text))).toEqual({ valid: true });
    expect(validator.version).toBe("3.1");
  });

  test("has all routes, and no others", () => {
    const served = createApp(openApiWorld())
      .routes.filter(({ method, path }) => method !== "ALL" && !hidden.has(path) && !isForOperators(path))
      .map(({ method, path }) => `${method} ${path.replace(/:\w+(\{[^}]*\})?/g, "{}")}`);
    const described = operationsOf(document).map(
      ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`,
    );

    expect(
      described.filter((route) => !route.includes("/notifications/sms/") && !route.endsWith("/ses")).sort(),
    ).toEqual([...new Set(served)].filter((route) => route !== "POST /notifications/sms/mmg").sort());
  });

  test("names each operation once", () => {
    const ids = operationsOf(document).map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("says of each value what it may be", () => {
    const untold = schemas.filter(
      ([place, { type, $ref, anyOf, oneOf, enum: choices }]) =>
        !(type ?? $ref ?? anyOf ?? oneOf ?? choices) && !anything.has(place),
    );
    expect(untold).toEqual([]);
  });

  test("describes each field and parameter", () => {
    const isTold = ({ description, anyOf, oneOf, items, type, $ref, properties }: JsonSchema): boolean =>
      Boolean(description ?? $ref ?? properties) ||
      type === "null" ||
      [...(anyOf ?? []), ...(oneOf ?? []), ...(items ? [items] : [])].some(isTold);
    const fields = schemas.filter(([place, schema]) => /\.\w+$/.test(place) && !isTold(schema));
    const parameters = operationsOf(document).flatMap(({ operation }) =>
      operation.parameters.filter(({ description }) => description === ""),
    );

    expect([fields.map(([place]) => place), parameters]).toEqual([[], []]);
  });

  test("refers only to what it has", () => {
    const refs = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)];
    const lost = refs.filter(
      ([, kind = "", name = ""]) => !(name in Object(Object(document.components)[kind])),
    );

    expect(refs.length).toBeGreaterThan(50);
    expect(lost.map(([whole]) => whole)).toEqual([]);
  });

  test("has no component that nothing refers to, but the one its text names", () => {
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
  });

  test("gives each path parameter", () => {
    const faults = operationsOf(document).filter(({ path, operation }) => {
      const inPath = operation.parameters.filter((parameter) => parameter.in === "path");
      const isRight = inPath.every(({ required }) => required);
      return (
        !isRight ||
        inPath.map(({ name }) => name).join() !==
          [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).join()
      );
    });
    expect(faults.map(({ path }) => path)).toEqual([]);
  });
});

/** Where any JSON may stand. */
const anything = new Set([
  ...["line_1", "line_2", "line_3", "line_4", "line_5", "line_6", "postcode"].map(
    (name) => `LetterNotification.${name}|`,
  ),
  "EmailRequest.personalisation.*|",
  "SentEmail.sanitised_content.*.sanitised|[]",
  "SentEmail.sanitised_content.*.unsanitised",
]);

/** Where only refusals come from, and what describes the rest. */
// Broadcasts speak CAP, which JSON Schema cannot describe.
const hidden = new Set(["/v2/notifications/:type", "/v2/broadcast", "/docs", "/openapi.json"]);

/** Paths of the internal API. */
const isForOperators = (path: string) =>
  /^\/(?:service|__testing|letters|user|events|complaint|inbound-number|provider-details|platform-(?:admin|stats)|performance-dashboard|(?:letter|sms)-rates?)(?:\/|$)|\/timeline$|^\/govuk-alerts$/.test(
    path,
  );
