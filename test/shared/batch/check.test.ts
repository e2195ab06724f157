import { describe, expect, test } from "bun:test";
import { type CheckedFile, checkFile, type FileRules } from "../../../shared/batch/check.ts";
import { fileFaultMessage, summaryLines } from "../../../shared/batch/fault-messages.ts";
import { addressOfRow, personalisationOfRow, readRow, referenceOfRow } from "../../../shared/batch/row.ts";
import { placeholdersIn } from "../../../shared/template/placeholders.ts";
import { compileTemplate } from "../../../shared/template/template.ts";

interface Given extends Partial<Omit<FileRules, "template" | "placeholders">> {
  type?: "sms" | "email" | "letter";
  content?: string;
}

function check(csv: string, { type = "sms", content = "hi ((name))", ...rules }: Given = {}) {
  const template = { type, content, subject: type === "sms" ? null : "((name))", hasUnsubscribeLink: false };
  return checkFile(csv, {
    template: compileTemplate(template),
    placeholders: placeholdersIn(content),
    permissions: new Set(),
    prefix: null,
    remaining: { messages: 1000, international: 10 },
    allowedRecipients: null,
    ...rules,
  });
}

const messages = ({ faults }: CheckedFile) => faults.map(fileFaultMessage);

/** What is wrong with each row: its cells' errors, then its own. */
const errors = ({ wrong }: CheckedFile) =>
  wrong.map(({ row, check: found }) => [
    row.number,
    Object.fromEntries(found.cells),
    ...found.faults.map(({ message }) => message),
  ]);

describe("the examples of spec/recipients.md 4.3", () => {
  test("a byte order mark, odd spelling and spaces", async () => {
    const file = await check("\ufeff Phone-Number , NAME\n 07400 123456 , Ann");

    expect(file).toMatchObject({ rowCount: 1, faults: [] });
    expect(personalisationOfRow(file.columns, readRow(file.columns, ["1", "Ann"], 0))).toEqual({
      phonenumber: "1",
      name: "Ann",
    });
  });

  test("blank rows in the middle count, those at the end do not", async () => {
    const file = await check("phone number,name\n07400123456,Ann\n\n07400123457,\n,\n");

    expect(file.rowCount).toBe(3);
    expect(errors(file)).toEqual([
      [1, { phonenumber: "Missing", name: "Missing" }],
      [2, { name: "Missing" }],
    ]);
  });

  test("two recipient columns", async () => {
    const file = await check("phone number,phone_number,name\n07400123456,,x");

    expect(file.faults).toEqual([{ kind: "duplicate-columns", columns: ["phone number", "phone_number"] }]);
    // Which of them would it be missing from?
    expect(errors(file)).toEqual([]);
  });

  test("semicolons", async () => {
    const file = await check("phone number;name\n07400123456;Ann");

    expect(file.faults).toEqual([{ kind: "missing-columns", columns: ["name", "phone number"] }]);
  });

  test("an unknown column is never looked at, and more cells than headers are ignored", async () => {
    const file = await check("phone number,name,extra\n12,Ann,x,y");

    expect(errors(file)).toEqual([[0, { phonenumber: "Mobile number is too short" }]]);
    const row = readRow(file.columns, ["12", "Ann", "x", "y"], 0);
    expect(Object.fromEntries(row.values)).toEqual({ phonenumber: "12", name: "Ann", extra: "x" });
    expect(personalisationOfRow(file.columns, row)).toEqual({ phonenumber: "12", name: "Ann" });
  });

  test("no rows", async () => {
    expect(messages(await check("phone number,name"))).toEqual(["The file has no rows"]);
  });

  test("nothing at all", async () => {
    expect(messages(await check(""))).toEqual([
      "The file has no column for: name, phone number",
      "The file has no rows",
    ]);
  });

  test("no recipient", async () => {
    const file = await check("name\nAnn");

    expect(file.faults).toEqual([{ kind: "missing-columns", columns: ["phone number"] }]);
  });

  test("too few columns for an address", async () => {
    const file = await check("address line 1,postcode,address_line_7\na,b,c", {
      type: "letter",
      content: "x",
    });

    expect(file.faults[0]).toEqual({ kind: "no-address-columns" });
  });
});

