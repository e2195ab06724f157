/** Line ends are LF, tabs are spaces, and lines of nothing but spaces are empty: what Markdown is read from. */
export function prepareMarkdown(markdown: string): string {
  const lines = markdown.includes("\r") ? markdown.replace(/\r\n?/g, "\n") : markdown;
  const text = expandTabs(lines).replaceAll("\u2424", "\n");
  const mayHoldBlanks = text.startsWith(" ") || text.includes("\n ");
  return mayHoldBlanks ? text.replace(/(?<=^|\n) +(?=\n|$)/g, "") : text;
}

/** To stops of four columns, counted in code points as Python does. */
function expandTabs(text: string): string {
  return text.includes("\t") ? text.replace(/[^\n]*\t[^\n]*/g, expandLine) : text;
}

function expandLine(line: string): string {
  const parts = line.split("\t");
  const last = parts.pop() ?? "";
  let column = 0;
  const columns = parts.map((part) => {
    const width = [...part].length;
    const spaces = 4 - ((column + width) % 4);
    column += width + spaces;
    return part + " ".repeat(spaces);
  });
  return columns.join("") + last;
}
