import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  callbackHeaders,
  importSigningSecret,
  newSigningSecret,
  webhookIdOf,
} from "../../../shared/callback/signature.ts";

const guide = await Bun.file(join(import.meta.dir, "../../../shared/callback/GUIDE.md")).text();
const folder = await mkdtemp(join(tmpdir(), "guide-"));

afterAll(() => rm(folder, { recursive: true }));

function snippet(language: string): string {
  const [, code] = new RegExp(`\`\`\`${language} plain\n(.*?)\`\`\``, "s").exec(guide) ?? [];
  if (code === undefined) throw new Error(`The guide has no ${language} without a package`);
  return code;
}

const secret = newSigningSecret();
const other = newSigningSecret();
const body = '{"to": "Zo\\u00eb", "message": "🏛"}';
const now = Date.now();

async function headersBy(secrets: readonly string[], at: number): Promise<Record<string, string>> {
  const keys = await Promise.all(secrets.map(importSigningSecret));
  const id = webhookIdOf("complaint", "740e5834-3a29-46b4-9a6f-16142fde533a");
  const headers = await callbackHeaders({ token: "token", secrets: keys, id, at: new Date(at), body });
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

const minute = 60_000;
const { "webhook-signature": _, ...unsigned } = await headersBy([secret], now);
const cases: [what: string, headers: Record<string, string>, body: string, secrets: string[], is: boolean][] =
  [
    ["ours", await headersBy([secret], now), body, [secret], true],
    ["ours of two secrets", await headersBy([other, secret], now), body, [secret], true],
    ["ours, either secret being taken", await headersBy([secret], now), body, [other, secret], true],
    ["of another body", await headersBy([secret], now), `${body} `, [secret], false],
    ["of another secret", await headersBy([other], now), body, [secret], false],
    ["old", await headersBy([secret], now - 6 * minute), body, [secret], false],
    ["of the future", await headersBy([secret], now + 6 * minute), body, [secret], false],
    ["not signed", unsigned, body, [secret], false],
    ["without headers", {}, body, [secret], false],
    ["signed oddly", { ...unsigned, "webhook-signature": "v1, v1,é v2,x" }, body, [secret], false],
  ];

describe("the guide's code", () => {
  test("for Node knows what is ours", async () => {
    const file = join(folder, "receiver.mjs");
    await Bun.write(file, snippet("js"));
    const { isFromPillarbox } = await import(file);

    for (const [what, headers, received, secrets, is] of cases) {
      expect([what, isFromPillarbox(headers, received, secrets)]).toEqual([what, is]);
    }
  });

  test.skipIf(Bun.which("python3") === null)("for Python knows what is ours", async () => {
    await Bun.write(join(folder, "receiver.py"), snippet("python"));
    const asked = cases.map(([, headers, received, secrets]) => ({ headers, body: received, secrets }));
    const program = [
      "import json, sys",
      "from receiver import is_from_pillarbox",
      "asked = json.load(sys.stdin)",
      "print(json.dumps([is_from_pillarbox(a['headers'], a['body'].encode(), a['secrets']) for a in asked]))",
    ].join("\n");

    const python = Bun.spawn(["python3", "-c", program], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: folder, PYTHONUTF8: "1" },
      stdin: Buffer.from(JSON.stringify(asked)),
    });

    expect(JSON.parse(await new Response(python.stdout).text())).toEqual(cases.map(([, , , , is]) => is));
  });
});
