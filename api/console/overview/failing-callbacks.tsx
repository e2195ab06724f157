/** @jsxImportSource hono/jsx -- Bun reads it from tsconfig.json only where it is started beside it. */
import type { FailingCallback } from "../../../shared/overview/callbacks.ts";
import { Status, Table, Time } from "../parts.tsx";

/** Receivers of callbacks that do not answer as they should. */
export function FailingCallbacks({ callbacks }: { callbacks: readonly FailingCallback[] }) {
  return (
    <>
      <h2 id="callbacks">Callbacks failing</h2>
      <Table
        caption="Receivers that are spared or suspended"
        columns={[
          {
            title: "Service",
            cell: ({ serviceId, serviceName }) => (
              <a href={`/console/services/${serviceId}/callbacks`}>{serviceName}</a>
            ),
          },
          { title: "Type", cell: ({ type }) => type },
          { title: "State", cell: ({ state }) => <Status status={state} /> },
          { title: "Since", cell: ({ since }) => <Time at={since} /> },
          { title: "Why", cell: ({ reason }) => reason ?? "–" },
        ]}
        rows={callbacks}
        empty="All that were called lately answered."
      />
    </>
  );
}
