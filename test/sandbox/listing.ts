import * as v from "valibot";
import { type Desk, readJson } from "./exchange.ts";
import { Fault } from "./faults.ts";
import { channels, type Message, toJson } from "./message.ts";

const Whole = v.pipe(v.string(), v.regex(/^\d{1,7}$/, "must be a whole number"), v.transform(Number));

const Listing = v.object({
  channel: v.optional(v.picklist(channels)),
  limit: v.optional(Whole),
});

const Wait = v.object({
  ...Listing.entries,
  count: v.optional(Whole, "1"),
  timeout_ms: v.optional(Whole, "5000"),
});

/** GET and DELETE /messages, GET /messages/wait. */
export function messageRoutes({ messages, signal: stopping }: Desk) {
  return {
    "/messages": {
      GET(request: Request) {
        const asked = parse(Listing, queryOf(request));
        if (!asked.ok) return asked.response;
        const { channel, limit } = asked.value;
        return listed(messages.list(channel, limit));
      },
      DELETE() {
        messages.clear();
        return new Response(null, { status: 204 });
      },
    },
    "/messages/wait": {
      /** Answers once `count` have arrived since the last clear, or 504 with what there is. */
      async GET(request: Request) {
        const asked = parse(Wait, queryOf(request));
        if (!asked.ok) return asked.response;
        const { channel, limit, count, timeout_ms: timeoutMs } = asked.value;
        const signal = AbortSignal.any([request.signal, stopping]);
        try {
          await messages.waitFor(count, { channel, timeoutMs, signal });
          return listed(messages.list(channel, limit));
        } catch (error) {
          return listed(messages.list(channel, limit), { error: String(error) }, 504);
        }
      },
    },
  };
}

/** POST, GET and DELETE /faults. */
export function faultRoutes({ faults }: Desk) {
  const listed = (status: number) => Response.json({ faults: faults.list() }, { status });
  return {
    "/faults": {
      async POST(request: Request) {
        const fault = parse(Fault, await readJson(request));
        if (!fault.ok) return fault.response;
        faults.set(fault.value);
        return listed(201);
      },
      GET: () => listed(200),
      DELETE() {
        faults.clear();
        return new Response(null, { status: 204 });
      },
    },
  };
}

function listed(messages: Message[], more: { error?: string } = {}, status = 200) {
  return Response.json({ ...more, messages: messages.map(toJson) }, { status });
}

function queryOf(request: Request) {
  return Object.fromEntries(new URL(request.url).searchParams);
}

/** What was asked, or the 400 that says everything wrong with it. */
function parse<S extends v.GenericSchema>(
  schema: S,
  input: unknown,
): { ok: true; value: v.InferOutput<S> } | { ok: false; response: Response } {
  const result = v.safeParse(schema, input);
  if (result.success) return { ok: true, value: result.output };
  const error = result.issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`).join("; ");
  return { ok: false, response: Response.json({ error }, { status: 400 }) };
}
