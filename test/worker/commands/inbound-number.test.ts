import { describe, expect, test } from "bun:test";
import { findService } from "../../../shared/service/queries.ts";
import { createService } from "../../../shared/service/setup.ts";
import { type Cli, openCli, unknownId } from "./cli.ts";

const number = "07700900500";

async function openWithNumber(): Promise<Cli> {
  const cli = await openCli();
  await cli.run("inbound-number", "add", number, "--provider", "mmg");
  return cli;
}

async function serviceOf(cli: Cli, id: string) {
  const service = await findService(cli.sql, cli.cipher, id);
  if (!service) throw new Error(`Expected the service ${id}`);
  const senders = service.smsSenders.map(({ value, isDefault }) => (isDefault ? `${value}, default` : value));
  return { mayReceive: service.permissions.has("inbound_sms"), senders: senders.sort() };
}

describe("inbound-number add", () => {
  test.each(["07700900500", "07700 900 500", "+44 7700 900500", "447700900500"])(
    "takes %s, as numbers are kept",
    async (written) => {
      await using cli = await openCli();

      const first = await cli.run("inbound-number", "add", written, "--provider", "firetext");
      const second = await cli.run("inbound-number", "add", written, "--provider", "mmg");

      expect(first).toEqual({ code: 0, out: "Added 07700900500", err: "" });
      expect(second).toMatchObject({ code: 0, out: "07700900500 is there already" });
      expect(JSON.parse((await cli.run("inbound-number", "list", "--json")).out)).toEqual([
        { number, provider: "firetext", active: true, service_id: null, service: null },
      ]);
    },
  );

  test.each([
    [["12", "--provider", "mmg"], "NUMBER must be a phone number of the UK"],
    [["+33612345678", "--provider", "mmg"], "NUMBER must be a phone number of the UK"],
    [["TownHall", "--provider", "mmg"], "NUMBER must be a phone number of the UK"],
    [[number, "--provider", "ses"], "--provider must be one of mmg, firetext"],
    [["--provider", "mmg"], "Either NUMBER or --file is needed"],
    [[number], "Missing required argument: --provider"],
  ])("does not take %j", async (argv, message) => {
    await using cli = await openCli();

    const { code, err } = await cli.run("inbound-number", "add", ...argv);

    expect(code).toBe(2);
    expect(err).toStartWith(message);
  });
});

describe("inbound-number add --file", () => {
  const add = (cli: Cli, input: string) =>
    cli.runWith({ input }, "inbound-number", "add", "--file", "-", "--provider", "mmg");

  test("takes many, those that are not there", async () => {
    await using cli = await openWithNumber();

    const first = await add(cli, `${number}\r\n\n07700 900 501\n+447700900502\n07700900501\n`);

    expect(first).toEqual({ code: 0, out: "Added 2 numbers; 1 were there already", err: "" });
    expect(await cli.sql`select number from inbound_numbers order by number`).toMatchObject([
      { number },
      { number: "07700900501" },
      { number: "07700900502" },
    ]);
  });

  test("takes none where one is no number", async () => {
    await using cli = await openCli();

    const { code, err } = await add(cli, "07700900501\n\n12");

    expect([code, err]).toEqual([
      1,
      "Cannot add the numbers: number 2 of the file must be a phone number of the UK",
    ]);
    expect([...(await cli.sql`select from inbound_numbers`)]).toEqual([]);
  });
});

describe("inbound-number list", () => {
  test("says that there are none", async () => {
    await using cli = await openCli();

    expect((await cli.run("inbound-number", "list")).out).toBe("No inbound numbers");
  });

  test("names the services that have one", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service();
    await cli.run("inbound-number", "assign", number, service);

    const { out } = await cli.run("inbound-number", "list");

    expect(out.split("\n")[1]).toMatch(new RegExp(`^${number}  mmg +yes +${service}  Town Hall$`));
  });
});

