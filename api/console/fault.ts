/** What cannot be shown or done, as a page says it. Only the console throws it. */
export class Fault extends Error {
  override name = "Fault";
  readonly status: 400 | 403 | 404 | 409 | 413 | 429 | 503;

  constructor(status: Fault["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** As for what does not exist, so for what is another's: nobody learns which. */
export function notThere(): Fault {
  return new Fault(404, "There is no such page, or it is not yours to see");
}
