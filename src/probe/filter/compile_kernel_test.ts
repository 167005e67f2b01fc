/** The expressions in a real kernel, by the installed bpftrace. Needs root; skipped without. */
import { deepStrictEqual as equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { type FilterPacket, matches, parseFilter } from "../../event/filter/mod.ts";
import { anyFilter, anyPacket } from "../../event/filter/arbitrary.ts";
import { compileFilter } from "./mod.ts";
import { load } from "./loaded_packet_testing.ts";

const PATH = ["/usr/bin/bpftrace", "/usr/local/bin/bpftrace", "/usr/sbin/bpftrace"];
const bpftrace = PATH.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});
const ignore = bpftrace === undefined || Deno.uid() !== 0;

/** Mounts of its own, so that nothing of this machine changes. */
const MOUNT = "mount -t debugfs nodev /sys/kernel/debug; " +
  'mount -t tracefs nodev /sys/kernel/tracing; exec "$0" "$1"';

/** As many comparisons as are allowed: the verifier and the stack have to bear them. */
const LARGEST = `src 10.0.0.1 or 10.0.0.2 or ${
  Array.from({ length: 60 }, (_, i) => `9.9.9.${i}`).join(" or ")
}`;

/** By filter and packet, whether the expression held. */
async function run(expressions: string[], packets: FilterPacket[]): Promise<boolean[][]> {
  const file = await Deno.makeTempFile({ suffix: ".bt" });
  try {
    await Deno.writeTextFile(file, program(expressions, packets));
    const command = new Deno.Command("unshare", {
      args: ["-m", "sh", "-c", MOUNT, bpftrace!, file],
      signal: AbortSignal.timeout(60_000),
    });
    const { stdout, stderr } = await command.output();
    const messages = new TextDecoder().decode(stderr);
    ok(!/sign|warning/i.test(messages), messages.slice(0, 4000));
    const lines = new TextDecoder().decode(stdout).split("\n").filter((line) => /^=/.test(line));
    equal(lines.length, packets.length, messages.slice(0, 4000));
    const bits = lines.map((line) => BigInt(`0x${line.slice(1)}`));
    return expressions.map((_, i) => bits.map((each) => (each >> BigInt(i) & 1n) === 1n));
  } finally {
    await Deno.remove(file);
  }
}

/** Values go through a map, else the compiler would work the answers out by itself. */
function program(expressions: string[], packets: FilterPacket[]): string {
  const lines = packets.flatMap((packet) => {
    const values = Object.entries(load(packet));
    return [
      ...values.map(([name, value]) => `@v["${name}"] = (uint64)0x${value.toString(16)};`),
      // Ports as a script holds them: what *(uint16*) gives.
      ...values.map(([name]) => `$${name} = ${/^.p$/.test(name) ? "(uint16)" : ""}@v["${name}"];`),
      "$bits = (uint64)0;",
      ...expressions.map((each, i) => `if (${each}) { $bits = $bits | ((uint64)1 << ${i}); }`),
      'printf("=%llx\\n", $bits);',
    ];
  });
  return `BEGIN {\n${lines.join("\n")}\nexit();\n}\nEND { clear(@v); }\n`;
}

Deno.test({
  name: "[F18] the kernel says what the matcher says",
  ignore,
  async fn() {
    const texts = fc.sample(anyFilter, { seed: 23, numRuns: 60 });
    const packets = fc.sample(anyPacket, { seed: 23, numRuns: 24 });
    let passed = 0;
    for (let round = 0; round < 3; round++) {
      const filters = [LARGEST, ...texts.slice(round * 20, round * 20 + 20)].flatMap((text) => {
        const expression = compileFilter(parseFilter(text));
        return expression === null ? [] : [{ text, expression }];
      });
      const some = packets.slice(round * 8, round * 8 + 8);
      const results = await run(filters.map(({ expression }) => expression), some);
      for (const [i, { text, expression }] of filters.entries()) {
        for (const [j, packet] of some.entries()) {
          const message = `${text}: ${expression} on ${JSON.stringify(packet)}`;
          equal(results[i]![j], matches(parseFilter(text), packet), message);
          if (results[i]![j]) passed++;
        }
      }
    }
    ok(passed > 50, "random packets must meet random filters");
  },
});
