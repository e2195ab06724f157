import * as v from "valibot";
import { cancelReplay, findReplay, listReplays } from "../../../shared/callback/replay.ts";
import { command, Flag, Id, jsonOption } from "../command.ts";
import { printRows } from "../print.ts";
import { assertService } from "../service/known.ts";

export const listReplaysCommand = command({
  name: "replays",
  description: "List what a service was told again and how far that is, the newest first",
  args: { service: { type: "positional", description: "The service's id" }, json: jsonOption },
  input: v.object({ service: Id, json: Flag }),
  async run({ service, json }, { sql, print }) {
    await assertService(sql, service);
    const replays = await listReplays(sql, service, 100);
    const rows = replays.map(({ serviceId: _, ...replay }) => replay);
    printRows(rows, { print, json, nothing: "No replays" });
  },
});

export const cancelReplayCommand = command({
  name: "cancel-replay",
  description: "End a replay that runs: what nobody began on is not told again",
  args: {
    service: { type: "positional", description: "The service's id" },
    replay: { type: "positional", description: "The replay's id" },
  },
  input: v.object({ service: Id, replay: Id }),
  async run({ service, replay: id }, { sql, print }) {
    await assertService(sql, service);
    const cancelled = await cancelReplay(sql, { serviceId: service, id }, new Date());
    const replay = await findReplay(sql, service, id);
    if (!replay) throw new Error(`Cannot find the replay ${id} of ${service}: there is none`);
    if (!cancelled) throw new Error(`Cannot cancel ${id}: it is ${replay.state}`);
    print(`Cancelled ${id}; ${replay.queued} were queued, ${replay.delivered} of them delivered`);
  },
});
