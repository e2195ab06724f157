import { describe, expect, test } from "bun:test";
import { findService } from "../../../shared/service/queries.ts";
import { openCli, unknownId } from "./cli.ts";

describe("service contact", () => {
  test.each(["https://hall.example/help?a=b", "http://hall.example", "help@hall.example", "0300 123 4567"])(
    "sets %s",
    async (link) => {
      await using cli = await openCli();
      const id = await cli.service();

      const { code, out } = await cli.run("service", "contact", id, ` ${link} `);

      expect({ code, out }).toEqual({ code: 0, out: `Recipients of files turn to ${link}` });
      expect(await findService(cli.sql, cli.cipher, id)).toMatchObject({ contactLink: link });
    },
  );

  test("takes it away", async () => {
    await using cli = await openCli();
    const id = await cli.service();
    await cli.run("service", "contact", id, "help@hall.example");

    const { code, out } = await cli.run("service", "contact", id, "--remove");

    expect({ code, out }).toEqual({ code: 0, out: `${id} cannot send files any more` });
    expect(await findService(cli.sql, cli.cipher, id)).toMatchObject({ contactLink: null });
  });

  test.each([
    [[], "Give either a LINK or --remove"],
    [["help@hall.example", "--remove"], "Give either a LINK or --remove"],
    [["hall.example"], "LINK must be a web address"],
    [["javascript:alert(1)"], "LINK must be a web address"],
    [["ftp://hall.example"], "LINK must be a web address"],
    [["https://"], "LINK must be a web address"],
    [["12"], "LINK must be a web address"],
    [[""], "LINK must be a web address"],
    [[`https://hall.example/${"x".repeat(255)}`], "LINK must not be longer than 255 characters"],
  ])("does not take %j", async (args, says) => {
    await using cli = await openCli();
    const id = await cli.service();

    const { code, err } = await cli.run("service", "contact", id, ...args);

    expect(code).toBe(2);
    expect(err).toStartWith(says);
  });

  test("says that there is no such service", async () => {
    await using cli = await openCli();

    expect(await cli.run("service", "contact", unknownId, "help@hall.example")).toMatchObject({ code: 1 });
  });
});
