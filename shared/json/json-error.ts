/** The text is no JSON, or nests deeper than we follow. */
export class JsonError extends Error {
  override name = "JsonError";
}
