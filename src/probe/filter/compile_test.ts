import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { matches, matchesAny, parseFilter } from "../../event/filter/mod.ts";
import { anyFilter, anyPacket } from "../../event/filter/arbitrary.ts";
import {
  COMPARISONS_MAX,
  compileFilter,
  compileFilterForms,
  DEFAULT_VARIABLES,
  type FilterForm,
} from "./mod.ts";
import { load, type Loaded } from "./loaded_packet_testing.ts";
import { seedCount } from "../../../test/sim/seed_count.ts";

const compile = (text: string) => compileFilter(parseFilter(text));

/** The whole of bpftrace that filters use: what is outside of it fails here, not in the field. */
const SUBSET =
  /^(?:[()]|\$\w+|\(uint64\)(?:0x[0-9a-f]{1,16}|\$\w+)|0x[0-9a-f]+|\d+| ?(?:==|!=|>=|<=|&&|\|\||&|\||<<|>>) ?|!)*$/;

/** Runs the expression on 64-bit values, as bpftrace does where no value is negative. */
function evaluate(expression: string, variables: Loaded): boolean {
  match(expression, SUBSET);
  const source = expression.replaceAll("(uint64)", "")
    .replace(/\b(0x[0-9a-f]+|\d+)\b/g, (digits) => `${digits}n`);
  const names = Object.keys(variables);
  const run = new Function(...names.map((name) => `$${name}`), `return (${source}) ? true : false`);
  return run(...Object.values(variables));
}

Deno.test("[F14] constants are turned around, conditions shared, and constant parts folded", () => {
  const cases: [string, string][] = [
    ["", "1"],
    ["not not tcp", "($pr == 6)"],
    ["ip", "($fam == 4)"],
    ["icmp", "($fam == 4 && $pr == 1)"],
    ["proto 0", "(($fam == 4 || $fam == 6) && $pr == 0)"],
    ["arp src host 10.0.0.1", "($fam == 1 && $sa == (uint64)0x100000a)"],
    ["ip dst net 10.1", "($fam == 4 && ($da & (uint64)0xffff) == (uint64)0x10a)"],
    ["ip net 0.0.0.0/0", "($fam == 4)"],
    ["src host ::1", "($fam == 6 && $sa == (uint64)0x0 && $sb == (uint64)0x100000000000000)"],
    ["src net fe80::/64", "($fam == 6 && $sa == (uint64)0x80fe)"],
    ["tcp src port 80", "($pr == 6 && $hasports != 0 && $sp == (uint64)0x5000)"],
    ["portrange 0-65535", "($hasports != 0)"],
    ["not portrange 0-65535", "(!($hasports != 0))"],
    ["tcp and tcp", "($pr == 6)"],
    [
      "ip src host 1.1.1.1 or 2.2.2.2",
      "($fam == 4 && ($sa == (uint64)0x1010101 || $sa == (uint64)0x2020202))",
    ],
    [
      "tcp src port 80 or tcp dst port 80",
      "($pr == 6 && $hasports != 0 && ($sp == (uint64)0x5000 || $dp == (uint64)0x5000))",
    ],
    ["tcp or tcp port 80", "($pr == 6)"],
  ];
  for (const [text, should] of cases) equal(compile(text), should, text);
});

Deno.test("[F15] the expression says what the matcher says", () => {
  const runs = seedCount(1_000, 200);
  let passed = 0;
  fc.assert(
    fc.property(anyFilter, fc.array(anyPacket, { minLength: 5 }), (text, packets) => {
      const expression = compile(text);
      if (expression === null) return;
      for (const packet of packets) {
        const does = evaluate(expression, load(packet));
        equal(does, matches(parseFilter(text), packet), `${text}: ${expression}`);
        if (does) passed++;
      }
    }),
    { seed: 23, numRuns: runs },
  );
  ok(passed > runs, "random packets must meet random filters");
});

const inner = (name: string): FilterForm => ({
  family: `$${name}fam`,
  protocol: `$${name}pr`,
  source4: `$${name}sa`,
  destination4: `$${name}da`,
  source6: [`$${name}sa`, `$${name}sb`],
  destination6: [`$${name}da`, `$${name}db`],
  sourcePort: `$${name}sp`,
  destinationPort: `$${name}dp`,
  hasPorts: `$${name}hasports`,
  guard: `($${name} != 0)`,
});

Deno.test("[F16] forms are alternatives, an inner one only under its guard", () => {
  const forms = [DEFAULT_VARIABLES, inner("in")];
  equal(compileFilterForms(parseFilter("tcp"), forms), "($pr == 6 || (($in != 0) && $inpr == 6))");
  equal(compileFilterForms(parseFilter(""), forms), "1");
  equal(compileFilterForms(parseFilter("tcp"), []), "0");
  fc.assert(
    fc.property(anyFilter, anyPacket, fc.option(anyPacket), (text, outer, within) => {
      const node = parseFilter(text);
      const expression = compileFilterForms(node, forms);
      if (expression === null) return;
      const renamed = Object.entries(load(within ?? {})).map(([name, v]) => [`in${name}`, v]);
      const variables = {
        ...load(outer),
        ...Object.fromEntries(renamed),
        in: within ? 1n : 0n,
      };
      equal(evaluate(expression, variables), matchesAny(node, within ? [outer, within] : [outer]));
    }),
    { seed: 23, numRuns: seedCount(500, 100) },
  );
});

Deno.test("[F17] a filter above the limit is left to user space, one at the limit is not", () => {
  // Two comparisons for the families, then two for each host.
  const hosts = (count: number) =>
    Array.from({ length: count }, (_, i) => `10.0.0.${i}`).join(" or ");
  const most = COMPARISONS_MAX / 2 - 1;
  ok(compile(hosts(most))!.length > 1000);
  equal(compile(hosts(most + 1)), null);
  equal(compileFilterForms(parseFilter(hosts(most)), [DEFAULT_VARIABLES, inner("in")]), null);
});
