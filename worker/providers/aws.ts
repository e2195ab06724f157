import { AwsV4Signer } from "aws4fetch";
import * as v from "valibot";
import { type Answer, jsonOf, type ProviderRequest } from "./http.ts";

export interface AwsKeys {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** Signs requests to one of AWS's services (Signature Version 4). */
export function awsSigner(service: string, { region, accessKeyId, secretAccessKey }: AwsKeys) {
  // Day keys, derived once a day each.
  const cache = new Map<string, ArrayBuffer>();
  return async (url: string, request: ProviderRequest): Promise<ProviderRequest> => {
    const signer = new AwsV4Signer({
      ...request,
      url,
      accessKeyId,
      secretAccessKey,
      service,
      region,
      cache,
    });
    const { headers } = await signer.sign();
    return { ...request, headers: Object.fromEntries(headers) };
  };
}

/** Where a service is: at its own endpoint of the region, unless another is named. No slash at the end. */
export function awsEndpoint(url: string | null, host: string): string {
  return (url ?? `https://${host}.amazonaws.com`).replace(/\/+$/, "");
}

const Refusal = v.looseObject({ __type: v.optional(v.string()), code: v.optional(v.string()) });

/** The error's name, from where AWS's JSON protocols put it; its message may hold an address. */
export function awsErrorCode(answer: Answer): string | null {
  const body = v.safeParse(Refusal, jsonOf(answer));
  const given =
    answer.headers.get("x-amzn-errortype") ??
    (body.success ? (body.output.__type ?? body.output.code) : null);
  // `com.amazonaws.ses#MessageRejected`, `MessageRejected:http://internal.amazon.com/…`
  return given?.split(":")[0]?.split("#").at(-1)?.replace(/\W/g, "") || null;
}
