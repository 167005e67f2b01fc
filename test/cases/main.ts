/** `deno task cases [NAME…]`: reported incidents on the real kernel, and what lasthop says of them. */
import { parseArgs } from "node:util";
import { cases } from "./all.ts";
import { requirePackages } from "../debian/packages.ts";
import { type Result, runCase } from "./bench/run.ts";
import { countsOf, linesOf, pageWith } from "./bench/table.ts";

const { values, positionals } = parseArgs({
  args: Deno.args,
  allowPositionals: true,
  options: {
    /** Keeps each trace's archive here, for replay and for the mutations. */
    archive: { type: "string" },
    /** Says what the programs said, too. */
    all: { type: "boolean", default: false },
    /** Leaves docs/cases.md as it is. */
    dry: { type: "boolean", default: false },
  },
});

const chosen = cases.filter(({ name }) =>
  positionals.length === 0 || positionals.some((word) => name.startsWith(word))
);
if (chosen.length === 0) {
  console.error(`No case is named so: ${positionals.join(" ")}`);
  Deno.exit(2);
}
await requirePackages(["curl", ...chosen.flatMap(({ packages = [] }) => packages)]);

const stopping = new AbortController();
// A second signal ends the process at once; the next lab takes down what it leaves.
const stop = () => stopping.abort();
Deno.addSignalListener("SIGINT", stop);
Deno.addSignalListener("SIGTERM", stop);

const prefix = `lhc${crypto.randomUUID().slice(0, 4)}`;
const folder = values.archive ?? await Deno.makeTempDir({ prefix: "lasthop-cases-" });
const results: Result[] = [];
for (const [number, one] of chosen.entries()) {
  if (stopping.signal.aborted) break;
  const result = await runCase(one, { prefix, folder, number });
  results.push(result);
  console.log(linesOf(result).join("\n"));
  if (values.all) console.log(result.programs.map((said) => said.trim()).join("\n---\n"));
}
if (values.archive === undefined) await Deno.remove(folder, { recursive: true });
console.log(countsOf(results.map(({ mark }) => mark)));

if (!values.dry && results.length > 0) {
  const path = new URL("../../docs/cases.md", import.meta.url).pathname;
  const old = await Deno.readTextFile(path).catch(() => "");
  const date = new Date().toISOString().slice(0, 10);
  await Deno.writeTextFile(path, pageWith(old, results, cases, date));
  await new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", path] }).output();
}
Deno.removeSignalListener("SIGINT", stop);
Deno.removeSignalListener("SIGTERM", stop);
Deno.exit(results.every(({ mark }) => mark === "right") ? 0 : 1);
