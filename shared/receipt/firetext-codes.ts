/** Firetext's statuses; see Notify's app/clients/sms/firetext.py. Its failures are refined by a code. */
export const firetextStatuses = new Map<string, "delivered" | "permanent-failure" | "pending">([
  ["0", "delivered"],
  ["1", "permanent-failure"],
  ["2", "pending"],
]);

/** What a failure's code makes of it. */
export const firetextCodes = new Map<string, { status: FiretextFailure; reason: string }>([
  ["000", { status: "temporary-failure", reason: "No error reported" }],
  ["101", { status: "permanent-failure", reason: "Unknown Subscriber" }],
  ["102", { status: "temporary-failure", reason: "Absent Subscriber" }],
  ["103", { status: "temporary-failure", reason: "Subscriber Busy" }],
  ["104", { status: "temporary-failure", reason: "No Subscriber Memory" }],
  ["201", { status: "permanent-failure", reason: "Invalid Number" }],
  ["301", { status: "permanent-failure", reason: "SMS Not Supported" }],
  ["302", { status: "temporary-failure", reason: "SMS Not Supported" }],
  ["401", { status: "permanent-failure", reason: "Message Rejected" }],
  ["900", { status: "temporary-failure", reason: "Routing Error" }],
]);

export type FiretextFailure = "permanent-failure" | "temporary-failure";
