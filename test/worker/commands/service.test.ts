import { describe, expect, test } from "bun:test";
import { findService } from "../../../shared/service/queries.ts";
import { addGuest } from "../../../shared/service/setup.ts";
import { openCli, unknownId } from "./cli.ts";

describe("service create", () => {
  test("makes a service in trial mode and prints its id", async () => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run(
      "service",
      "create",
      "Île Town Hall!",
      "--reply-to",
      "a@hall.example",
    );

    expect({ code, err }).toEqual({ code: 0, err: "" });
    const service = await findService(cli.sql, cli.cipher, out);
    expect(service).toMatchObject({ name: "Île Town Hall!", restricted: true, active: true });
    expect(service?.smsSenders.map(({ value }) => value)).toEqual(["IleTownHall"]);
    expect(service?.emailReplyTos.map(({ value }) => value)).toEqual(["a@hall.example"]);
  });

  test("takes --live, a sender and --json", async () => {
    await using cli = await openCli();

    const { out } = await cli.run("service", "create", "Hall", "--live", "--sms-sender=Town Hall", "--json");

    const { id } = JSON.parse(out);
    const service = await findService(cli.sql, cli.cipher, id);
    expect(service).toMatchObject({ restricted: false, emailReplyTos: [] });
    expect(service?.smsSenders.map(({ value }) => value)).toEqual(["Town Hall"]);
  });

  test("refuses a name that reads like another's, and leaves nothing behind", async () => {
    await using cli = await openCli();
    await cli.service("Town Hall");

    const { code, out, err } = await cli.run("service", "create", "TOWN  hall");

    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toBe(
      'Cannot create the service "TOWN  hall": another has that name, or one that reads the same',
    );
    expect(await cli.sql`select from service_sms_senders`).toHaveLength(1);
  });

  test.each([
    [["!"], "NAME must have two letters or digits"],
    [["x".repeat(256)], "NAME must not be longer than 255 characters"],
    [
      ["Hall", "--sms-sender", "12"],
      "--sms-sender is refused: Text message sender ID must be at least 3 characters long",
    ],
    [
      ["Hall", "--sms-sender", "00Hall"],
      "--sms-sender is refused: Text message sender ID cannot start with 00",
    ],
    [
      ["Hall", "--sms-sender", "12345"],
      "--sms-sender is refused: A numeric sender id should be a valid mobile number or short code",
    ],
    [
      ["Hall", "--sms-sender", "Alert"],
      "--sms-sender is refused: Text message sender ID cannot be Alert, Info or Verify",
    ],
    [
      ["Hall", "--sms-sender", "nhs noreply"],
      "--sms-sender is refused: Text message sender ID must match other NHS services",
    ],
    [["Hall", "--reply-to", "nobody"], "--reply-to must be an email address"],
    [["市政厅"], "--sms-sender is needed"],
    [["Hall", "--liv"], "Unknown option --liv"],
    [["Town", "Hall"], 'Unexpected argument "Hall"'],
    [[], "Missing required positional argument: NAME"],
  ])("does not understand %j", async (argv, message) => {
    await using cli = await openCli();

    const { code, out, err } = await cli.run("service", "create", ...argv);

    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toStartWith(message);
    expect(err).not.toContain("\n");
  });
});

describe("service list", () => {
  test("says that there are none", async () => {
    await using cli = await openCli();

    expect(await cli.run("service", "list")).toEqual({ code: 0, out: "No services", err: "" });
    expect((await cli.run("service", "list", "--json")).out).toBe("[]");
  });

  test("lists them, with nothing a terminal would obey", async () => {
    await using cli = await openCli();
    const id = await cli.service("Hall\u001b[2J");

    const table = await cli.run("service", "list");
    const json = await cli.run("service", "list", "--json");

    const [header, line] = table.out.split("\n");
    expect(header).toMatch(/^id +name +active +created_at +live$/);
    expect(line).toMatch(new RegExp(`^${id}  Hall\ufffd\\[2J  yes +\\S+Z +no$`));
    expect(JSON.parse(json.out)).toEqual([
      { id, name: "Hall\u001b[2J", active: true, live: false, created_at: expect.stringMatching(/Z$/) },
    ]);
  });
});

describe("service suspend and resume", () => {
  test("set whether it is active", async () => {
    await using cli = await openCli();
    const id = await cli.service();

    const suspended = await cli.run("service", "suspend", id);
    const between = await cli.sql`select active from services`;
    const resumed = await cli.run("service", "resume", id);

    expect(suspended).toEqual({ code: 0, out: `Suspended ${id}`, err: "" });
    expect(resumed).toEqual({ code: 0, out: `Resumed ${id}`, err: "" });
    expect(between).toMatchObject([{ active: false }]);
    expect(await cli.sql`select active from services`).toMatchObject([{ active: true }]);
  });

  test.each(["suspend", "resume"])(
    "%s says that there is no such service, or that it is no id",
    async (name) => {
      await using cli = await openCli();

      const unknown = await cli.run("service", name, unknownId);
      const wrong = await cli.run("service", name, "Town Hall");

      expect(unknown).toEqual({
        code: 1,
        out: "",
        err: `Cannot find the service ${unknownId}: there is none`,
      });
      expect(wrong).toMatchObject({
        code: 2,
        err: `ID must be an id, a UUID (bun run cli service ${name} --help)`,
      });
    },
  );
});

