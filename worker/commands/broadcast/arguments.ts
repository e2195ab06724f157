import * as v from "valibot";
import { networks } from "../../../shared/broadcast/broadcast.ts";

export const Provider = v.picklist(networks, `must be one of ${networks.join(", ")}`);

export const broadcastArgument = { type: "positional", description: "The alert's id" } as const;
export const eventArgument = {
  type: "positional",
  description: 'The event\'s id: see "broadcast show"',
} as const;
export const providerArgument = {
  type: "positional",
  description: `The network: ${networks.join(", ")}`,
} as const;

export function noBroadcast(verb: string, id: string): Error {
  return new Error(`Cannot ${verb} ${id}: there is no such alert`);
}
