import { toBase64 } from "../../../shared/base64.ts";
import type { Postage } from "../../../shared/recipient/postage.ts";
import type { PostalAddress } from "../../../shared/recipient/postal-address.ts";

export interface PrintableByHttp {
  notificationId: string;
  serviceId: string;
  reference: string;
  postage: Postage;
  address: PostalAddress;
  pdf: Uint8Array;
}

/** Longest, in characters; the PDF has the whole text. */
const longest = { recipient: 255, line: 45, postcode: 10, country: 256 } as const;

const despatchMethods: Readonly<Record<Postage, string | undefined>> = {
  second: undefined,
  first: "FIRST",
  economy: "ECONOMY",
  europe: "INTERNATIONAL_EU",
  "rest-of-world": "INTERNATIONAL_ROW",
};

/** For three hours DVLA repeats what we did not answer. */
const maxRetryWindow = 10_800;

/** What DVLA's print API takes (`spec/letters.md` 9.2). `statusUrl` is where it reports to. */
export function printRequest(
  { notificationId, serviceId, reference, postage, address, pdf }: PrintableByHttp,
  statusUrl: string,
): object {
  return {
    id: notificationId,
    standardParams: {
      jobType: "NOTIFY",
      templateReference: "NOTIFY",
      businessIdentifier: reference,
      recipientName: cut(address.lines[0] ?? "", longest.recipient),
      address: addressParams(address),
      despatchMethod: despatchMethods[postage],
    },
    customParams: [
      { key: "pdfContent", value: toBase64(pdf) },
      // There are no organisations here.
      { key: "serviceIdentifier", value: serviceId },
    ],
    callbackParams: { target: statusUrl, retryParams: { enabled: true, maxRetryWindow } },
  };
}

function addressParams({ lines, postcode, bfpoNumber, abroad }: PostalAddress): object {
  const [recipient = "", ...below] = lines;
  const endings = [postcode, bfpoNumber !== null, abroad].filter(Boolean).length;
  const between = below.slice(0, below.length - endings);
  const code = postcode === null ? {} : { postcode: cut(postcode, longest.postcode) };
  if (bfpoNumber !== null) {
    const params = { ...numbered([recipient, ...between], 4), ...code, bfpoNumber: Number(bfpoNumber) };
    return { bfpoAddress: params };
  }
  if (abroad) {
    return { internationalAddress: { ...numbered(between, 5), country: cut(abroad.name, longest.country) } };
  }
  return { unstructuredAddress: { ...numbered(between, 5), ...code } };
}

function numbered(lines: readonly string[], most: number): Record<string, string> {
  return Object.fromEntries(
    lines.slice(0, most).map((line, at) => [`line${at + 1}`, cut(line, longest.line)]),
  );
}

/** No character is cut in two. */
function cut(text: string, characters: number): string {
  return [...text].slice(0, characters).join("");
}
