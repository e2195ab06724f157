import type { Db } from "../database.ts";
import type { Network } from "./broadcast.ts";
import type { ProviderMessageStatus } from "./sending.ts";

/** How a network does with emergency alerts. */
export interface NetworkFigures {
  provider: Network;
  /** Messages to it so far, by status. */
  messages: Readonly<Partial<Record<ProviderMessageStatus, number>>>;
  /** Since it last acknowledged a message or a link test; null where it never did. */
  lastSuccessSecondsAgo: number | null;
}

/** Of every network that was ever told of something. */
export async function listNetworkFigures(db: Db): Promise<NetworkFigures[]> {
  return await db<NetworkFigures[]>`
    select provider, coalesce(m.messages, '{}') as messages,
      extract(epoch from now() - greatest(m.last_at, t.last_at))::float8 as "lastSuccessSecondsAgo"
    from (
      select provider, json_object_agg(status, count) as messages, max(last_at) as last_at
      from (
        select provider, status, count(*)::int as count, max(acknowledged_at) as last_at
        from broadcast_provider_messages group by provider, status
      ) as counts
      group by provider
    ) as m
      full join (
        select provider, max(tested_at) filter (where succeeded) as last_at
        from broadcast_link_tests group by provider
      ) as t using (provider)
    order by provider`;
}