describe("columns", () => {
  test("three of an address's are enough, and none of them is missing", async () => {
    const csv = "Address-Line-1,address line 2,POSTCODE,name\nMs A,1 High St,ls14ap,A\n";
    const file = await check(csv, { type: "letter" });

    expect(file.faults).toEqual([]);
    const row = readRow(file.columns, ["Ms A", "1 High St", "ls14ap", "A"], 0);
    expect(personalisationOfRow(file.columns, row)).toEqual({
      addressline1: "Ms A",
      addressline2: "1 High St",
      postcode: "ls14ap",
      name: "A",
    });
    expect(addressOfRow(row)).toBe("Ms A\n1 High St\n\n\n\n\nls14ap");
  });

  test("a seventh line of an address takes the postcode's place, even blank", async () => {
    const { columns } = await check("address line 1,address line 2,postcode,address line 7\n", {
      type: "letter",
    });

    expect(addressOfRow(readRow(columns, ["a", "b", "ls14ap", ""], 0))).toBe("a\nb\n\n\n\n\n");
  });

  test.each<[string, string[], unknown]>([
    ["the same spelling twice makes a list", ["a", "", "c"], ["a", null, "c"]],
    ["empty cells before the first value are dropped", ["", "b", ""], ["b", null]],
    ["of which one value is left that is no list", ["", "", "c"], "c"],
    ["nothing is nothing", ["", "", ""], null],
    ["too few cells are empty ones", ["a"], ["a", null, null]],
  ])("%s", async (_name, cells, value) => {
    const { columns } = await check("name,name,name,phone number");

    expect(readRow(columns, cells, 0).values.get("name")).toEqual(value as never);
  });

  test("of two spellings the last counts, even empty", async () => {
    const file = await check("name,Name,phone number\nAnn,,07400123456");

    expect(errors(file)).toEqual([[0, { name: "Missing" }]]);
  });

  test("tabs count in a name, and zero-width characters in a cell do not", async () => {
    const file = await check("phone number,na\tme\n07400123456,\u200b\u00a0", { content: "hi ((na\tme))" });

    expect(errors(file)).toEqual([[0, { "na\tme": "Missing" }]]);
  });

  test("blank headers and empty columns at the right are ignored", async () => {
    expect((await check("phone number,name,,\n07400123456,Ann,,\n07400123456,Bo,x,\n")).faults).toEqual([]);
  });

  test("one named reference is the client's reference", async () => {
    const { columns } = await check("Reference,phone number,name");

    expect(referenceOfRow(readRow(columns, ["r-1"], 0))).toBe("r-1");
    expect(referenceOfRow(readRow(columns, [""], 0))).toBeNull();
  });

  test("names that objects have are like any others", async () => {
    const file = await check("phone number,__proto__,constructor\n07400123456,a,b", {
      content: "((__proto__)) ((constructor))",
    });

    expect(file.faults).toEqual([]);
  });
});

