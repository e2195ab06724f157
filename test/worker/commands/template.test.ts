import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findTemplateById, findTemplateVersion } from "../../../shared/template/queries.ts";
import { openCli, unknownId } from "./cli.ts";

describe("template create", () => {
  test("makes a text from --content, which may begin with a hyphen", async () => {
    await using cli = await openCli();
    const service = await cli.service();

    const { code, out, err } = await cli.run(
      ...["template", "create", service, "--type", "sms", "--name", "List", "--content", "- one\n- ((two))"],
    );

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(await findTemplateById(cli.sql, out)).toMatchObject({
      serviceId: service,
      type: "sms",
      name: "List",
      content: "- one\n- ((two))",
      subject: null,
      version: 1,
    });
  });

  test("makes an email from a file", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    await using folder = await temporaryFolder();
    const file = join(folder.path, "email.md");
    await Bun.write(file, "# Héllo ((name))\n");

    const { out } = await cli.run(
      ...[
        "template",
        "create",
        service,
        "--type=email",
        "--name=Mail",
        "--subject=Hi",
        "--file",
        file,
        "--json",
      ],
    );

    const { id } = JSON.parse(out);
    expect(await findTemplateById(cli.sql, id)).toMatchObject({
      content: "# Héllo ((name))\n",
      subject: "Hi",
    });
  });

  test("says why a file cannot be read", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    await using folder = await temporaryFolder();
    const binary = join(folder.path, "binary");
    await Bun.write(binary, new Uint8Array([0xff, 0xfe, 0x00]));
    const create = ["template", "create", service, "--type", "sms", "--name", "Text", "--file"];

    const missing = await cli.run(...create, join(folder.path, "none"));
    const notText = await cli.run(...create, binary);

    expect(missing).toMatchObject({ code: 1, err: `Cannot read ${folder.path}/none: ENOENT` });
    expect(notText.code).toBe(1);
    expect(notText.err).toStartWith(`Cannot read ${binary}: `);
  });

  test.each([
    [["--type", "sms", "--name", "Text"], "One of --content and --file is needed"],
    [
      ["--type", "sms", "--name", "Text", "--content", "a", "--file", "b"],
      "Give one of --content and --file",
    ],
    [["--type", "sms", "--name", "Text", "--content", "a", "--subject", "b"], "A text has no --subject"],
    [["--type", "email", "--name", "Text", "--content", "a"], "--subject is needed"],
    [["--type", "letter", "--name", "Text", "--content", "a"], "--type must be sms or email"],
    [["--type", "sms", "--content", "a"], "Missing required argument: --name"],
    [["--type", "sms", "--name", "Text", "--content", ""], "--content must not be empty"],
  ])("does not understand %j", async (argv, message) => {
    await using cli = await openCli();
    const service = await cli.service();

    const { code, err } = await cli.run("template", "create", service, ...argv);

    expect(code).toBe(2);
    expect(err).toStartWith(message);
    expect(await cli.sql`select from templates`).toHaveLength(0);
  });

  test("does not take a text that is too long", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const create = ["template", "create", service, "--type", "sms", "--name", "Text", "--content"];

    const tooLong = await cli.run(...create, "a".repeat(919));
    const longest = await cli.run(...create, "a".repeat(918));

    expect(tooLong.code).toBe(2);
    expect(tooLong.err).toStartWith("Content has a character count greater than the limit of 918");
    expect(longest.code).toBe(0);
  });

  test("says that there is no such service", async () => {
    await using cli = await openCli();

    const create = ["template", "create", unknownId, "--type", "sms", "--name", "Text", "--content", "a"];

    expect(await cli.run(...create)).toMatchObject({ code: 1, out: "" });
  });
});

describe("template update", () => {
  test("stores a new version and keeps the one before", async () => {
    await using cli = await openCli();
    const id = await cli.template(await cli.service());

    const named = await cli.run("template", "update", id, "--name", "Greeting");
    const said = await cli.run("template", "update", id, "--content", "Bye", "--json");

    expect(named.out).toBe("Version 2");
    expect(JSON.parse(said.out)).toEqual({ id, version: 3 });
    expect(await findTemplateVersion(cli.sql, id, 1)).toMatchObject({
      name: "Text",
      content: "Hello ((name))",
    });
    expect(await findTemplateVersion(cli.sql, id, 2)).toMatchObject({
      name: "Greeting",
      content: "Hello ((name))",
    });
    expect(await findTemplateVersion(cli.sql, id, 3)).toMatchObject({ name: "Greeting", content: "Bye" });
  });

  test("refuses nothing to change, a subject for a text, a deleted template and an unknown one", async () => {
    await using cli = await openCli();
    const id = await cli.template(await cli.service());

    const nothing = await cli.run("template", "update", id);
    const subject = await cli.run("template", "update", id, "--subject", "Hi");
    const unknown = await cli.run("template", "update", unknownId, "--name", "Greeting");
    await cli.sql`update templates set archived = true`;
    const deleted = await cli.run("template", "update", id, "--name", "Greeting");

    expect(nothing.code).toBe(2);
    expect(subject.code).toBe(2);
    expect(unknown).toMatchObject({ code: 1, err: `Cannot find the template ${unknownId}: there is none` });
    expect(deleted.code).toBe(1);
    expect(await cli.sql`select version from templates`).toMatchObject([{ version: 1 }]);
  });
});

