/** What a page shows cannot be rewritten piece by piece: the page becomes a picture of itself. */
export class Unconvertible extends Error {}
