/** A report as one file for a browser, with the drawings: it asks for nothing, and has no script. */
import { pathModel } from "../../drawing/model.ts";
import { layoutRail } from "../../drawing/rail.ts";
import { layoutRows } from "../../drawing/rows.ts";
import { type Shape, svgOf } from "../../drawing/svg.ts";
import type { Flow, Problem, Report } from "../../event/report.ts";
import { flowName } from "../../words/ends.ts";
import { OUTCOME_WORDS } from "../../words/outcome.ts";
import type { Export } from "../export.ts";
import { pathLines } from "../path_lines.ts";
import { type Block, type Item, told } from "../told.ts";
import { PLAIN, xml } from "../writing.ts";
import { STYLE, STYLE_SHA256 } from "./style.ts";

/** Pixels that a drawing has: on a wide page, and on a narrow one, where it runs straight down. */
const WIDE = 900;
const NARROW = 330;

/** Even if something in it were no text, nothing may run, be loaded, sent or framed in. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_SHA256}'; ` +
  "base-uri 'none'; form-action 'none'";

/** Ends with a line break. */
export const html = {
  format: "html",
  mediaType: "text/html",
  write(report: Report) {
    const blocks = told(report);
    const title = blocks.find((block) => block.kind === "title")?.text ?? "";
    return [
      "<!doctype html>",
      '<html lang="en">',
      "<head>",
      '<meta charset="utf-8">',
      `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
      '<meta name="viewport" content="width=device-width, initial-scale=1">',
      `<title>${xml(title)} · lasthop</title>`,
      `<style>${STYLE}</style>`,
      "</head>",
      "<body>",
      `<main>${parts(blocks).join("\n")}</main>`,
      "<footer>Written by lasthop. Times are UTC. Everything is in this file.</footer>",
      "</body>",
      "</html>",
      "",
    ].join("\n");
  },
} as const satisfies Export;

/** Each heading begins a part of its own. */
function parts(blocks: readonly Block[]): string[] {
  const isOpen = blocks.some(({ kind }) => kind === "heading");
  return [
    ...blocks.flatMap((block, i) => {
      if (block.kind !== "heading") return [written(block)];
      const isFirst = !blocks.slice(0, i).some(({ kind }) => kind === "heading");
      return [
        `${isFirst ? "" : "</section>\n"}<section class="${partClass(block.about)}">`,
        written(block),
      ];
    }),
    ...(isOpen ? ["</section>"] : []),
  ];
}

function partClass(about: { problem: Problem; flow?: Flow | undefined } | undefined): string {
  if (about === undefined) return "about";
  const { problem, flow } = about;
  if (problem.state === "healed") return "problem healed";
  return `problem ${toneOf(flow?.outcome ?? problem.outcome)}`;
}

/** The class that has an outcome's colour. */
const toneOf = (outcome: string): string => outcome in OUTCOME_WORDS ? `o-${outcome}` : "o-unknown";

function written(block: Block): string {
  switch (block.kind) {
    case "title":
      return `<h1>${xml(block.text)}</h1>`;
    case "heading":
      return `<h2>${xml(block.text)}</h2>`;
    case "lines":
      return block.lines.map((line) => `<p>${xml(line)}</p>`).join("\n");
    case "list":
      return `<ul>${block.items.map(itemText).join("")}</ul>`;
    case "commands":
      return `<pre>${block.lines.map(xml).join("\n")}</pre>`;
    case "path":
      return drawings(block.flow);
  }
}

function itemText({ pieces, inner = [] }: Item): string {
  const text = pieces.map((piece) =>
    typeof piece === "string" ? xml(piece) : `<b>${xml(piece.strong)}</b>`
  ).join("");
  const more = inner.length === 0
    ? ""
    : `<ul>${inner.map((line) => `<li>${xml(line)}</li>`).join("")}</ul>`;
  return `<li>${text}${more}</li>`;
}

/** The path for a wide page and for a narrow one, of which a browser shows one, and as text. */
function drawings(flow: Flow): string {
  const model = pathModel(flow);
  const summary = `the path of ${flowName(flow, PLAIN)}`;
  const svg = (width: "wide" | "narrow") => {
    const scene = width === "wide" ? layoutRows(model, WIDE) : layoutRail(model, NARROW);
    return `<div class="drawing ${width} ${toneOf(flow.outcome)}">${
      element(svgOf(scene, summary))
    }</div>`;
  };
  const lines = pathLines(flow).map(xml).join("\n");
  return `${svg("wide")}${
    svg("narrow")
  }<details><summary>as text</summary><pre>${lines}</pre></details>`;
}

function element({ tag, attributes, children }: Shape): string {
  const names = Object.entries(attributes).map(([name, value]) => ` ${name}="${xml(`${value}`)}"`);
  const inner = children.map((child) => typeof child === "string" ? xml(child) : element(child));
  return `<${tag}${names.join("")}>${inner.join("")}</${tag}>`;
}
