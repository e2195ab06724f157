import { describe, expect, test } from "bun:test";
import { letterKey } from "../../../shared/letter/files.ts";
import { newLetterReference } from "../../../shared/letter/reference.ts";
import type { Admission } from "../../../shared/notification/admission.ts";
import type { NewLetter } from "../../../shared/notification/notification.ts";
import { type AdmitWorld, admission, noon, openAdmit } from "../../support/admissions.ts";

/** A letter with these bytes, or one to be made from a template. */
function letter(
  text: string | null,
  over: Partial<Admission> = {},
  facts: Partial<NewLetter> = {},
): Admission {
  const whole = admission({ channel: "letter", tokens: text === null ? 2 : 1, ...over });
  if (!whole.notification) return whole;
  const content = new TextEncoder().encode(text ?? "");
  const original = text === null ? null : { key: letterKey(whole.notification.id, "original"), content };
  const more = { reference: newLetterReference(), postage: "first" as const, original, ...facts };
  return { ...whole, notification: { ...whole.notification, letter: more } };
}

const storedIn = ({ sql }: AdmitWorld) => sql<Record<string, unknown>[]>`
  select n.status, l.precompiled, l.postage, convert_from(f.content, 'UTF8') as file, j.name as queue
  from notifications n
    join letters l on l.notification_id = n.id and l.service_id = n.service_id and l.created_at = n.created_at
    join pgboss.job j on j.data->>'notificationId' = n.id::text
    left join files f on f.key = 'letters/' || n.id || '/original.pdf'
  order by file`;

describe("admitting letters", () => {
  test("stores each with its job and its own bytes, whatever its group holds", async () => {
    await using world = await openAdmit();
    const texts = ["one", "", "three ŵ", "4".repeat(50_000)];

    await Promise.all([
      ...texts.map((text) => world.admit(letter(text))),
      world.admit(letter(null)),
      world.admit(admission()),
    ]);

    const own = { status: "pending-virus-check", precompiled: true, postage: "first", queue: "scan-letter" };
    expect<unknown>(await storedIn(world)).toEqual([
      ...texts.toSorted().map((file) => ({ ...own, file })),
      { status: "created", precompiled: false, postage: "first", queue: "create-letter-pdf", file: null },
    ]);
  });

  test("stores nothing of what is over a limit, in the midst of what is not", async () => {
    await using world = await openAdmit();
    const other = crypto.randomUUID();

    const refusals = await Promise.all([
      world.admit(letter("a")),
      world.admit(letter("refused", { dailyLimit: 0 })),
      world.admit(letter("b", { serviceId: other })),
    ]);

    expect(refusals).toEqual([null, "daily", null]);
    expect((await storedIn(world)).map(({ file }) => file)).toEqual(["a", "b"]);
    expect(await world.sql`select from files`).toHaveLength(2);
  });

  test("fails one alone whose reference is taken", async () => {
    await using world = await openAdmit();
    const reference = newLetterReference();
    await world.admit(letter("first", {}, { reference }));

    const outcomes = await Promise.allSettled([
      world.admit(letter("a")),
      world.admit(letter("taken", {}, { reference })),
      world.admit(letter("b")),
    ]);

    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect((await storedIn(world)).map(({ file }) => file)).toEqual(["a", "b", "first"]);
  });

  test("takes two tokens for one from a template, and leaves none that was taken in vain", async () => {
    await using world = await openAdmit();
    const admit = (text: string | null) => world.admit(letter(text, { rateLimit: 15 }));

    // Six tokens, the last of which is never given.
    expect([await admit(null), await admit(null), await admit(null), await admit("a")]).toEqual([
      null,
      null,
      "rate",
      "rate",
    ]);
    const [counter] = await world.sql`select letter::int as letters, tokens from service_counters`;
    expect(counter).toEqual({ letters: 2, tokens: [0, expect.any(Number), expect.any(Number)] });
  });

  test("does not count a letter's second token where the day is over already", async () => {
    await using world = await openAdmit();
    await world.admit(letter(null, { rateLimit: 15, dailyLimit: 0 }));

    const [counter] = await world.sql`select tokens[1] as left from service_counters`;
    expect(counter).toEqual({ left: 5 });
  });

  test("stores what was made at the instant it says", async () => {
    await using world = await openAdmit();
    await world.admit(letter(null));

    const [row] = await world.sql`select created_at as "createdAt" from letters`;
    expect(row).toEqual({ createdAt: noon });
  });
});
