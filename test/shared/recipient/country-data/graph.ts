import graph from "govuk-country-and-territory-autocomplete/dist/location-autocomplete-graph.json";
import * as v from "valibot";

const Graph = v.record(
  v.string(),
  v.object({ edges: v.object({ from: v.array(v.string()) }), names: v.object({ "en-GB": v.string() }) }),
);

/** Every name in GOV.UK's location graph, in its order, with the canonical name it leads to. */
export function graphNames(): [name: string, canonical: string][] {
  const nodes = v.parse(Graph, graph);
  const canonical = (id: string): string => {
    const node = nodes[id];
    if (node === undefined) throw new Error(`Cannot read the graph: it has no "${id}"`);
    const [from] = node.edges.from;
    return from === undefined ? node.names["en-GB"] : canonical(from);
  };
  return Object.entries(nodes).map(([id, node]) => [node.names["en-GB"], canonical(id)]);
}
