import type { Network } from "../../../shared/broadcast/broadcast.ts";
import type { CbcPayload } from "../../../shared/broadcast/cbc-payload.ts";

/** One request that reached a network's proxy. */
export interface CbcCall {
  at: Date;
  /** `ee-1-proxy` */
  function: string;
  network: Network;
  site: 1 | 2;
  payload: CbcPayload;
  /** Whether the network has it now, whatever was answered. */
  accepted: boolean;
  /** Whether the caller was told that the network has it. */
  answered: boolean;
  /** What is wrong with it in the light of what came before. */
  faults: readonly string[];
  /** As the network gets it. */
  xml: string;
}

/** What networks were told, in the order in which it came. */
export interface CbcRecords {
  add(call: Omit<CbcCall, "faults">): CbcCall;
  list(network?: Network): readonly CbcCall[];
  clear(): void;
}

export function createCbcRecords(): CbcRecords {
  let calls: CbcCall[] = [];
  return {
    add(fresh) {
      const earlier = calls.filter(({ network, accepted }) => accepted && network === fresh.network);
      const call = { ...fresh, faults: faultsOf(fresh.payload, earlier) };
      calls.push(call);
      return call;
    },
    list: (network) => calls.filter((call) => network === undefined || call.network === network),
    clear() {
      calls = [];
    },
  };
}

/** Against what the same network has: an identifier or number it knows, references to what it does not have. */
function faultsOf(payload: CbcPayload, earlier: readonly CbcCall[]): string[] {
  const faults: string[] = [];
  const same = earlier.filter((call) => call.payload.identifier === payload.identifier);
  if (same.length > 0) {
    faults.push(
      same.every(({ answered }) => answered)
        ? "repeats an identifier"
        : "repeats an identifier whose answer was lost",
    );
  }
  const { identifier } = payload;
  const sameNumber = earlier.some(
    (call) => numberOf(call.payload) === numberOf(payload) && call.payload.identifier !== identifier,
  );
  if (numberOf(payload) !== null && sameNumber) faults.push("repeats the number of another message");
  if (payload.message_type !== "cancel") return faults;

  for (const reference of payload.references) {
    const referenced = earlier.find((call) => call.payload.identifier === reference.message_id)?.payload;
    if (!referenced || referenced.message_type === "test") {
      faults.push(`refers to ${reference.message_id}, which this network does not have`);
    } else if ("message_number" in reference && reference.message_number !== numberOf(referenced)) {
      faults.push(`refers to ${reference.message_id} by another number`);
    } else if (reference.sent.endsWith("-00:00") && reference.sent !== referenced.sent) {
      faults.push(`refers to ${reference.message_id} by another time`);
    }
  }
  return faults;
}

function numberOf(payload: CbcPayload): string | null {
  return payload.message_format === "ibag" ? payload.message_number : null;
}