describe("inbound-number assign", () => {
  test("gives a service the number, the permission, and the number for its only sender", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service();

    const { code, out } = await cli.run("inbound-number", "assign", number, service);

    expect({ code, out }).toEqual({ code: 0, out: `Texts to ${number} go to ${service}` });
    expect(await serviceOf(cli, service)).toEqual({ mayReceive: true, senders: [`${number}, default`] });
  });

  test("makes the number the default beside several senders", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service();
    await cli.sql`
      insert into service_sms_senders (service_id, sms_sender, is_default) values (${service}, 'Other', false)`;

    await cli.run("inbound-number", "assign", number, service);

    const { senders } = await serviceOf(cli, service);
    expect(senders).toEqual([`${number}, default`, "Other", "TownHall"]);
  });

  test("is refused where the number is another's, unknown or retired, or the service has one", async () => {
    await using cli = await openWithNumber();
    const [one, other] = [await cli.service("One"), await cli.service("Other")];
    await cli.run("inbound-number", "add", "07700900501", "--provider", "mmg");
    await cli.run("inbound-number", "assign", number, one);
    const assign = async (...argv: string[]) => (await cli.run("inbound-number", "assign", ...argv)).err;
    const notFree = "it is another's, retired, or was not added";

    expect(await assign(number, other)).toBe(`Cannot assign ${number}: ${notFree}`);
    expect(await assign("07700900502", other)).toBe(`Cannot assign 07700900502: ${notFree}`);
    expect(await assign("07700900501", one)).toBe(
      "Cannot assign 07700900501: the service has a number already",
    );
    expect(await assign("07700900501", unknownId)).toStartWith("Cannot find the service");
    await cli.run("inbound-number", "release", number, "--retire");
    expect(await assign(number, other)).toBe(`Cannot assign ${number}: ${notFree}`);
    expect(await serviceOf(cli, other)).toEqual({ mayReceive: false, senders: ["TownHall, default"] });
  });

  test("gives a number to one of several services at once, and one number to a service", async () => {
    await using cli = await openWithNumber();
    await cli.run("inbound-number", "add", "07700900501", "--provider", "mmg");
    const services = await Promise.all(["First", "Second", "Third"].map((name) => cli.service(name)));

    const one = await Promise.all(services.map((id) => cli.run("inbound-number", "assign", number, id)));
    const [holder = ""] = services.filter((_, at) => one[at]?.code === 0);
    await cli.run("inbound-number", "release", number);
    const both = await Promise.all(
      [number, "07700900501"].map((each) => cli.run("inbound-number", "assign", each, holder)),
    );

    expect(one.filter(({ code }) => code === 0)).toHaveLength(1);
    expect(both.filter(({ code }) => code === 0)).toHaveLength(1);
  });
});

describe("inbound-number release", () => {
  test("takes number, permission and sender, and leaves a sender made of the service's name", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service("Île Town Hall");
    await cli.run("inbound-number", "assign", number, service);

    const first = await cli.run("inbound-number", "release", number);
    const second = await cli.run("inbound-number", "release", number);

    expect(first).toEqual({ code: 0, out: `Released ${number} of ${service}`, err: "" });
    expect(second).toMatchObject({ code: 1, err: `Cannot release ${number}: no service has it` });
    expect(await serviceOf(cli, service)).toEqual({ mayReceive: false, senders: ["IleTownHall, default"] });
    // Free for the next.
    expect(await cli.run("inbound-number", "assign", number, await cli.service("Next"))).toMatchObject({
      code: 0,
    });
  });

  test("makes another sender the default again", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service();
    await cli.sql`
      insert into service_sms_senders (service_id, sms_sender, is_default) values (${service}, 'Other', false)`;
    await cli.run("inbound-number", "assign", number, service);

    await cli.run("inbound-number", "release", number);

    const { senders } = await serviceOf(cli, service);
    expect(senders).toEqual(["Other", "TownHall, default"]);
  });

  test("leaves the default alone where it is another", async () => {
    await using cli = await openWithNumber();
    const service = await cli.service();
    await cli.run("inbound-number", "assign", number, service);
    await cli.sql`update service_sms_senders set is_default = false`;
    await cli.sql`insert into service_sms_senders (service_id, sms_sender) values (${service}, 'Other')`;

    await cli.run("inbound-number", "release", number);

    expect((await serviceOf(cli, service)).senders).toEqual(["Other, default"]);
  });

  test("asks for a sender where none can be made, and changes nothing until it has one", async () => {
    await using cli = await openWithNumber();
    const facts = { name: "市政厅", restricted: true, smsSender: "TownHall", replyTo: null };
    const service = await createService(cli.sql, facts);
    await cli.run("inbound-number", "assign", number, service);

    const without = await cli.run("inbound-number", "release", number);
    const still = await serviceOf(cli, service);
    const wrong = await cli.run("inbound-number", "release", number, "--sms-sender", "x");
    const withOne = await cli.run("inbound-number", "release", number, "--sms-sender", "CityHall");

    expect(without).toMatchObject({ code: 2, err: expect.stringContaining("--sms-sender is needed") });
    expect(still).toEqual({ mayReceive: true, senders: [`${number}, default`] });
    expect(wrong.code).toBe(2);
    expect(withOne.code).toBe(0);
    expect((await serviceOf(cli, service)).senders).toEqual(["CityHall, default"]);
  });
});
