import { afterAll, beforeAll, beforeEach, expect, test } from "bun:test";
import { isProtectedSender } from "../../../shared/service/protected-senders.ts";
import { type Cli, openCli } from "./cli.ts";

let cli: Cli;

beforeAll(async () => {
  cli = await openCli();
});

beforeEach(async () => {
  await cli.sql`delete from protected_sender_ids`;
});

afterAll(() => cli[Symbol.asyncDispose]());

const listed = async () => JSON.parse((await cli.run("protected-sender", "--json")).out);

test("protected-sender add takes names up once, and says who has them", async () => {
  const serviceId = await cli.service();
  const add = () =>
    cli.runWith(
      { input: "\ufeffN-Bank\r\n\r\nTown Hall\nn bank\n" },
      ...["protected-sender", "add", "Parcels", "--file", "-", "--json"],
    );

  const first = await add();
  const again = await add();

  expect([first.code, JSON.parse(first.out)]).toEqual([0, { listed: 3, added: 3, in_use: 1 }]);
  expect(first.err).toBe(`TownHall is a sender of the service ${serviceId}`);
  expect(JSON.parse(again.out)).toEqual({ listed: 3, added: 0, in_use: 1 });
  expect(await listed()).toEqual([{ name: "n bank" }, { name: "Parcels" }, { name: "Town Hall" }]);
  expect(await isProtectedSender(cli.sql, "N.BANK")).toBe(true);
});

test("protected-sender add changes nothing on trial, nor where one name cannot be", async () => {
  const trial = await cli.run("protected-sender", "add", "Parcels", "--dry-run");
  const wrong = await cli.runWith({ input: "Parcels\nx" }, "protected-sender", "add", "--file", "-");
  const none = await cli.run("protected-sender", "add");

  expect([trial.code, trial.err]).toEqual([0, "Nothing was changed"]);
  expect([wrong.code, wrong.err]).toEqual([1, expect.stringContaining('Cannot protect "x": ')]);
  expect([none.code, none.err]).toEqual([2, expect.stringContaining("NAME or --file is needed")]);
  expect(await listed()).toEqual([]);
});

test("protected-sender remove lets a name go, however it is written", async () => {
  await cli.run("protected-sender", "add", "N-Bank");

  const first = await cli.run("protected-sender", "remove", "nbank");
  const again = await cli.run("protected-sender", "remove", "nbank");

  expect([first.code, again.code, again.err]).toEqual([0, 1, 'Cannot remove "nbank": it was not protected']);
  expect(await listed()).toEqual([]);
});
