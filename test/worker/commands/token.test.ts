import { expect, test } from "bun:test";
import { runCli } from "../../../worker/commands/run.ts";
import { openOperators } from "../../api/internal/operators.ts";

/** Without a database, as it needs none. */
async function token(env: Record<string, string>, ...options: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const use = () => Promise.reject(new Error("It asked for what nobody lent"));
  const print = (text: string) => void out.push(text);
  const note = (text: string) => void err.push(text);
  const given = {
    DATABASE_URL: "postgres://localhost/none",
    ENCRYPTION_KEYS: `a:${btoa("x".repeat(32))}`,
    ...env,
  };
  const code = await runCli(["token", ...options], { print, note, env: given, use });
  return { code, out: out.join("\n"), err: err.join("\n") };
}

test("token prints what opens the internal API", async () => {
  const { world } = await openOperators();
  await using _ = world;

  const { code, out } = await token({ ADMIN_CLIENT_SECRETS: "a-secret-of-operators" }, "--header");

  expect(code).toBe(0);
  const [name = "", value = ""] = out.split(": ");
  expect((await fetch(`${world.apiUrl}/service`, { headers: { [name]: value } })).status).toBe(200);
});

test("token says where there is no secret", async () => {
  expect(await token({})).toMatchObject({
    code: 1,
    err: "Cannot sign a token: ADMIN_CLIENT_SECRETS is not set",
  });
});
