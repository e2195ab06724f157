import { describe, expect, test } from "bun:test";
import { findService } from "../../../shared/service/queries.ts";
import { openCli, unknownId } from "./cli.ts";

describe("key create", () => {
  test.each(["normal", "team", "test"] as const)(
    "prints a %s key whole, as clients take it",
    async (type) => {
      await using cli = await openCli();
      const service = await cli.service();

      const { code, out, err } = await cli.run("key", "create", service, "web site", "--type", type);

      expect({ code, err }).toEqual({ code: 0, err: "" });
      const stored = await findService(cli.sql, cli.cipher, service);
      expect(stored?.apiKeys).toMatchObject([{ type, revokedAt: null }]);
      expect(out).toBe(`web site-${service}-${stored?.apiKeys[0]?.secret}`);
    },
  );

  test("takes --json", async () => {
    await using cli = await openCli();
    const service = await cli.service();

    const { out } = await cli.run("key", "create", service, "web", "--type", "test", "--json");

    expect(JSON.parse(out)).toEqual({ key: expect.stringContaining(`web-${service}-`) });
  });

  test("refuses a name that a live key has", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    await cli.run("key", "create", service, "web", "--type", "normal");

    const { code, err } = await cli.run("key", "create", service, "web", "--type", "normal");

    expect({ code, err }).toEqual({
      code: 1,
      err: 'Cannot create the key "web": the service has one of that name',
    });
  });

  test("refuses wrong usage and an unknown service", async () => {
    await using cli = await openCli();
    const service = await cli.service();

    const noType = await cli.run("key", "create", service, "web");
    const wrongType = await cli.run("key", "create", service, "web", "--type", "live");
    const empty = await cli.run("key", "create", service, "", "--type", "normal");
    const unknown = await cli.run("key", "create", unknownId, "web", "--type", "normal");

    expect(noType).toMatchObject({
      code: 2,
      err: "Missing required argument: --type (bun run cli key create --help)",
    });
    expect(wrongType).toMatchObject({
      code: 2,
      err: "--type must be normal, team or test (bun run cli key create --help)",
    });
    expect(empty.code).toBe(2);
    expect(unknown.code).toBe(1);
    expect(await cli.sql`select from api_keys`).toHaveLength(0);
  });
});

describe("key list and revoke", () => {
  test("list shows no secret, revoke ends one key", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const key = (await cli.run("key", "create", service, "web", "--type", "team")).out;
    const secret = key.slice(-36);

    const [before] = JSON.parse((await cli.run("key", "list", service, "--json")).out);
    const revoked = await cli.run("key", "revoke", service, before.id);
    const again = await cli.run("key", "revoke", service, before.id);
    const after = await cli.run("key", "list", service, "--json");

    expect(before).toEqual({
      id: expect.any(String),
      name: "web",
      type: "team",
      created_at: expect.any(String),
      revoked_at: null,
    });
    expect(revoked).toMatchObject({ code: 0, err: "" });
    expect(again).toMatchObject({ code: 1, out: "" });
    expect(JSON.parse(after.out)).toMatchObject([{ id: before.id, revoked_at: expect.any(String) }]);
    expect(after.out + (await cli.run("key", "list", service)).out).not.toContain(secret);
  });

  test("do not take another service's key, no key, or what is no id", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const other = await cli.service("Library");
    await cli.run("key", "create", service, "web", "--type", "team");
    const [{ id }] = JSON.parse((await cli.run("key", "list", service, "--json")).out);

    expect(await cli.run("key", "revoke", other, id)).toMatchObject({ code: 1 });
    expect(await cli.run("key", "revoke", service, unknownId)).toMatchObject({ code: 1 });
    expect(await cli.run("key", "revoke", service, "web")).toMatchObject({ code: 2 });
    expect(await cli.run("key", "list", unknownId)).toMatchObject({ code: 1 });
    expect(await cli.sql`select from api_keys where expiry_date is null`).toHaveLength(1);
  });
});
