import { type CheckedFile, checkFile } from "../../../shared/document/check-file.ts";
import { type DocumentLink, documentUrl, testDocumentUrl } from "../../../shared/document/link.ts";
import { badRequest } from "../../../shared/errors.ts";
import type { JsonObject } from "../../../shared/json/json.ts";
import type { Service } from "../../../shared/service/service.ts";
import { isFileObject, readFileObject } from "../schema/file-object.ts";

/** A file among an email's values, and the link that stands in the email in its place. */
export interface LinkedFile {
  object: JsonObject;
  link: DocumentLink;
}

interface LinkOptions {
  serviceId: string;
  /** Scheme and host of the links, with a trailing slash. */
  host: string;
  /** Nothing will be stored. */
  isSimulated: boolean;
  newId: () => string;
}

/** The values with links where files were, and those files in order; none of them is judged yet. */
export function linkFiles(
  given: JsonObject,
  { serviceId, host, isSimulated, newId }: LinkOptions,
): { values: JsonObject; files: LinkedFile[] } {
  const files: LinkedFile[] = [];
  if (!Object.values(given).some(isFileObject)) return { values: given, files };
  const values = Object.entries(given).map(([name, value]) => {
    if (!isFileObject(value)) return [name, value];
    const link = { serviceId, id: newId(), key: crypto.getRandomValues(new Uint8Array(32)) };
    files.push({ object: value, link });
    return [name, isSimulated ? testDocumentUrl(host, serviceId) : documentUrl(host, link)];
  });
  return { values: Object.fromEntries(values), files };
}

export interface JudgedFile {
  link: DocumentLink;
  file: CheckedFile;
  mustConfirm: boolean;
  weeks: number;
}

interface CheckOptions {
  service: Service;
  adminUrl: string;
  /** The document service is not asked, so its checks are left out. */
  isSimulated: boolean;
}

/** Ours: Notify sets no limit. */
const mostFiles = 50;

/** Judges files in their order: the schema of all, then whether this service can send any, then what they are. */
export function checkFiles(
  files: readonly LinkedFile[],
  { service, adminUrl, isSimulated }: CheckOptions,
): JudgedFile[] {
  if (files.length === 0) return [];
  const asked = files.map(({ object, link }) => ({ link, ...readFileObject(object) }));
  if (service.contactLink === null) {
    const url = `${adminUrl}/services/${service.id}/service-settings/send-files-by-email`;
    throw badRequest(
      `Send files by email has not been set up - add contact details for your service at ${url}`,
    );
  }
  if (files.length > mostFiles) throw badRequest(`Cannot send more than ${mostFiles} files in one email`);
  if (isSimulated) return [];
  const judged: JudgedFile[] = [];
  for (const { link, mustConfirm, weeks, ...given } of asked) {
    const verdict = checkFile(given);
    if (!verdict.ok) throw badRequest(verdict.message);
    judged.push({ file: verdict.file, link, mustConfirm, weeks });
  }
  return judged;
}
