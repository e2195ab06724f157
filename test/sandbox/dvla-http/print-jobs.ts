import * as v from "valibot";

/** As JSON schemas count: by characters, not by halves of them. */
const upTo = (most: number) =>
  v.pipe(
    v.string(),
    v.minLength(1),
    v.check((text) => [...text].length <= most, `is longer than ${most}`),
  );
const Line = v.optional(upTo(45));
const Postcode = upTo(10);
const lines = { line1: Line, line2: Line, line3: Line, line4: Line };

const Address = v.union([
  v.strictObject({ unstructuredAddress: v.strictObject({ ...lines, line5: Line, postcode: Postcode }) }),
  v.strictObject({
    internationalAddress: v.strictObject({
      ...lines,
      line5: Line,
      country: upTo(256),
    }),
  }),
  v.strictObject({
    bfpoAddress: v.strictObject({
      ...lines,
      postcode: v.optional(Postcode),
      bfpoNumber: v.pipe(v.number(), v.integer()),
    }),
  }),
]);

/** What the print API takes (letters.md 9.2). */
export const PrintJob = v.strictObject({
  id: v.pipe(v.string(), v.uuid()),
  standardParams: v.strictObject({
    jobType: v.literal("NOTIFY"),
    templateReference: v.literal("NOTIFY"),
    businessIdentifier: v.pipe(v.string(), v.regex(/^[0-9A-Z]{16}$/)),
    recipientName: upTo(255),
    address: Address,
    despatchMethod: v.optional(v.picklist(["FIRST", "ECONOMY", "INTERNATIONAL_EU", "INTERNATIONAL_ROW"])),
  }),
  customParams: v.array(v.strictObject({ key: v.string(), value: v.string() })),
  callbackParams: v.strictObject({
    target: v.pipe(v.string(), v.url()),
    retryParams: v.strictObject({ enabled: v.literal(true), maxRetryWindow: v.number() }),
  }),
});

export type PrintJob = v.InferOutput<typeof PrintJob>;

/** Null where there is none, or it is no PDF. */
export function pdfOf({ customParams }: PrintJob): Uint8Array | null {
  const content = customParams.find(({ key }) => key === "pdfContent")?.value ?? "";
  const bytes = Buffer.from(content, "base64");
  return bytes.subarray(0, 5).toString("latin1") === "%PDF-" ? new Uint8Array(bytes) : null;
}

/** Postage class and mailing product, by how it was to go. */
const products = {
  second: ["2ND", "MM"],
  FIRST: ["1ST", "UNCODED"],
  ECONOMY: ["2ND", "MM ECONOMY"],
  INTERNATIONAL_EU: ["INTERNATIONAL", "INT EU"],
  INTERNATIONAL_ROW: ["INTERNATIONAL", "INT ROW"],
} as const;

export interface Fate {
  /** Whether it is not printed. */
  rejected?: boolean;
  /** In place of those counted. */
  sheets?: number;
  at?: Date;
  /** In place of what its postage makes it. */
  postageClass?: string;
  mailingProduct?: string;
}

/** What the printer reports of a job (letters.md 9.5). */
export function reportOf(job: PrintJob, sheets: number, fate: Fate = {}): object {
  const at = (fate.at ?? new Date()).toISOString();
  const [postageClass, mailingProduct] = products[job.standardParams.despatchMethod ?? "second"];
  const despatchProperties = [
    { key: "totalSheets", value: String(fate.sheets ?? sheets) },
    { key: "postageClass", value: fate.postageClass ?? postageClass },
    { key: "mailingProduct", value: fate.mailingProduct ?? mailingProduct },
    { key: "productionRunDate", value: at },
  ];
  const data = { jobId: job.id, jobType: "NOTIFY", transitionDate: at };
  return {
    id: crypto.randomUUID(),
    source: "dvla:resource:osl:print:print-hub-fulfilment:5.18.0",
    specVersion: "1",
    type: "uk.gov.dvla.osl.osldatadictionaryschemas.print.messages.v2.PrintJobStatus",
    time: new Date().toISOString(),
    dataContentType: "application/json",
    dataSchema:
      "https://osl-data-dictionary-schemas.engineering.dvla.gov.uk/print/messages/v2/print-job-status.json",
    metadata: { handler: { urn: "dvla:resource:osl:print" }, origin: {}, correlationId: crypto.randomUUID() },
    data: fate.rejected
      ? { ...data, jobStatus: "REJECTED" }
      : { ...data, jobStatus: "DESPATCHED", despatchProperties },
  };
}
