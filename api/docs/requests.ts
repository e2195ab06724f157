import type { OperationObject } from "../openapi/model.ts";

/* How to call an endpoint, for people to copy. */

/** Stands for scheme and host of the API until a page is sent. */
export const rootMark = "https://api.invalid/";

export function curlFor(method: string, path: string, operation: OperationObject): string {
  const lines = [`curl ${rootMark}${examplePath(path, operation)}`];
  if (operation.security.length > 0) lines.push('-H "Authorization: Bearer $TOKEN"');
  const media = operation.requestBody?.content["application/json"];
  if (media?.example !== undefined) {
    lines.push('-H "Content-Type: application/json"', `-d '${JSON.stringify(media.example, null, 2)}'`);
  } else if (method === "post") {
    lines.splice(1, 0, "-X POST");
  }
  return lines.join(" \\\n  ");
}

function examplePath(path: string, { parameters }: OperationObject): string {
  const given = new Map(parameters.map(({ name, schema }) => [name, schema]));
  return path.slice(1).replace(/\{(\w+)\}/g, (_all, name: string) => {
    const [example] = given.get(name)?.examples ?? [];
    return String(example ?? `$${name.toUpperCase()}`);
  });
}

const calls: Readonly<Record<string, string>> = {
  sendSms: `await client.sendSms(templateId, "+447900900123", {
  personalisation: { name: "Amala" },
  reference: "your-reference",
});`,
  sendEmail: `await client.sendEmail(templateId, "amala@example.com", {
  personalisation: {
    name: "Amala",
    link_to_file: client.prepareUpload(bytes, { filename: "letter.pdf" }),
  },
  reference: "your-reference",
});`,
  sendLetter: `await client.sendLetter(templateId, { personalisation });
await client.sendPrecompiledLetter("your-reference", pdf);`,
  getLetterPdf: "await client.getPdfForLetterNotification(notificationId);",
  getNotification: "await client.getNotificationById(notificationId);",
  listNotifications: 'await client.getNotifications("sms", "delivered", "your-reference", olderThanId);',
  getTemplate: "await client.getTemplateById(templateId);",
  getTemplateVersion: "await client.getTemplateByIdAndVersion(templateId, 1);",
  listTemplates: 'await client.getAllTemplates("email");',
  previewTemplate: 'await client.previewTemplateById(templateId, { name: "Amala" });',
  listReceivedTexts: "await client.getReceivedTexts(olderThanId);",
};

/** How the official Node client makes the client that `nodeFor` uses. */
export const nodeClient = `import { NotifyClient } from "notifications-node-client";

const client = new NotifyClient("${rootMark.slice(0, -1)}", apiKey);`;

/** A call with the official Node client; null for what it does not do. */
export function nodeFor(operationId: string): string | null {
  return calls[operationId] ?? null;
}
