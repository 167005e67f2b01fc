/**
 * Hostile names in state and events against the commands that root is told to type. Every line of a
 * remedy is read by a real `sh`, which must find the very words that were meant.
 */
import { deepStrictEqual as equal, match, ok } from "node:assert/strict";
import fc from "fast-check";
import { analyse } from "../../src/analysis/mod.ts";
import { quoted } from "../../src/analysis/rules/command.ts";
import { IF_STILL_THERE } from "../../src/analysis/rules/entering.ts";
import { address, device, deviceSetting, mac, prefix } from "../../src/analysis/rules/word.ts";
import type { AnalysisInput } from "../../src/analysis/view/input.ts";
import type { NetnsState } from "../../src/event/state.ts";
import type { Report } from "../../src/event/report.ts";
import { inputOf } from "../spec/form/batches.ts";
import { parseSpec } from "../spec/form/spec.ts";
import { specPaths } from "../spec/form/spec_paths.ts";
import { seedCount } from "../sim/seed_count.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const inputs = specPaths(root).map((path) =>
  inputOf(parseSpec(Deno.readTextFileSync(`${root}/${path}`), path))
);

/** Texts that are numbers of a table or words of the kernel's own: what they say is not free. */
const FIXED = new Set([
  "kind",
  "state",
  "timeNs",
  "attachedNs",
  "untilNs",
  "monotonicNs",
  "filter",
  "incident",
]);

/** Each text of the input, but for those that decide what kind of thing it is. */
function texts(value: unknown, key = ""): string[] {
  if (typeof value === "string") return FIXED.has(key) || /^\d*$/.test(value) ? [] : [value];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([k, v]) => texts(v, Array.isArray(value) ? key : k));
}

/** The same with one text replaced wherever it stands, parts of a sysctl's name included. */
function replaced(value: unknown, from: string, to: string, key = ""): unknown {
  if (typeof value === "string") return value === from && !FIXED.has(key) ? to : value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, from, to, key));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([k, v]) => [
      k.startsWith("net.") ? k.split(".").map((part) => part === from ? to : part).join(".") : k,
      replaced(v, from, to, k),
    ]),
  );
}

function remediesOf(report: Report): string[] {
  return report.flows.flatMap(({ cause, otherCauses = [] }) => [
    ...(cause?.remedy ?? []),
    ...otherCauses.flatMap((other) => other.remedy ?? []),
  ]);
}

/** The words that a real shell finds in a line, and what it wrote to stderr. */
function readBySh(line: string): { words: string[]; said: string } {
  const script = `printf '%s\\0' ${line}`;
  const { stdout, stderr } = new Deno.Command("/bin/sh", {
    args: ["-c", script],
    env: { PATH: "/nonexistent" },
    clearEnv: true,
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { words: text(stdout).split("\0").slice(0, -1), said: text(stderr) };
}

const PROGRAMS =
  /^(?:ip|bridge|tc|nft|ip6?tables(?:-legacy)?|sysctl|ss|kubectl|ufw|cat|conntrack|wg|teamnl|ovs-(?:vsctl|dpctl|ofctl|appctl))$/;
/** Commands that no namespace has an answer of its own to, as Open vSwitch's database and daemon. */
const OF_THE_MACHINE =
  /^(?:kubectl |ovs-(?:vs|of|app)ctl |cat \/proc\/|sysctl (?:-w )?net\.(?:core|netfilter)\.)/;
const seen = new Set<string>();

/** Nothing that a shell which knows no comments when typed would read as more than a word. */
function isComment(line: string): void {
  const text = line.slice("# ".length);
  if (/^[\w ,=/.:@+-]+$/.test(text)) return;
  const { words, said } = readBySh(text);
  equal([said, words.length, quoted(words)], ["", 1, text], line);
}

function isSafe(line: string, hostile: string): void {
  if (line.startsWith("#")) return isComment(line);
  if (seen.has(line)) return;
  seen.add(line);
  const { words, said } = readBySh(line);
  equal(said, "", line);
  equal(quoted(words), line, "a shell reads other words");
  match(words[words[0] === "sh" ? 5 : 0]!, PROGRAMS, line);
  if (words[0] === "sh") {
    equal([words[1], words[2]], ["-c", IF_STILL_THERE], line);
    match(`${words[3]} ${words[4]}`, /^\/proc\/\d+\/ns\/net net:\[\d+\]$/, line);
  }
  if (hostile.startsWith("-")) ok(!words.includes(hostile), `an option from outside: ${line}`);
}

const HOSTILE = [
  "q;id>&2;#",
  "$(id>&2)",
  "`id>&2`",
  "a'b",
  "a'$(id)'b",
  "-force",
  "--help",
  "eth0\nid",
  "a b",
  "*",
  "~",
  "a&id",
  "{a,b}",
  "\\",
  '"',
  "..",
  "",
  "!id",
  "eth0\u202e",
  "net.a=1",
];

Deno.test("no text of state or event makes a command of other words than were meant", () => {
  let remedies = 0;
  const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 20 }));
  fc.assert(
    fc.property(fc.nat(), fc.nat(), hostile, (which, where, text) => {
      const input = inputs[which % inputs.length]!;
      const all = [...new Set(texts(input))];
      const from = all[where % all.length]!;
      const report = analyse(replaced(input, from, text) as typeof input);
      for (const line of remediesOf(report)) {
        remedies++;
        isSafe(line, text);
      }
    }),
    { numRuns: seedCount(2_000, 500, 700), seed: 23 },
  );
  ok(remedies > 150, `only ${remedies} remedies were read`);
});

