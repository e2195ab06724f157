import * as v from "valibot";
import { setAsBroadcastService } from "../../shared/broadcast/settings.ts";
import type { Pool } from "../../shared/database.ts";
import type { Cipher } from "../../shared/encryption.ts";
import { createApiKey, createService, findServiceName } from "../../shared/service/setup.ts";
import { addPerson } from "../support/broadcasts.ts";

/** The service of the demo that sends emergency alerts, as `demo.json` tells of it. */
export const DemoBroadcasts = v.object({
  service_id: v.string(),
  api_key: v.string(),
  channel: v.string(),
  /** Two members who may do everything: nobody approves what they wrote themselves. */
  user_ids: v.object({ creator: v.string(), approver: v.string() }),
});

type DemoBroadcasts = v.InferOutput<typeof DemoBroadcasts>;

/** What a folder of an older version has. */
export const noBroadcasts: DemoBroadcasts = {
  service_id: "",
  api_key: "",
  channel: "",
  user_ids: { creator: "", approver: "" },
};

/** The same as before, or a new one where there is none: live, on the channel that only phones set to it show. */
export async function openDemoBroadcasts(
  sql: Pool,
  cipher: Cipher,
  kept: DemoBroadcasts,
): Promise<DemoBroadcasts> {
  const isKnown = kept.service_id !== "" && (await findServiceName(sql, kept.service_id)) !== null;
  if (isKnown) return kept;
  const serviceId = await createService(sql, {
    // Two services may not share a name, and a database may outlive its data folder.
    name: `Demo Alerts ${crypto.randomUUID().slice(0, 4)}`,
    restricted: true,
    smsSender: "DemoAlerts",
    replyTo: null,
  });
  const channel = "test";
  // Before its people and its key: it takes from both.
  await setAsBroadcastService(sql, { serviceId, mode: "live", channel, provider: "all", at: new Date() });
  return {
    service_id: serviceId,
    api_key: await createApiKey(sql, cipher, { serviceId, name: "demo-alerts", type: "normal" }),
    channel,
    user_ids: {
      creator: await addPerson(sql, { serviceId, name: "Demo Creator" }),
      approver: await addPerson(sql, { serviceId, name: "Demo Approver" }),
    },
  };
}
