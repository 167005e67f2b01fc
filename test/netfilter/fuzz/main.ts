/**
 * `deno task netfilter-fuzz [--seeds N] [--first SEED] [--routers N] [--packets N] [--shapes PATTERN]`:
 * rules in the shapes of kube-proxy, Calico, Docker, ufw, firewalld and portmap, disturbed, and whole
 * rulesets that were recorded, against the kernel.
 * As root. Ends with 1 when anything was said that is not so.
 */
import { parseArgs } from "node:util";
import { emptyTally, round } from "./round.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "40" },
    first: { type: "string", default: "1" },
    routers: { type: "string", default: "12" },
    packets: { type: "string", default: "6" },
    /** Only shapes whose names match: `Recorded` for the rulesets that were recorded whole. */
    shapes: { type: "string", default: "" },
  },
});

const total = emptyTally();
const began = performance.now();
for (let i = 0; i < Number(values.seeds); i++) {
  const seed = Number(values.first) + i;
  const { wrong, notNamed, ...counts } = await round(seed, {
    routers: Number(values.routers),
    packets: Number(values.packets),
    only: new RegExp(values.shapes),
  });
  for (const [key, count] of Object.entries(counts)) total[key as keyof typeof counts] += count;
  total.wrong.push(...wrong);
  console.log(`seed ${seed}: ${JSON.stringify(counts)}, ${wrong.length} wrong`);
  const told = Deno.env.get("VERBOSE") ? [...wrong, ...notNamed] : wrong;
  for (const text of told) console.log(`  ${text}`);
}
const { wrong, notNamed: _, ...counts } = total;
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`all: ${JSON.stringify(counts)}, ${wrong.length} wrong, ${seconds} s`);
if (wrong.length > 0) Deno.exit(1);
