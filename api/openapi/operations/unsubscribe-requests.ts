import { UnsubscribeRequestsQuery } from "../../v2/unsubscribe-requests/list-unsubscribe-requests.ts";
import type { Operation } from "../operation.ts";
import { anyService, notId, unexpected } from "../refusals.ts";

export const unsubscribeRequestOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v2/unsubscribe-requests",
    id: "listUnsubscribeRequests",
    tag: "Read",
    summary: "List who unsubscribed",
    description:
      "Who wants no more of your emails. Newest first, 250 a page. GOV.UK Notify has no such endpoint.",
    secured: true,
    query: UnsubscribeRequestsQuery,
    answers: [{ status: 200, description: "One page.", schema: "UnsubscribeRequests" }],
    refusals: [...anyService, ...notId("older_than"), ...unexpected],
  },
];
