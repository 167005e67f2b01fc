import { deepEqual } from "node:assert/strict";
import { facesStandApart, importsMakeNoCircle } from "./imports.ts";
import type { TidyRule } from "./rules.ts";

function blamed(rule: TidyRule, files: Record<string, string>): string[] {
  const complaints = rule(Object.entries(files).map(([path, text]) => ({ path, text })));
  return complaints.map((complaint) => complaint.slice(0, complaint.indexOf(":")));
}

Deno.test("tidy itself: importsMakeNoCircle follows types too, and lets a diamond be", () => {
  const diamond = {
    "src/a.ts": 'import { b } from "./b.ts";\nimport type { C } from "./c.ts";',
    "src/b.ts": 'import { d } from "./d.ts";',
    "src/c.ts": 'export * from "./d.ts";',
    "src/d.ts": "",
  };
  deepEqual(blamed(importsMakeNoCircle, diamond), []);
  deepEqual(blamed(importsMakeNoCircle, { ...diamond, "src/d.ts": 'import "./a.ts";' }), [
    "src/a.ts",
  ]);
  const types = { ...diamond, "src/d.ts": 'import type { B } from "./b.ts";' };
  deepEqual(blamed(importsMakeNoCircle, types), ["src/b.ts"]);
  const spoken = { ...diamond, "src/d.ts": '// import "./a.ts";\n/** from "./a.ts" */' };
  deepEqual(blamed(importsMakeNoCircle, spoken), []);
});

Deno.test("tidy itself: facesStandApart blames both ways, and lets the page be bundled", () => {
  const files = {
    "src/cli/a.ts": 'import { s } from "../web/s.ts";',
    "src/cli/b.ts": 'import { bundle } from "../web/bundle.ts";\nimport "../words/w.ts";',
    "src/web/s.ts": 'import type { A } from "../cli/a.ts";',
    "src/web/bundle.ts": 'import "../words/w.ts";',
    "src/words/w.ts": "",
  };
  deepEqual(blamed(facesStandApart, files), ["src/cli/a.ts", "src/web/s.ts"]);
});
