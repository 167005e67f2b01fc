import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import { CAUSE_CODES, OUTCOMES } from "../../event/codes.ts";
import { CATALOGUE as catalogue } from "../../analysis/catalogue.ts";
import { nearest } from "./nearest.ts";
import { lookOf } from "../render/mod.ts";
import { explained } from "./explained.ts";

const page = await Deno.readTextFile(new URL("../../../docs/causes.md", import.meta.url));
const look = lookOf({ width: 80, colour: false });

Deno.test("docs/causes.md explains every outcome and every cause, each once and in three parts", () => {
  const codes = [...OUTCOMES, ...CAUSE_CODES] as string[];
  deepEqual(catalogue.map(({ code }) => code).sort(), codes.sort());
  for (const { code, means, knows, remedy } of catalogue) {
    ok(means !== "" && knows !== "" && remedy !== "", `${code} lacks a part`);
  }
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading!);
  deepEqual(headings.filter((heading) => !codes.includes(heading)), []);
});

Deno.test("explain tells one code in full, whatever its case, and all of them in a line each", () => {
  const text = explained("No-Route", catalogue, look).join("\n");
  match(text, /^no-route {2}cause\n {2}The routing tables have no way/);
  match(text, /How lasthop knows\n[^]*What to do\n/);
  const all = explained(undefined, catalogue, look);
  for (const { code } of catalogue) ok(all.includes(`  ${code}`), code);
  ok(all.every((line) => line.length <= 80));
});

Deno.test("explain offers what an unknown code is close to, and shows no control characters", () => {
  throws(() => explained("no-rout", catalogue, look), {
    code: "code_unknown",
    exitCode: 2,
    message: 'Cannot explain "no-rout": it is no outcome and no cause, did you mean "no-route"?',
  });
  throws(() => explained("\x1b[31mzzzzzz", catalogue, look), /⟨U\+001B⟩.*must be one of/);
});

Deno.test("nearest takes a shared word for more than letters that happen to fit", () => {
  const codes = catalogue.map(({ code }) => code);
  equal(nearest("conntrack-full", codes)[0], "conntrack-table-full");
  equal(nearest("mac-mismatch", codes)[0], "destination-mac-mismatch");
  equal(nearest("rp_filter", codes).length <= 3, true);
});
