import { afterAll, describe, expect, test } from "bun:test";
import { type FurnishedWorld, furnishWorld } from "../openapi/furnished-world.ts";
import { fuzz, fuzzAddresses, fuzzedOperations } from "./fuzz.ts";

// `FUZZ_SEED` and `FUZZ_REQUESTS` vary it; the long form is `bun run chaos fuzz`.
const seed = Number(process.env.FUZZ_SEED ?? 20_261_121);
const requests = Number(process.env.FUZZ_REQUESTS ?? 10_000);

const place = await furnishWorld();
afterAll(() => place[Symbol.asyncDispose]());

describe(`${requests} requests an endpoint, good and bad, seed ${seed}`, () => {
  test.each(fuzzedOperations.map((known) => [known.method, known.path, known] as const))(
    "%s %s answers as the document says, and never with a 5xx",
    async (_method, _path, known) => {
      const { statuses, faults } = await fuzz(place, known, { seed, requests });

      expect(faults).toEqual([]);
      // SNS signs what SES reports.
      const isSigned = known.path.endsWith("/ses");
      expect(Object.keys(statuses).some((status) => Number(status) < 400)).toBe(!isSigned);
    },
    120_000,
  );
});

test(`${requests} requests to any address are answered, and refused in a shape of ours, seed ${seed}`, async () => {
  const { statuses, faults } = await fuzzAddresses(place, { seed, requests });

  expect(faults).toEqual([]);
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(["200", "400", "401", "404", "405"]));
}, 120_000);

describe("the fuzz itself finds", () => {
  const [sendSms] = fuzzedOperations;
  if (!sendSms) throw new Error("The document has no operations");

  /** The same world, behind something that spoils its answers. */
  function behind(
    spoil: (request: Request, response: Response) => Response | Promise<Response>,
  ): FurnishedWorld {
    const { app, close } = place.world.api;
    const fetch = async (request: Request) => await spoil(request.clone(), await app.fetch(request));
    const api = { app: Object.assign(Object.create(app), { fetch }), close };
    return { ...place, world: Object.create(place.world, { api: { value: api } }) };
  }
  const find = async (spoiled: FurnishedWorld) =>
    (await fuzz(spoiled, sendSms, { seed: 1, requests: 300 })).faults.join("\n");

  test("an error of ours", async () => {
    const faults = await find(
      behind((_request, response) =>
        response.status === 403 ? new Response("{}", { status: 500, headers: response.headers }) : response,
      ),
    );

    expect(faults).toContain("status 500");
    expect(faults).toContain("must have required property 'errors'");
  });

  test("an error that is not as the document says", async () => {
    const faults = await find(
      behind(async ({ method }, response) => {
        if (response.status !== 400 || method !== "POST") return response;
        const body = (await response.text()).replaceAll("is a required property", "is missing");
        return new Response(body, { status: 400, headers: response.headers });
      }),
    );

    expect(faults).toContain("error is not in the document: ValidationError");
  });

  test("what is stored though it was refused, and what is not stored though it was accepted", async () => {
    const refusing = await find(
      behind(async (_request, response) => {
        if (response.status === 400) await place.world.notification({ serviceId: place.sender.id });
        return response;
      }),
    );
    const accepting = await find(
      behind(async (_request, response) => {
        if (response.status !== 201) return response;
        const { id } = JSON.parse(await response.clone().text());
        await place.world.sql`delete from notifications where id = ${id}`;
        return response;
      }),
    );

    expect(refusing).toMatch(/\d+ were accepted, \d+ stored/);
    expect(accepting).toMatch(/[1-9]\d* were accepted, -?\d+ stored/);
  });
});
