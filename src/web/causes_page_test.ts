import { ok } from "node:assert/strict";
import { PAGE } from "../words/catalogue.ts";
import { CAUSE_CODES, OUTCOMES } from "../event/codes.ts";
import { causesPage } from "./causes_page.ts";

Deno.test("the page of causes has a whole section for every outcome and every cause", async () => {
  const html = causesPage(await Deno.readTextFile(PAGE));
  for (const code of [...OUTCOMES, ...CAUSE_CODES]) {
    const at = html.indexOf(`<section id="${code}">`);
    ok(at > 0, code);
    const section = html.slice(at, html.indexOf("</section>", at));
    ok(!section.includes("<p></p>"), `${code} has an empty paragraph`);
  }
  ok(!/[`*]{2}|\]\(/.test(html), "Markdown that the page can't show");
});

Deno.test("the page of causes shows text as text", () => {
  const html = causesPage(
    "## no-route\n\n**Means.** <b> & `ip <x>`.\n\n**How lasthop knows.** a\n\n**What to do.** b\n",
  );
  ok(html.includes("<p>&lt;b&gt; &amp; <code>ip &lt;x&gt;</code>.</p>"));
});
