import { describe, expect, test } from "bun:test";
import { scrypt } from "../../../api/serve.scrypt.ts";
import { Busy } from "../../../shared/group.ts";
import { passwordFault } from "../../../shared/user/password-rules.ts";
import { createPasswords, type ScryptCost } from "../../../shared/user/passwords.ts";

const passwords = createPasswords(scrypt);

/** Takes no time, and notes what it was asked; a key that is the password's first letter over and over. */
function quickScrypt() {
  const asked: { password: string; cost: ScryptCost }[] = [];
  const quick = async (password: string, _: Uint8Array, cost: ScryptCost) => {
    asked.push({ password, cost });
    return new Uint8Array(32).fill(password.charCodeAt(0));
  };
  return { asked, passwords: createPasswords(quick) };
}

describe("passwords", () => {
  test("verify against their own hash alone, which differs each time", async () => {
    const [one, other] = await Promise.all([
      passwords.hash("a long secret"),
      passwords.hash("a long secret"),
    ]);

    expect(one).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
    expect(await passwords.verify("a long secret", one)).toBe(true);
    expect(await passwords.verify("a long secreu", one)).toBe(false);
    expect(await passwords.verify("", one)).toBe(false);
    expect(passwords.needsRehash(one)).toBe(false);
  });

  test("verify at the cost their hash was made at", async () => {
    // Made by Python's `hashlib.scrypt`, of `pleaseletmein` and `SodiumChloride==`.
    const old = "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU9PQ$9qk4YIGATremAfrV5OvohhK5dWgsacnUcvsO8+XS7e8";

    expect(await passwords.verify("pleaseletmein", old)).toBe(true);
    expect(await passwords.verify("pleaseletmeout", old)).toBe(false);
    expect(passwords.needsRehash(old)).toBe(true);
  });

  test("are the same however a keyboard writes their letters", async () => {
    const { asked, passwords } = quickScrypt();

    await passwords.hash("ｐａｓｓ caf\u0065\u0301 ﬁsh");

    expect(asked.map(({ password }) => password)).toEqual(["pass caf\u00e9 fish"]);
  });

  test("cost the same for somebody who has none, and are never right", async () => {
    const { asked, passwords } = quickScrypt();

    expect(await passwords.verify("\0", null)).toBe(false);
    expect(asked).toEqual([{ password: "\0", cost: { n: 32768, r: 8, p: 3 } }]);
  });

  test.each(["", "a long secret", `$scrypt$ln=30,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`, "$2b$12$abc"])(
    "refuse what is no hash of ours: %p",
    async (stored) => {
      const { asked, passwords } = quickScrypt();

      await expect(passwords.verify("a long secret", stored)).rejects.toThrow(
        "Cannot read a password's hash: it is not of our format",
      );
      expect(asked).toEqual([]);
    },
  );

  test("are hashed two at once; of a flood 20 wait and the others are refused", async () => {
    let running = 0;
    let most = 0;
    const release = Promise.withResolvers<void>();
    const held = createPasswords(async () => {
      most = Math.max(most, ++running);
      await release.promise;
      running--;
      return new Uint8Array(32);
    });

    const flood = Array.from({ length: 30 }, () =>
      held.verify("a long secret", null).catch((error: unknown) => error instanceof Busy && "refused"),
    );
    release.resolve();
    const answers = await Promise.all(flood);

    expect(most).toBe(2);
    expect(answers.filter((answer) => answer === "refused")).toHaveLength(8);
  });
});

describe("a password that somebody wants", () => {
  const person = { name: "Ada Lovelace", emailAddress: "countess@town-hall.example" };

  test.each([
    ["eleven char", "Password must have 12 characters or more"],
    // Six people, each of several code units.
    ["👩👩👩👩👩👩", "Password must have 12 characters or more"],
    [`${"x y z w v ".repeat(12)}123456789`, "Password must have 128 characters or fewer"],
    ["074001234567", "Password must not be digits alone"],
    ["Password1234", "Password is one that many people use: choose another"],
    ["password-password!", "Password is one that many people use: choose another"],
    ["Administrator1", "Password is one that many people use: choose another"],
    ["abababababab", "Password is one that many people use: choose another"],
    ["correct horse battery staple", "Password is one that many people use: choose another"],
    ["my ADA is the best", "Password must not have your name or email address in it"],
    ["lovelace4ever!", "Password must not have your name or email address in it"],
    ["the ｃｏｕｎｔｅｓｓ of it", "Password must not have your name or email address in it"],
  ])("is refused: %s", (password, fault) => {
    expect(passwordFault(password, person)).toBe(fault);
  });

  test.each([
    "wombat-teacup-93",
    "quiet morning rain",
    `${"x y z w v ".repeat(12)}12345678`,
    "ŵythnos heulog iawn",
    "お茶をもう一杯くださいませんか",
  ])("is taken: %s", (password) => {
    expect(passwordFault(password, person)).toBeNull();
  });

  test("may have letters of somebody's initials", () => {
    expect(passwordFault("wombat-teacup-93", { name: "T E W Om", emailAddress: "te@x.example" })).toBeNull();
  });
});
