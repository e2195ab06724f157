/* A document taken apart into single facts, so that two can be held beside each other. */

/** Where → what is said there: `POST /v2/notifications/sms body.reference type` → `string`. */
export type Facts = Map<string, string>;

export type Node = Record<string, unknown>;

/** Finds what a `$ref` refers to; the second is the document it stands in. */
export type Resolve = (ref: string, base: string) => [Node, string];

export interface Source {
  /** By path, then by method; either may be a `$ref`. */
  paths: unknown;
  /** The name of the document the paths stand in. */
  base: string;
  resolve: Resolve;
}

export function factsOf({ paths, base, resolve }: Source): Facts {
  const facts: Facts = new Map();

  function follow(given: unknown, from: string): [Node, string] {
    let node = asNode(given);
    let place = from;
    while (typeof node.$ref === "string") [node, place] = resolve(node.$ref, place);
    return [node, place];
  }

  function addSchemas(place: string, given: readonly [unknown, string][]): void {
    const kinds = given.flatMap(([node, from]) => kindsOf(node, from));
    add(`${place} type`, [...new Set(kinds.flatMap(([node]) => typesOf(node)))]);
    add(`${place} enum`, [...new Set(kinds.flatMap(([node]) => choicesOf(node)))]);
    for (const rule of ["minLength", "maxLength"])
      add(
        `${place} ${rule}`,
        kinds.flatMap(([node]) => node[rule] ?? []),
      );
    const objects = kinds.filter(([node]) => node.properties ?? node.additionalProperties);
    const names = new Set(objects.flatMap(([node]) => Object.keys(asNode(node.properties))));
    for (const name of names) {
      const having = objects.filter(([node]) => name in asNode(node.properties));
      const field = `${place}.${name}`;
      const isRequired = objects.every(
        ([node]) => Array.isArray(node.required) && node.required.includes(name),
      );
      add(`${field} required`, isRequired ? ["yes"] : []);
      addSchemas(
        field,
        having.map(([node, from]) => [asNode(node.properties)[name], from]),
      );
    }
    const values = kinds.filter(([node]) => typeof node.additionalProperties === "object");
    if (values.length > 0)
      addSchemas(
        `${place}.*`,
        values.map(([node, from]) => [node.additionalProperties, from]),
      );
    const items = kinds.filter(([node]) => node.items !== undefined);
    if (items.length > 0)
      addSchemas(
        `${place}[]`,
        items.map(([node, from]) => [node.items, from]),
      );
  }

  /** A value may be of several kinds: all of them together. */
  function kindsOf(given: unknown, from: string): [Node, string][] {
    const [node, place] = follow(given, from);
    const kinds = [node.oneOf, node.anyOf].find(Array.isArray);
    return kinds ? kinds.flatMap((kind) => kindsOf(kind, place)) : [[node, place]];
  }

  function add(place: string, values: unknown[]): void {
    if (values.length > 0) facts.set(place, values.map(String).sort().join(", "));
  }

  for (const [path, givenItem] of Object.entries(asNode(paths))) {
    const [item, itemBase] = follow(givenItem, base);
    for (const [method, givenOperation] of Object.entries(item)) {
      const [operation, at] = follow(givenOperation, itemBase);
      const place = `${method.toUpperCase()} ${path}`;
      facts.set(place, "there");
      for (const given of asArray(operation.parameters)) {
        const [parameter, from] = follow(given, at);
        const name = `${place} ${parameter.in} ${parameter.name}`;
        add(`${name} required`, parameter.required ? ["yes"] : []);
        addSchemas(name, [[parameter.schema, from]]);
      }
      if (operation.requestBody) {
        const [body, from] = follow(operation.requestBody, at);
        add(`${place} body required`, body.required ? ["yes"] : []);
        addSchemas(`${place} body`, jsonOf(body, from));
      }
      for (const [status, given] of Object.entries(asNode(operation.responses))) {
        const [response, from] = follow(given, at);
        facts.set(`${place} ${status}`, "there");
        addSchemas(`${place} ${status}`, jsonOf(response, from));
      }
    }
  }
  return facts;
}

/** Each fact on which the two differ, as one line. What is in a place only one of them has is told by that place. */
export function differences(theirs: Facts, ours: Facts): string[] {
  const lines: string[] = [];
  for (const place of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [one, other] = [theirs.get(place), ours.get(place)];
    if (one === other) continue;
    if (one === "there" || other === "there") lines.push(`${place}: only ${one ? "theirs" : "ours"}`);
    else lines.push(`${place}: theirs ${one ?? "–"}; ours ${other ?? "–"}`);
  }
  const whole = lines.flatMap((line) => /^(.+): only (?:theirs|ours)$/.exec(line)?.[1] ?? []);
  return lines.filter((line) => !whole.some((place) => isWithin(line, place)));
}

function isWithin(line: string, place: string): boolean {
  return line.startsWith(place) && /^[ .[]/.test(line.slice(place.length));
}

function jsonOf(node: Node, from: string): [unknown, string][] {
  const json = asNode(asNode(node.content)["application/json"]);
  return json.schema === undefined ? [] : [[json.schema, from]];
}

function typesOf(node: Node): string[] {
  const types = node.nullable === true ? ["null"] : [];
  if (typeof node.type === "string") return [...types, node.type];
  return node.const === undefined ? types : [...types, typeof node.const];
}

function choicesOf(node: Node): unknown[] {
  if (node.const !== undefined) return [node.const];
  return asArray(node.enum).filter((choice) => choice !== null);
}

function asNode(value: unknown): Node {
  return typeof value === "object" && value !== null ? (value as Node) : {};
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
