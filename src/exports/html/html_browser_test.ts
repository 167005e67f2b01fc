/// <reference lib="dom" />
/** The HTML export in a real Chromium, opened from a file as its reader does. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { Report } from "../../event/report.ts";
import { inChromium, type Look, openPage, type Watched } from "../../web/fixture/browser.ts";
import { problems } from "../../web/fixture/problems.ts";
import { exported } from "../mod.ts";

/** Each of the problems can be mended. */
function incident(): Report {
  const report = Report.parse(problems());
  for (const problem of report.problems) {
    problem.actions = ["nft delete rule inet shop fw handle 4"];
  }
  return report;
}

/** Runs `look` on the report as a file, and insists that nothing was asked for or went wrong. */
function fileTest(
  name: string,
  report: Report,
  size: Look,
  look: (watched: Watched) => Promise<void>,
): void {
  Deno.test({
    ...inChromium(name),
    async fn() {
      const file = await Deno.makeTempFile({ suffix: ".html" });
      await Deno.writeTextFile(file, exported(report, "html"));
      const watched = await openPage(`file://${file}`, size);
      try {
        await look(watched);
        deepEqual(watched.faults, []);
      } finally {
        await watched.close();
        await Deno.remove(file);
      }
    },
  });
}

/** Elements of the page by their names, and all attributes there are. */
const elements = ({ page }: Watched) =>
  page.evaluate(() => {
    const all = [...document.querySelectorAll("*")];
    const names = (list: string[]) => [...new Set(list)].sort();
    return {
      tags: all.map(({ tagName }) => tagName),
      attributes: names(all.flatMap((one) => one.getAttributeNames())),
    };
  });

fileTest(
  "the HTML export opens from a file, with verdicts, drawings and what to do",
  incident(),
  { width: 1200, height: 900 },
  async ({ page }) => {
    equal(await page.locator("section.problem").count(), 3);
    const first = page.locator("section.problem").first();
    ok(await first.getByText("Rule handle 4 of inet filter forward").isVisible());
    equal(
      await first.locator("pre").last().innerText(),
      "nft delete rule inet shop fw handle 4",
    );
    const drawing = first.locator(".wide > svg");
    ok(await drawing.isVisible());
    ok(await drawing.getByText("eth0").first().isVisible());
    // The style is applied: the policy took its digest.
    const colour = await drawing.locator(".mark.dropped circle").last()
      .evaluate((circle) => getComputedStyle(circle).fill);
    equal(colour, "rgb(177, 34, 27)");
    equal(await page.locator("script, img, link, iframe, a").count(), 0);
  },
);

fileTest(
  "on a narrow screen the HTML export's path runs down, and nothing is wider than the screen",
  incident(),
  { width: 390, height: 800 },
  async ({ page }) => {
    equal(await page.locator(".wide > svg").first().isVisible(), false);
    ok(await page.locator(".narrow > svg").first().isVisible());
    equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  },
);

/** The same with each text that is one of these replaced by one that would like to be more. */
function hostile(text: string): Report {
  const report = incident();
  report.incident = text;
  report.nodes.forEach((node) => node.kernel = text);
  for (const problem of report.problems) {
    problem.lastHop.device = text;
    problem.lastHop.netns = text;
    problem.actions = [text];
    if (problem.cause) {
      problem.cause.sentence = text;
      problem.cause.evidence.forEach((one) => one.text = text);
    }
  }
  for (const { path } of report.flows) {
    for (const hop of path) {
      hop.netns = text;
      if (hop.reason !== undefined) hop.reason = text;
    }
  }
  return report;
}

const HOSTILE = [
  '"><script>alert(1)</script><img src=x onerror="alert(1)">',
  "</title></style></pre></svg><script>alert(1)</script>",
  "<!-- ]]> &lt;script&gt; \u202e\u0000\n<a href='javascript:alert(1)'>x</a>",
];
for (const text of HOSTILE) {
  fileTest(
    `text from outside is only text in the HTML export: ${JSON.stringify(text)}`,
    hostile(text),
    {},
    async (watched) => {
      const got = await elements(watched);
      ok((await watched.page.locator("body").innerText()).includes("alert(1)"));
      await watched.page.setContent(exported(hostile("x".repeat(text.length)), "html"));
      deepEqual(got, await elements(watched));
    },
  );
}