Deno.test("every name of every remedy of the specs may be hostile, one after the other", () => {
  const step = seedCount(1, 8, 3);
  let names = 0;
  let read = 0;
  for (const input of inputs) {
    const words = new Set(remediesOf(analyse(input)).flatMap((line) => line.split(/[ =]/)));
    for (const from of new Set(texts(input))) {
      if (![...words].some((word) => word === from || word.split(/[./]/).includes(from))) continue;
      names++;
      // Each text is tried for some name, whatever the share.
      for (const text of HOSTILE.filter((_, i) => (i + names) % step === 0)) {
        const report = analyse(replaced(input, from, text) as typeof input);
        for (const line of remediesOf(report)) {
          read++;
          isSafe(line, text);
        }
      }
    }
  }
  ok(names > 100 && read > 10 * names / step, `only ${names} names and ${read} remedies were read`);
});

Deno.test("what is no address, no MAC and no device is no word of a command", () => {
  for (const text of ["$(id)", "10.0.0.1;id", "10.0.0.256", "1.2.3", "::g", ":::", "1::2::3", ""]) {
    equal([address(text), mac(text), prefix(text)], [null, null, null], text);
  }
  equal(["10.0.0.1", "::", "fd00::1", "::ffff:10.0.0.1"].map(address).includes(null), false);
  equal(["10.0.0.0/8", "::/0", "fd00::/64", "default"].map(prefix).includes(null), false);
  equal([prefix("10.0.0.0/33"), prefix("10.0.0.0/8/8"), prefix("::/129")], [null, null, null]);
  for (const name of [".", "..", "a/b", "a b", "a:b", "-x", "", "sixteen-bytes-xx", "ääääääää"]) {
    equal(device(name), null, name);
  }
  equal([device("q;id>&2;#"), device("eth0.5")], ["q;id>&2;#", "eth0.5"]);
  equal(deviceSetting("ipv4", "eth0.5", "rp_filter", 2), "net/ipv4/conf/eth0.5/rp_filter=2");
  equal(deviceSetting("ipv4", "a=b", "rp_filter", 2), null);
});

/** The input with no name for any namespace, of which one may be the machine's own. */
function nameless(input: AnalysisInput, own?: number): AnalysisInput {
  return {
    ...input,
    batches: input.batches.map(({ header, states, ...batch }) => ({
      ...batch,
      header: {
        ...header,
        netns: [
          ...header.netns.map(({ inode }) => ({ inode, ...(inode === own ? { own: true } : {}) })),
          { inode: 999_999 },
        ],
      },
      states: states.map(({ name: _, holder: __, file: ___, ...state }) => state),
    })),
  };
}