describe("service limits", () => {
  test("changes what is given, shows all, and keeps the rest", async () => {
    await using cli = await openCli();
    const id = await cli.service();

    await cli.run("service", "limits", id, "--rate", "10", "--international=0");
    const { out } = await cli.run(
      "service",
      "limits",
      id,
      "--sms",
      "20",
      "--email",
      "30",
      "--letter",
      "40",
      "--json",
    );

    expect(JSON.parse(out)).toEqual({ rate: 10, sms: 20, email: 30, letter: 40, international: 0 });
    expect((await cli.run("service", "limits", id)).out).toMatch(
      /^rate +10\nsms +20\nemail +30\nletter +40\ninternational +0$/,
    );
  });

  test.each(["-1", "ten", "1.5", "", "1e3", "99999999999"])("does not take %j", async (limit) => {
    await using cli = await openCli();
    const id = await cli.service();

    const { code, err } = await cli.run("service", "limits", id, "--rate", limit);

    expect(code).toBe(2);
    expect(err).toStartWith("--rate must be a whole number from 0 to 999999999");
  });

  test("says that there is no such service", async () => {
    await using cli = await openCli();

    expect(await cli.run("service", "limits", unknownId, "--rate", "1")).toMatchObject({ code: 1 });
  });
});

describe("service guest", () => {
  test("adds a number and an address, each once", async () => {
    await using cli = await openCli();
    const id = await cli.service();

    const number = await cli.run("service", "guest", id, "07700 900123");
    const address = await cli.run("service", "guest", id, "ada@hall.example");
    const again = await cli.run("service", "guest", id, "ada@hall.example");

    expect(number.out).toBe("Added 07700 900123");
    expect(address.out).toBe("Added ada@hall.example");
    expect(again).toMatchObject({ code: 0, out: "ada@hall.example is on the list already" });
    const service = await findService(cli.sql, cli.cipher, id);
    expect(service?.allowedRecipients).toEqual(new Set(["447700900123", "ada@hall.example"]));
  });

  test("takes five of each kind, and one it has however spelled", async () => {
    await using cli = await openCli();
    const id = await cli.service();
    for (const digit of [1, 2, 3, 4, 5]) {
      await cli.run("service", "guest", id, `0770090012${digit}`);
      await cli.run("service", "guest", id, `ada${digit}@hall.example`);
    }

    const number = await cli.run("service", "guest", id, "+33 6 12 34 56 78");
    const address = await cli.run("service", "guest", id, "bob@hall.example");
    const again = await cli.run("service", "guest", id, "+44 7700 900125");

    expect(number).toEqual({
      code: 1,
      out: "",
      err: "Cannot add +33 6 12 34 56 78: five guests of its kind are on the list, and no more may be",
    });
    expect(address.code).toBe(1);
    expect(again).toMatchObject({ code: 0, out: "+44 7700 900125 is on the list already" });
    expect((await findService(cli.sql, cli.cipher, id))?.allowedRecipients.size).toBe(10);
  });

  test("gives the last place to one of several at once", async () => {
    await using cli = await openCli();
    const id = await cli.service();
    const guests = Array.from({ length: 8 }, (_, index) => `ada${index}@hall.example`);

    const outcomes = await Promise.all(guests.map((guest) => cli.sql.begin((tx) => addGuest(tx, id, guest))));

    expect(outcomes.filter((outcome) => outcome === "added")).toHaveLength(5);
    expect(outcomes.filter((outcome) => outcome === "full")).toHaveLength(3);
  });

  test.each([
    "nobody",
    "12",
    "a@b",
    "+44 7700 90012 three",
    "020 7946 0018",
    "0300 123 1234",
    "+247 40123",
    `${"a".repeat(250)}@x.org`,
  ])("does not take %j", async (recipient) => {
    await using cli = await openCli();
    const id = await cli.service();

    const { code, err } = await cli.run("service", "guest", id, recipient);

    expect(code).toBe(2);
    expect(err).toStartWith(`Invalid guest list: "${recipient}"`);
  });

  test("says that there is no such service", async () => {
    await using cli = await openCli();

    expect(await cli.run("service", "guest", unknownId, "07700900123")).toMatchObject({ code: 1 });
  });
});
