import * as v from "valibot";
import type { Operation } from "../operation.ts";
import { ours } from "../refusals.ts";

const tag = "Status";

const status = {
  path: "/_status",
  tag,
  summary: "Which build answers",
  secured: false,
  query: v.object({
    simple: v.optional(
      v.pipe(
        v.string(),
        v.metadata({ description: "Not empty: leave the database alone.", examples: ["1"] }),
      ),
    ),
  }),
  answers: [{ status: 200, description: "All is well.", schema: "Status" }],
  refusals: ours,
} satisfies Partial<Operation>;

export const statusOperations: readonly Operation[] = [
  { ...status, method: "get", id: "getStatus" },
  { ...status, method: "post", id: "postStatus" },
  { ...status, method: "get", id: "getRoot", path: "/" },
  {
    method: "get",
    path: "/_ready",
    id: "getReady",
    tag,
    summary: "Whether to send requests here",
    secured: false,
    answers: [
      { status: 200, description: "Yes.", schema: "Ready" },
      { status: 503, description: "Not now.", schema: "Ready" },
    ],
    refusals: [],
  },
  {
    method: "get",
    path: "/_status/live-service-and-organisation-counts",
    id: "getLiveCounts",
    tag,
    summary: "How many services are live",
    secured: false,
    answers: [{ status: 200, description: "The counts.", schema: "LiveCounts" }],
    refusals: ours,
  },
];
