import { RequestError } from "../../../shared/errors.ts";

/** What reading answers for an id that this service has nothing under. */
export function noResult(): RequestError {
  return new RequestError(404, [{ error: "NoResultFound", message: "No result found" }]);
}
