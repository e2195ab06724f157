import { describe, expect, test } from "bun:test";
import { acknowledgedNames } from "../../../shared/letter/acknowledgement.ts";
import {
  acknowledgedByName,
  billingDayOf,
  kindOf,
  responseNameAt,
} from "../../../shared/letter/dvla-file-name.ts";

describe("files from the printer", () => {
  test.each([
    ["NOTIFY-20181002130455-RSP.TXT", "response"],
    ["root/dispatch/Notify-20171002130455-rs.txt", "response"],
    ["NOTIFY.20181001175007.ACK.txt", "acknowledgement"],
    ["notify.2026-11-20.2.001.q7Zt0bWm-4Xc1LrUe_rs.ack.TXT", "acknowledgement"],
    ["NOTIFY.20181001175007.ZIP", "other"],
    ["NOTIFY-20181002130455-RSP.TXT.filepart", "other"],
    ["", "other"],
  ] as const)("%p is one of kind %p", (name, kind) => expect(kindOf(name)).toBe(kind));

  test.each([
    ["NOTIFY-20170820230000-RSP.TXT", "2017-08-21"],
    ["NOTIFY-20170820225959-RSP.TXT", "2017-08-20"],
    // Winter: London is where UTC is.
    ["NOTIFY-20171220235900-RSP.TXT", "2017-12-20"],
    // A second that no minute has, once came.
    ["NOTIFY-20170820235960-RSP.TXT", "2017-08-21"],
    ["Notify-20171002130455-rs.txt", "2017-10-02"],
    ["root/dis-patch/2018-01-01/NOTIFY-20171002130455-RSP.TXT", "2017-10-02"],
    ["root\\dis-patch\\NOTIFY-20171002130455-RSP.TXT", "2017-10-02"],
    // On the night on which clocks go back, an hour comes twice.
    ["NOTIFY-20261024233000-RSP.TXT", "2026-10-25"],
    ["NOTIFY-20260230120000-RSP.TXT", null],
    ["NOTIFY-20260101250000-RSP.TXT", null],
    ["NOTIFY-20260101126000-RSP.TXT", null],
    ["NOTIFY-2026010112000-RSP.TXT", null],
    ["NOTIFYRSP.TXT", null],
  ])("%p bills %p", (name, day) => expect(billingDayOf(name)).toBe(day));

  test("a made-up name bills the day it was made for", () => {
    expect(responseNameAt(new Date("2026-11-20T23:59:59.999Z"))).toBe("NOTIFY-20261120235959-RSP.TXT");
    expect(billingDayOf(responseNameAt(new Date("2026-07-20T23:30:00Z")))).toBe("2026-07-21");
  });
});

describe("an acknowledgement", () => {
  const content = (text: string) => new TextEncoder().encode(text);

  test.each([
    ["NOTIFY.2019-04-01.001.q7Zt0bWm-4Xc1LrUe_Ka.ACK.TXT", "NOTIFY.2019-04-01.001.Q7ZT0BWM-4XC1LRUE_KA.ZIP"],
    // A hash may end in what the suffix is made of.
    ["root/dispatch/Notify.2019-04-01.001.aKcATTX.aCk.TxT", "NOTIFY.2019-04-01.001.AKCATTX.ZIP"],
    ["NOTIFY.20181001175007.ACK.txt", null],
    [".ACK.TXT", null],
  ])("called %p is of %p", (name, zip) => expect(acknowledgedByName(name)).toBe(zip));

  test("that is called after its zip is of that alone, whatever it holds", () => {
    expect(acknowledgedNames("NOTIFY.2019-04-01.001.HASH.ACK.TXT", content("NOTIFY.OTHER.ZIP|1"))).toEqual([
      "NOTIFY.2019-04-01.001.HASH.ZIP",
    ]);
    expect(acknowledgedNames("NOTIFY.2019-04-01.001.HASH.ACK.TXT", content(""))).toEqual([
      "NOTIFY.2019-04-01.001.HASH.ZIP",
    ]);
  });

  test("that lists zips is of those, once each", () => {
    const lines = [
      "\ufeffNOTIFY.20181001175007.ZIP|20181001175733",
      "",
      " notify.a_b.zip |x|y",
      "NOTIFY.A_B.ZIP",
    ];
    expect(acknowledgedNames("NOTIFY.20181001175800.ACK.txt", content(lines.join("\r\n")))).toEqual([
      "NOTIFY.20181001175007.ZIP",
      "NOTIFY.A_B.ZIP",
    ]);
  });
});
