import { ReceivedTextsQuery } from "../../v2/received-texts/list-received-texts.ts";
import type { Operation } from "../operation.ts";
import { anyService, notId, unexpected } from "../refusals.ts";

export const receivedTextOperations: readonly Operation[] = [
  {
    method: "get",
    path: "/v2/received-text-messages",
    id: "listReceivedTexts",
    tag: "Read",
    summary: "List texts people sent you",
    description: "Newest first, 250 a page.",
    secured: true,
    query: ReceivedTextsQuery,
    answers: [{ status: 200, description: "One page.", schema: "ReceivedTexts" }],
    refusals: [...anyService, ...notId("older_than"), ...unexpected],
  },
];
