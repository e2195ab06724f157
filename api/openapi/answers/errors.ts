import * as v from "valibot";
import { fixed, text, whole } from "./values.ts";

export const Errors = v.strictObject({
  errors: v.array(
    v.strictObject({
      error: text("The kind of error.", { examples: ["BadRequestError"] }),
      message: text("What is wrong.", { examples: ["Template not found"] }),
      data: v.optional(text("What a QR code cannot hold.")),
      num_bytes: v.optional(whole("How much it is.")),
      max_bytes: v.optional(whole("How much it can hold.")),
      rows: v.optional(whole("How many rows of a batch have something wrong with them.")),
      row: v.optional(whole("Which row it is, from 1.")),
    }),
  ),
  status_code: whole("The HTTP status once more.", { examples: [400] }),
});

/** Where no endpoint was reached, and on what is not below `/v2`. */
export const PlainError = v.strictObject({
  message: text("What is wrong."),
  result: fixed("error", "Always the same."),
});
