declare module "tr46" {
  interface Options {
    transitionalProcessing?: boolean;
    verifyDNSLength?: boolean;
  }

  /** Null when the name has no ASCII form. */
  function toASCII(domainName: string, options?: Options): string | null;

  const tr46: { toASCII: typeof toASCII };
  export default tr46;
}
