import { ok } from "node:assert/strict";
import { CATALOGUE } from "../analysis/catalogue.ts";
import { CAUSE_CODES, OUTCOMES } from "../event/codes.ts";
import { causesPage } from "./causes_page.ts";

Deno.test("the page of causes has a whole section for every outcome and every cause", () => {
  const html = causesPage(CATALOGUE);
  for (const code of [...OUTCOMES, ...CAUSE_CODES]) {
    const at = html.indexOf(`<section id="${code}">`);
    ok(at > 0, code);
    const section = html.slice(at, html.indexOf("</section>", at));
    ok(!section.includes("<p></p>"), `${code} has an empty paragraph`);
  }
  ok(!/[`*]{2}|\]\(/.test(html), "Markdown that the page can't show");
});

Deno.test("the page of causes shows text as text", () => {
  const means = "<b> & `ip <x>`.";
  const html = causesPage([{ code: "no-route", kind: "cause", means, knows: "a", remedy: "b" }]);
  ok(html.includes("<p>&lt;b&gt; &amp; <code>ip &lt;x&gt;</code>.</p>"));
});
