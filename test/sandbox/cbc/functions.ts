/** Both sites of every network, as proxies and faults name them. */
export const cbcFunctions = [
  "ee-1-proxy",
  "ee-2-proxy",
  "three-1-proxy",
  "three-2-proxy",
  "o2-1-proxy",
  "o2-2-proxy",
  "vodafone-1-proxy",
  "vodafone-2-proxy",
] as const;

export type CbcFunction = (typeof cbcFunctions)[number];