describe("rows", () => {
  test.each([
    ["07400 123 456 789", "Mobile number is too long"],
    ["07400.123456", "Mobile numbers can only include: 0 1 2 3 4 5 6 7 8 9 ( ) + -"],
    ["0800 123 1234", "Number is not valid – double check the phone number you entered"],
    [
      "+33612345678",
      "This does not look like a UK mobile number – double check the mobile number you entered",
    ],
  ])("the number %s", async (number, message) => {
    expect(errors(await check(`phone number,name\n${number},Ann`))).toEqual([[0, { phonenumber: message }]]);
  });

  test("an address of an email", async () => {
    const file = await check("email address,name\nann@x,Ann\nann@x.org,Ann", { type: "email" });

    expect(errors(file)).toEqual([[0, { emailaddress: "Not a valid email address" }]]);
  });

  test("a letter's address is the row's fault, never a cell's", async () => {
    const csv = "address line 1,address line 2,postcode,name\n,,,A\nMs A,1 High St,nowhere,A\n";
    const file = await check(csv, { type: "letter" });

    expect(errors(file)).toEqual([
      [0, {}, "Address must be at least 3 lines long"],
      [1, {}, "Last line of the address must be a real UK postcode"],
    ]);
  });

  test("a text too long or without words", async () => {
    const csv = `phone number,name\n07400123456,${"x".repeat(919)}\n07400123456,"((x"\n07400123456,${"x".repeat(918)}`;
    const file = await check(csv, { content: "((name))" });

    expect(errors(file)).toEqual([[0, {}, "Message is too long"]]);
    const empty = await check("phone number,name\n07400123456,no", { content: "((name??hello))" });
    expect(errors(empty)).toEqual([[0, {}, "No content for this message"]]);
  });

  test("the service's name before a text does not count", async () => {
    const file = await check(`phone number,name\n07400123456,${"x".repeat(918)}`, {
      content: "((name))",
      prefix: "Town Hall",
    });

    expect(file.faults).toEqual([]);
  });

  test("an email without words", async () => {
    const file = await check("email address,name\na@x.org,no\na@x.org,yes", {
      type: "email",
      content: "((name??hello))",
    });

    expect(errors(file)).toEqual([[0, {}, "No content for this message"]]);
  });

  test("a QR code that holds too much", async () => {
    const csv = `address line 1,address line 2,postcode,link\nMs A,1 High St,ls14ap,${"x".repeat(600)}\n`;
    const file = await check(csv, { type: "letter", content: "hi\n\nQR: ((link))" });

    expect(errors(file)).toEqual([[0, {}, "Cannot create a usable QR code - the link is too long"]]);
    expect(summaryLines("letter", file.counts)).toEqual(["shorten the QR code link in 1 row"]);
  });

  test("what is to be done is summed up", async () => {
    const file = await check("phone number,name\n1,\n2,Ann\n07400123456,Ann\n,Ann");

    expect(messages(file)).toEqual(["There is a problem with 3 rows"]);
    expect(summaryLines("sms", file.counts)).toEqual(["fix 2 phone numbers", "enter missing data in 2 rows"]);
  });
});

describe("the whole file", () => {
  const numbers = (count: number, number = "07400123456") =>
    `phone number,name\n${`${number},Ann\n`.repeat(count)}`;

  test("more rows than may still be sent", async () => {
    const remaining = { messages: 2, international: 10 };

    expect((await check(numbers(2), { remaining })).faults).toEqual([]);
    expect(messages(await check(numbers(3), { remaining }))).toEqual([
      "The file has more rows than the 2 messages that can still be sent today",
    ]);
  });

  test("more numbers abroad than may still be texted; crown dependencies do not count", async () => {
    const rules = {
      remaining: { messages: 9, international: 1 },
      permissions: new Set(["international_sms"]),
    };

    expect((await check(numbers(1, "+33612345678"), rules)).faults).toEqual([]);
    expect((await check(numbers(2, "07781123456"), rules)).faults).toEqual([]);
    expect(messages(await check(numbers(2, "+33612345678"), rules))).toEqual([
      "The file has more international numbers than the 1 that can still be texted today",
    ]);
  });

  test("anybody outside the team of a service in trial mode, however they are spelled", async () => {
    const allowedRecipients = new Set(["447400123456"]);

    expect((await check(numbers(1, "+44 7400 123456"), { allowedRecipients })).faults).toEqual([]);
    expect((await check(numbers(1, "07400123457"), { allowedRecipients })).faults).toEqual([
      { kind: "trial-mode-recipients" },
    ]);
  });

  test("letters of a service in trial mode", async () => {
    const csv = "address line 1,address line 2,postcode,name\nMs A,1 High St,ls14ap,A\n";

    expect((await check(csv, { type: "letter", allowedRecipients: new Set() })).faults).toEqual([
      { kind: "trial-mode-letters" },
    ]);
  });

  test("more than 100,000 rows, of which no more are looked at; others run meanwhile", async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 1);

    const file = await check(`${numbers(100_000)}1,\n`, {
      remaining: { messages: 200_000, international: 0 },
    });

    clearInterval(timer);
    expect(file).toMatchObject({ rowCount: 100_001, faults: [{ kind: "too-many-rows" }], wrong: [] });
    expect(turns).toBeGreaterThan(50);
  });
});