Deno.test("a namespace without a name is never taken for the machine's own", () => {
  let said = 0;
  let typed = 0;
  for (const input of inputs) {
    for (const line of remediesOf(analyse(nameless(input)))) {
      if (line.startsWith("#")) said++;
      else match(line, OF_THE_MACHINE);
    }
    const inodes = new Set(input.batches.flatMap(({ header }) => header.netns.map((n) => n.inode)));
    for (const own of inodes) {
      const lines = remediesOf(analyse(nameless(input, own)));
      typed += lines.filter((line) => !line.startsWith("#")).length;
    }
  }
  ok(said > 50, `only ${said} lines say how to enter a namespace`);
  ok(typed > 50, `only ${typed} commands for the machine's own namespace`);
});

Deno.test("the only namespace that is watched is not taken for the machine's own", () => {
  let said = 0;
  for (const input of inputs) {
    const other = {
      ...input,
      batches: input.batches.map(({ header, states, ...batch }) => ({
        ...batch,
        header: {
          ...header,
          netns: header.netns.map(({ inode }) => ({ inode, own: false })),
        },
        states: states.map(({ name: _, holder: __, file: ___, ...state }) => state),
      })),
    };
    for (const line of remediesOf(analyse(other))) {
      if (line.startsWith("#")) said++;
      else match(line, OF_THE_MACHINE);
    }
  }
  ok(said > 50, `only ${said} lines say how to enter a namespace`);
});

/** The input with states that have what is given, and no other namespace of the machine's own. */
function entered(input: AnalysisInput, some: Partial<NetnsState>): AnalysisInput {
  return {
    ...input,
    batches: input.batches.map(({ header, states, ...batch }) => ({
      ...batch,
      header: { ...header, netns: header.netns.map(({ inode }) => ({ inode, own: false })) },
      states: states.map(({ name: _, ...state }) => ({ ...state, ...some })),
    })),
  };
}

Deno.test("a namespace without a name is entered by a process in it, and only while it is there", () => {
  const lines = inputs.flatMap((input) =>
    remediesOf(analyse(entered(input, { holder: { pid: 4_242, program: "$(id)" } })))
  );
  const by = lines.filter((line) => line.startsWith("sh -c "));
  ok(by.length > 50, `only ${by.length} commands enter by a process`);
  for (const line of by) isSafe(line, "$(id)");
  for (const line of lines.filter((line) => !/^(?:sh -c |# )/.test(line))) {
    match(line, OF_THE_MACHINE);
  }
});

Deno.test("a namespace that a container runtime mounted is entered by that file, hostile or not", () => {
  const some = inputs.filter((_, i) => i % 5 === 0);
  const find = (file: string) =>
    some.flatMap((input) => remediesOf(analyse(entered(input, { name: "1a2b", file }))));
  const lines = find("/run/docker/netns/1a2b");
  const into = "nsenter --net=/run/docker/netns/1a2b ";
  ok(lines.filter((line) => line.startsWith(into)).length > 20);
  equal(lines.some((line) => /ip netns exec 1a2b/.test(line)), false);
  for (const file of [...HOSTILE, ...HOSTILE.map((name) => `/run/${name}`)]) {
    for (const line of find(file).filter((line) => line.startsWith("nsenter"))) {
      const { words, said } = readBySh(line);
      equal([said, words[1], quoted(words)], ["", `--net=${file}`, line]);
    }
  }
});

Deno.test("a process's number that is another namespace's now runs nothing", () => {
  const own = Deno.readLinkSync("/proc/self/ns/net");
  const run = (file: string, netns: string) => {
    const args = ["-c", IF_STILL_THERE, file, netns, "echo", "a b", "$(id)"];
    // What it would run in the namespace is shown: entering takes root.
    const told = IF_STILL_THERE.replace("exec ", "");
    const shown = `nsenter() { shift; printf '%s,' "$@"; }; ${told}`;
    const { success, stdout } = new Deno.Command("sh", { args: ["-c", shown, ...args.slice(2)] })
      .outputSync();
    return [success, new TextDecoder().decode(stdout)];
  };
  equal(run(`/proc/${Deno.pid}/ns/net`, own), [true, "echo,a b,$(id),"]);
  equal(run(`/proc/${Deno.pid}/ns/net`, "net:[1]"), [false, ""]);
  equal(run("/proc/4194305/ns/net", own), [false, ""]);
});
