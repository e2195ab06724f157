export function noTemplate(id: string): Error {
  return new Error(`Cannot find the template ${id}: there is none`);
}
