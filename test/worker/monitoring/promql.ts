import { parser } from "@prometheus-io/lezer-promql";

/** One `name{matchers}` of an expression. */
export interface Selector {
  metric: string;
  matchers: { label: string; isPattern: boolean; value: string }[];
  /** What it stands in, from the inside: `rate`, `sum`, `histogram_quantile`. */
  functions: string[];
  /** What the results of the aggregations around it are told apart by; null where none is around it. */
  groupings: string[] | null;
  /** Whether it is a range: `[5m]`. */
  isRange: boolean;
}

type Node = ReturnType<typeof parser.parse>["topNode"];

/** What Grafana puts in, as it may be. */
const variables: Record<string, string> = { $__rate_interval: "5m" };

/** Every selector of a PromQL expression. Throws where it does not parse. */
export function selectorsOf(expression: string): Selector[] {
  const text = expression.replaceAll(/\$\w+/g, (name) => variables[name] ?? name);
  const tree = parser.parse(text);
  const selectors: Selector[] = [];
  tree.iterate({
    enter({ node, type, from }) {
      if (type.isError) throw new Error(`Cannot read PromQL at ${from}: ${text}`);
      if (node.name === "VectorSelector") selectors.push(selectorOf(node, text));
    },
  });
  if (selectors.length === 0) throw new Error(`Cannot find a metric: ${text}`);
  return selectors;
}

function selectorOf(node: Node, text: string): Selector {
  const words = (at: Node | null) => (at ? text.slice(at.from, at.to) : "");
  const functions: string[] = [];
  const groupings: string[] = [];
  let isGrouped = false;
  for (let around = node.parent; around !== null; around = around.parent) {
    if (around.name === "FunctionCall") functions.push(words(around.getChild("FunctionIdentifier")));
    if (around.name !== "AggregateExpr") continue;
    functions.push(words(around.getChild("AggregateOp")));
    isGrouped = true;
    groupings.push(...labelsIn(around.getChild("AggregateModifier")).map(words));
  }
  const matchers = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  return {
    metric: words(node.getChild("Identifier")),
    matchers: matchers.map((matcher) => ({
      label: words(matcher.getChild("LabelName")),
      isPattern: words(matcher.getChild("MatchOp")).endsWith("~"),
      value: words(matcher.getChild("StringLiteral")).slice(1, -1),
    })),
    functions,
    groupings: isGrouped ? groupings : null,
    isRange: node.parent?.name === "MatrixSelector",
  };
}

function labelsIn(modifier: Node | null): Node[] {
  return modifier?.getChild("GroupingLabels")?.getChildren("LabelName") ?? [];
}
