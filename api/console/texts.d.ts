/* Files imported as they are, `with { type: "text" }`, as Bun, Deno and esbuild do. */

declare module "*.js" {
  const text: string;
  export default text;
}

declare module "*.css" {
  const text: string;
  export default text;
}
