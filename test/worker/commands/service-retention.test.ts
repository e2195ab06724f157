import { describe, expect, test } from "bun:test";
import { openCli, unknownId } from "./cli.ts";

describe("service retention", () => {
  test("changes what is given and prints all of it", async () => {
    await using cli = await openCli();
    const id = await cli.service("Hall");

    const before = await cli.run("service", "retention", id, "--json");
    const first = await cli.run("service", "retention", id, "--sms", "3", "--letter", "90");
    const second = await cli.run("service", "retention", id, "--sms", "5", "--json");

    expect(JSON.parse(before.out)).toEqual({ sms: 7, email: 7, letter: 7 });
    expect(first.out).toBe("sms     3\nemail   7\nletter  90");
    expect(JSON.parse(second.out)).toEqual({ sms: 5, email: 7, letter: 90 });
  });

  test.each(["2", "91", "week"])("refuses %s days", async (days) => {
    await using cli = await openCli();
    const id = await cli.service("Hall");

    const { code, err } = await cli.run("service", "retention", id, "--email", days);

    expect({ code, err }).toEqual({
      code: 2,
      err: "--email must be a whole number from 3 to 90 (bun run cli service retention --help)",
    });
  });

  test("knows no service that is not there", async () => {
    await using cli = await openCli();

    const { code, err } = await cli.run("service", "retention", unknownId, "--sms", "3");

    expect({ code, err }).toEqual({
      code: 1,
      err: `Cannot find the service ${unknownId}: there is none`,
    });
  });
});
