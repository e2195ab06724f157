export interface ErrorEntry {
  /** Notify's name for the kind of error: `BadRequestError`, `ValidationError` … */
  error: string;
  message: string;
  /** What a few say beyond that. */
  facts?: Readonly<Record<string, string | number>>;
}

/** A request that cannot be done, as its sender is told. Only routes throw it. */
export class RequestError extends Error {
  override name = "RequestError";
  readonly status: number;
  readonly errors: readonly ErrorEntry[];

  constructor(status: number, errors: readonly ErrorEntry[]) {
    super(errors.map(({ message }) => message).join("; "));
    this.status = status;
    this.errors = errors;
  }
}

/** The commonest refusal: 400 with one `BadRequestError`. */
export function badRequest(message: string): RequestError {
  return new RequestError(400, [{ error: "BadRequestError", message }]);
}
