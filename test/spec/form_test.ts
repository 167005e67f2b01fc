/** The form of specs itself: what is wrong is said with its place, and what is printed reads back. */
import { deepStrictEqual as equal, throws } from "node:assert/strict";
import type { Event } from "../../src/event/event.ts";
import { eventText } from "./form/event_text.ts";
import { parseSpec } from "./form/spec.ts";
import { stateText } from "./form/state_text.ts";
import { nanoseconds, timeText, wordsOf } from "./form/words.ts";

const NODE = ["# A claim. [X1]", "-- node a --", "netns 1 pod", "link 2 eth0 veth", "-- events --"];
const parse = (...lines: string[]) => parseSpec([...NODE, ...lines].join("\n"), "x.txt");

Deno.test("a spec that can't be read is refused with file, line, what is and what should be", () => {
  const wrong: [string, RegExp][] = [
    [
      "a device-up 1 skb=a1",
      /^x\.txt:6: "device-up" is no kind of event, must be one of device-rx/,
    ],
    ["b drop 1", /^x\.txt:6: "b" is no node, must have a section above/],
    ["a drop soon", /^x\.txt:6: "soon" is no time, must be like 100, 5us/],
    ["a drop 1 pod:eth1", /^x\.txt:6: a pod has no link "eth1", must be declared/],
    ["a drop 1 host:eth0", /^x\.txt:6: a has no netns "host", must be declared/],
    ["a drop 1 colour=3", /^x\.txt:6: "colour" is no column, must be one of docs\/event\.md/],
    ["a drop 1 ttl=many", /^x\.txt:6: ttl=many is "many", must be a number/],
    ["a drop 1 flags=Q", /^x\.txt:6: "flags=Q" must have letters of FSRPAU/],
    ["a drop 1 sit{7}", /^x\.txt:6: "7" is no outer header/],
    ["a drop 1 other{1 10.0.0.1>10.0.0.2}", /^x\.txt:6: "1 10\.0\.0\.1>10\.0\.0\.2" has no end/],
    ["a drop 1 vxlan{1", /^x\.txt:6: a quote or brace is open, must be closed/],
    ["a drop 1 what", /^x\.txt:6: "what" means nothing here/],
  ];
  for (const [line, message] of wrong) throws(() => parse(line), { name: "SpecError", message });
  const twice = "a drop 1 skb=a1";
  throws(() => parse(twice, twice), { message: /^x\.txt:7: has the kind, moment/ });
  throws(() => parseSpec("A claim", "x.txt"), { message: /^x\.txt:1: must be "# A claim/ });
  const node = (line: string) => parseSpec(`# A. [X1]\n-- node a --\n${line}`, "x.txt");
  throws(() => node("route default dev eth0"), { message: /^x\.txt:3: "route" must come after/ });
  throws(() => node("netns 1\nroutes 7"), { message: /^x\.txt:4: "routes" is no directive/ });
  throws(() => node("script dorp unavailable"), {
    message: /^x\.txt:3: "dorp unavailable" must be/,
  });
});

Deno.test("words keep quotes and braces together and end at a comment", () => {
  equal(wordsOf('rule 3 "tcp dport 80" vxlan{1 a>b id=2} # why'), [
    ...["rule", "3", '"tcp dport 80"', "vxlan{1 a>b id=2}"],
  ]);
});

Deno.test("times are exact both ways", () => {
  equal(nanoseconds("1.5ms"), 1_500_000n);
  for (const text of ["0", "1", "999", "1us", "1001", "20ms", "3s"]) {
    equal(timeText(nanoseconds(text)), text);
  }
});

Deno.test("what a spec says of events and state is what it says again when printed", () => {
  for (
    const path of [
      "hop/tunnel",
      "flow/translated",
      "../../src/analysis/rules/mtu-exceeded/spec/told_mtu",
      "incident/i2_repaired",
    ]
  ) {
    const file = new URL(`${path}.txt`, import.meta.url);
    const spec = parseSpec(Deno.readTextFileSync(file), path);
    const lines = [spec.given.split("\n")[0]!];
    for (const node of spec.nodes) {
      lines.push(`-- node ${node.name} --`);
      for (const state of node.states) {
        const at = timeText(BigInt(state.timeNs) - node.attachedNs);
        const again = node.states.find((known) => known.netns === state.netns) !== state;
        lines.push(`netns ${state.netns} ${again ? `at ${at}` : state.name}`, ...stateText(state));
      }
    }
    lines.push("-- events --");
    for (const node of spec.nodes) {
      const context = {
        attachedNs: node.attachedNs,
        netnsName: (inode: number) => node.netns.find((known) => known.inode === inode)!.name!,
        isKnown: () => true,
        latest: new Map<string, Event>(),
      };
      for (const event of spec.events.get(node.name) ?? []) {
        lines.push(`${node.name} ${eventText(event, context)}`);
      }
    }
    const printed = parseSpec(lines.join("\n"), path);
    equal(printed.events, spec.events);
    equal(printed.nodes.map(({ states }) => states), spec.nodes.map(({ states }) => states));
  }
});
