/** Outcomes and causes as a page, so that each cause in a report can link to its explanation. */
import type { Entry } from "../analysis/catalogue.ts";

/** One section per code, which is its anchor: `causes.html#no-route`. */
export function causesPage(entries: readonly Entry[]): string {
  const list = (kind: Entry["kind"]) =>
    entries.filter((entry) => entry.kind === kind).map(section).join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Outcomes and causes · lasthop</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/app.css">
</head>
<body>
<main class="causes">
<h1>Outcomes</h1>
${list("outcome")}
<h1>Causes</h1>
${list("cause")}
</main>
</body>
</html>
`;
}

function section({ code, means, knows, remedy }: Entry): string {
  return `<section id="${code}">
<h2><a href="#${code}">${code}</a></h2>
<p>${inline(means)}</p>
<h3>How lasthop knows</h3>
<p>${inline(knows)}</p>
<h3>What to do</h3>
<p>${inline(remedy)}</p>
</section>`;
}

/** The Markdown that stands within a paragraph there: code. */
function inline(text: string): string {
  const safe = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return safe.replace(/`([^`]+)`/g, "<code>$1</code>");
}
