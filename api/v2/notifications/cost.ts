import { JsonFloat, type JsonObject } from "../../../shared/json/json.ts";
import type { Notification } from "../../../shared/notification/notification.ts";

type Billed = Pick<Notification, "channel" | "status" | "billableUnits" | "rateMultiplier">;

/** What a notification cost, as far as is known: fragments are counted when it is handed to a provider. */
export function costOf(notification: Billed, smsRate: number): JsonObject {
  const { channel, status, billableUnits } = notification;
  if (channel === "email") {
    return { cost_details: {}, cost_in_pounds: new JsonFloat(0), is_cost_data_ready: true };
  }
  if (status === "created" && billableUnits === 0) {
    return { cost_details: {}, cost_in_pounds: null, is_cost_data_ready: false };
  }
  const multiplier = notification.rateMultiplier ?? 1;
  return {
    cost_details: {
      billable_sms_fragments: billableUnits,
      international_rate_multiplier: new JsonFloat(multiplier),
      sms_rate: new JsonFloat(smsRate),
    },
    cost_in_pounds: new JsonFloat(billableUnits * multiplier * smsRate),
    is_cost_data_ready: true,
  };
}
