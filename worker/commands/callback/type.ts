import * as v from "valibot";
import { callbackTypes } from "../../../shared/service/callback-types.ts";

export const CallbackKind = v.optional(
  v.picklist(callbackTypes, `must be one of ${callbackTypes.join(", ")}`),
  "delivery_status",
);

export const typeOption = {
  type: "string",
  valueHint: "type",
  description: `What is told, one of ${callbackTypes.join(", ")}; delivery_status if not given`,
} as const;