describe("a template's link to unsubscribe", () => {
  test("is given, kept by other changes, and taken away", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const email = ["--type", "email", "--name", "News", "--subject", "News", "--content", "a"];

    const { out: id } = await cli.run("template", "create", service, ...email, "--unsubscribe-link");
    const { out: plain } = await cli.run("template", "create", service, ...email);
    const said = [
      await cli.run("template", "update", id, "--content", "b"),
      await cli.run("template", "update", id, "--no-unsubscribe-link"),
      await cli.run("template", "update", plain, "--unsubscribe-link"),
    ];

    expect(said.map(({ out }) => out)).toEqual(["Version 2", "Version 3", "Version 2"]);
    const versions = [
      [id, 1],
      [id, 2],
      [id, 3],
      [plain, 1],
      [plain, 2],
    ] as const;
    const links = versions.map(
      async ([template, version]) =>
        (await findTemplateVersion(cli.sql, template, version))?.hasUnsubscribeLink,
    );
    expect(await Promise.all(links)).toEqual([true, true, false, false, true]);
  });

  test("is for emails alone", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const text = ["--type", "sms", "--name", "News", "--content", "a", "--unsubscribe-link"];

    const created = await cli.run("template", "create", service, ...text);
    const updated = await cli.run("template", "update", await cli.template(service), "--unsubscribe-link");

    for (const { code, err } of [created, updated]) {
      expect(code).toBe(2);
      expect(err).toStartWith("Only emails have an --unsubscribe-link");
    }
    expect(await cli.sql`select from templates where has_unsubscribe_link or version > 1`).toHaveLength(0);
  });
});

describe("template delete and versions", () => {
  test("take a template from those to send with, as a version of its own", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const id = await cli.template(service);
    await cli.run("template", "update", id, "--content", "Bye");

    const would = await cli.run("template", "delete", id, "--dry-run");
    const deleted = await cli.run("template", "delete", id, "--json");
    const again = await cli.run("template", "delete", id);
    const versions = JSON.parse((await cli.run("template", "versions", id, "--json")).out);

    expect(would).toMatchObject({ code: 0, out: 'Would delete "Text"' });
    expect(JSON.parse(deleted.out)).toEqual({ id, version: 3, dry_run: false });
    expect(again).toMatchObject({ code: 1, err: `Cannot delete the template ${id}: it was deleted before` });
    expect(versions).toMatchObject([
      { version: 3, archived: true, content: "Bye" },
      { version: 2, archived: false, content: "Bye" },
      { version: 1, archived: false, content: "Hello ((name))" },
    ]);
    expect((await cli.run("template", "versions", unknownId)).code).toBe(1);
    expect((await cli.run("template", "delete", unknownId)).code).toBe(1);
  });
});

describe("template list and show", () => {
  test("show what there is", async () => {
    await using cli = await openCli();
    const service = await cli.service();
    const id = await cli.template(service);

    const list = JSON.parse((await cli.run("template", "list", service, "--json")).out);
    const shown = JSON.parse((await cli.run("template", "show", id, "--json")).out);
    const text = await cli.run("template", "show", id);

    expect(list).toEqual([{ id, name: "Text", type: "sms", version: 1, archived: false }]);
    expect(shown).toMatchObject({
      id,
      service_id: service,
      content: "Hello ((name))",
      has_unsubscribe_link: false,
    });
    expect(text.out).toEndWith("\n\nHello ((name))");
  });

  test("say what there is not", async () => {
    await using cli = await openCli();
    const service = await cli.service();

    expect(await cli.run("template", "list", service)).toEqual({ code: 0, out: "No templates", err: "" });
    expect(await cli.run("template", "list", unknownId)).toMatchObject({ code: 1 });
    expect(await cli.run("template", "show", unknownId)).toMatchObject({ code: 1 });
    expect(await cli.run("template", "show", "Text")).toMatchObject({ code: 2 });
  });
});

async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), "pillarbox-cli-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
