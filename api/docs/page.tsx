/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { OpenApiDocument } from "../openapi/model.ts";
import { Code, Operation, RefusalTable, refusalsOf } from "./operation.tsx";
import { Prose } from "./prose.tsx";
import { nodeClient } from "./requests.ts";

/** The whole document for people to read. */
export function DocsPage({ document }: { document: OpenApiDocument }) {
  const { info, tags, components } = document;
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const groups = tags.map((tag) => ({
    ...tag,
    operations: operations.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  const shared = Object.entries(components.responses).flatMap(([status, response]) =>
    refusalsOf(response).map((refusal) => ({ status, ...refusal })),
  );
  return (
    <>
      <h1>{info.title} API</h1>
      <Prose text={info.description} />
      <p>
        For programs: <a href="openapi.json">this page as OpenAPI 3.1</a>.
      </p>
      <h4>With the official Node client</h4>
      <Code text={nodeClient} />
      <nav aria-label="Endpoints">
        {groups.map((group) => (
          <>
            <h2>{group.name}</h2>
            <ul>
              {group.operations.map(({ path, method, operation }) => (
                <li>
                  <a href={`#${operation.operationId}`}>{operation.summary}</a>
                  <code>
                    {method.toUpperCase()} {path}
                  </code>
                </li>
              ))}
            </ul>
          </>
        ))}
        <h2>
          <a href="#errors">Errors</a>
        </h2>
      </nav>
      {groups.map((group) => (
        <>
          <h2 id={group.name.toLowerCase()}>{group.name}</h2>
          <Prose text={group.description} />
          {group.operations.map(({ path, method, operation }) => (
            <Operation document={document} method={method} path={path} operation={operation} />
          ))}
        </>
      ))}
      <section id="errors">
        <h2>Errors any endpoint may answer</h2>
        <p>
          Those of 401, 403 and 504 only below <code>/v2</code>.
        </p>
        <RefusalTable rows={shared} />
      </section>
    </>
  );
}
