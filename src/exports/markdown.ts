/** A report for a ticket, in Markdown. */
import type { Report } from "../event/report.ts";
import type { Export } from "./export.ts";
import { pathLines } from "./path_lines.ts";
import { type Block, told } from "./told.ts";
import { fenced, markdownLine, markdownText } from "./writing.ts";

/** Ends with a line break, as a file of text does. */
export const markdown = {
  format: "md",
  mediaType: "text/markdown",
  write: (report: Report) => `${told(report).map(written).join("\n\n")}\n`,
} as const satisfies Export;

function written(block: Block): string {
  switch (block.kind) {
    case "title":
      return `# ${markdownText(block.text)}`;
    case "heading":
      return `## ${markdownText(block.text)}`;
    case "lines":
      return block.lines.map(markdownLine).join("\n");
    case "list":
      return block.items.flatMap(({ pieces, inner = [] }) => [
        `- ${
          pieces.map((piece, i) =>
            typeof piece === "string"
              ? (i === 0 ? markdownLine : markdownText)(piece)
              : `**${markdownText(piece.strong)}**`
          ).join("")
        }`,
        ...inner.map((line) => `  - ${markdownLine(line)}`),
      ]).join("\n");
    case "commands":
      return fenced(block.lines, "sh");
    case "path":
      return fenced(pathLines(block.flow));
  }
}
