import { BulkId } from "../../v2/batches/get-bulk.ts";
import type { Operation } from "../operation.ts";
import { anyService, bulkRefusals, noResult, notId } from "../refusals.ts";
import { IdempotencyHeader, idempotencyRefusals } from "./notifications.ts";

export const bulkOperations: readonly Operation[] = [
  {
    method: "post",
    path: "/v2/notifications/bulk",
    id: "sendBulk",
    tag: "Send",
    summary: "Send a batch of messages",
    description:
      "Many messages of one template: all are checked before any is stored, and what is wrong is told row by row, of the first hundred. We send them as fast as fits, so there is no need to go slowly. The batch takes one request of your rate limit, and all its rows of the day's messages.",
    secured: true,
    headers: IdempotencyHeader,
    body: {
      schema: "BulkRequest",
      required: true,
      example: {
        template_id: "f33517ff-2a88-4f6e-b855-c550268ce08a",
        name: "Reminders of November",
        rows: [
          ["phone number", "name"],
          ["+447900900123", "Amala"],
          ["+447900900124", "Bo"],
        ],
      },
    },
    answers: [
      {
        status: 201,
        description: "The batch is stored and will be sent.",
        schema: "Batch",
        headers: {
          "Idempotency-Replayed": "`true` where this is the answer to an earlier request with the same key.",
        },
      },
    ],
    refusals: [...bulkRefusals, ...idempotencyRefusals],
  },
  {
    method: "get",
    path: "/v2/notifications/bulk/{batch_id}",
    id: "getBulk",
    tag: "Read",
    summary: "Get a batch and how far it is",
    description: "Its messages are listed by `reference`, where you gave one, with `include_jobs=true`.",
    secured: true,
    params: BulkId,
    answers: [{ status: 200, description: "The batch.", schema: "Batch" }],
    refusals: [...anyService, ...notId("batch_id"), ...noResult],
  },
];
