import { createHash, createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import S3rver from "s3rver";
import { until } from "./until.ts";

/** A server of S3's protocol with one empty bucket. */
export interface S3 extends AsyncDisposable {
  /** The bucket's. */
  url: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  /** The settings that make Pillarbox keep files there. */
  env: Record<string, string>;
  /** `GET documents/x` …, as they came. */
  requests: string[];
  /** Nobody listens from then on. */
  stop(): Promise<void>;
}

/** s3rver's own, and its only one. */
const accessKeyId = "S3RVER";
const secretAccessKey = "S3RVER";
const region = "eu-west-2";
const bucket = "pillarbox-files";

/** As S3 does, a PUT is answered once the file can be read: s3rver on Bun answers a moment before its file is whole. */
async function untilWhole(address: string, asked: Headers, size: number): Promise<void> {
  const headers = new Headers(asked);
  for (const name of [...headers.keys()]) if (name.startsWith("content-")) headers.delete(name);
  await until(async () => {
    const { ok, headers: told } = await fetch(address, { method: "HEAD", headers });
    return ok && told.get("content-length") === String(size);
  }, "s3rver has the file");
}

/** s3rver takes any signature of version 4 for right, so what stands before it checks them. */
export async function startS3(): Promise<S3> {
  const directory = await mkdtemp(join(tmpdir(), "pillarbox-s3-"));
  const server = new S3rver({
    address: "127.0.0.1",
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  const { port } = await server.run();
  const requests: string[] = [];
  const gate = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      requests.push(`${request.method} ${pathname.slice(bucket.length + 2)}`);
      const body = Buffer.from(await request.arrayBuffer());
      const fault = signatureFault(request, body);
      if (fault !== null) return refuse(fault);
      const init = { method: request.method, headers: request.headers, ...(body.length > 0 ? { body } : {}) };
      const address = `http://127.0.0.1:${port}${pathname}${search}`;
      const answer = await fetch(address, init);
      if (request.method === "PUT" && answer.ok) await untilWhole(address, request.headers, body.length);
      return answer;
    },
  });
  const url = `http://127.0.0.1:${gate.port}/${bucket}`;

  return {
    url,
    accessKeyId,
    secretAccessKey,
    region,
    requests,
    env: {
      STORAGE_S3_URL: url,
      STORAGE_S3_REGION: region,
      STORAGE_S3_ACCESS_KEY_ID: accessKeyId,
      STORAGE_S3_SECRET_ACCESS_KEY: secretAccessKey,
    },
    stop: () => gate.stop(true),
    async [Symbol.asyncDispose]() {
      await gate.stop(true);
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function refuse(code: string): Response {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code></Error>`;
  return new Response(body, { status: 403, headers: { "Content-Type": "application/xml" } });
}

/**
 * S3's word for what is wrong with a request's signature, or null:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
 */
function signatureFault(request: Request, body: Buffer): string | null {
  const { headers, method } = request;
  const { pathname, searchParams } = new URL(request.url);
  const [, scope = "", names = "", signature = ""] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      headers.get("authorization") ?? "",
    ) ?? [];
  const payload = createHash("sha256").update(body).digest("hex");
  if (headers.get("x-amz-content-sha256") !== payload) return "XAmzContentSHA256Mismatch";
  if (!["host", "x-amz-content-sha256", "x-amz-date"].every((name) => names.split(";").includes(name))) {
    return "AccessDenied";
  }
  const query = [...searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
  const canonical = [
    method,
    pathname,
    query.join("&"),
    ...names.split(";").map((name) => `${name}:${headers.get(name)?.trim()}`),
    "",
    names,
    payload,
  ].join("\n");
  const date = headers.get("x-amz-date") ?? "";
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const text = ["AWS4-HMAC-SHA256", date, scope, hashed].join("\n");
  const key = scope
    .split("/")
    .reduce<Buffer | string>(
      (secret, part) => createHmac("sha256", secret).update(part).digest(),
      `AWS4${secretAccessKey}`,
    );
  const expected = createHmac("sha256", key).update(text).digest("hex");
  const isOurScope = scope === `${date.slice(0, 8)}/${region}/s3/aws4_request`;
  return isOurScope && signature === expected ? null : "SignatureDoesNotMatch";
}
