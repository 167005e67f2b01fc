import { deepEqual, equal, match } from "node:assert/strict";
import fc from "fast-check";
import { NetnsState } from "../../event/state.ts";
import { assemble } from "./assemble.ts";
import { splitSections } from "./sections.ts";
import { everySuite, fixture, reading, SUITES } from "./testing.ts";

everySuite("a full capture is a state without gaps", (suite) => {
  for (const role of ["node", "pod"] as const) {
    const { state } = reading(suite, role);
    deepEqual(state.gaps, []);
    deepEqual(NetnsState.parse(state), state);
    equal(state.name, role);
  }
});

everySuite("settings, conntrack's size and policies without keys", (suite) => {
  const { state } = reading(suite, "node");
  equal(state.sysctls["net.ipv4.ip_forward"], "1");
  equal(state.sysctls["net.ipv4.conf.br0.12.rp_filter"], "0");
  equal(state.sysctls["net.ipv4.conf.br0.rp_filter"], "2");
  equal(state.sysctls["net.ipv4.ping_group_range"], "1 0");
  deepEqual(state.conntrack, { count: 0, max: 65536 });
  equal(state.xfrm.length, 3);
  match(state.xfrm.join("\n"), /dir fwd action block/);
  match(state.xfrm[2] ?? "", /proto esp spi 0x00000100 .*<<Keys hidden>>/);
});

Deno.test("a tool that is missing, failed or was not reached is a gap, not an empty table", () => {
  const out = "\nM clock\nnow at 17 nsecs\n\nM link\n[]\n\nM fdb\n\n\nM sysctl\n";
  const err = "\nM clock\n\nM = 0\n\nM link\n\nM = 0\n" +
    "\nM fdb\nsh: 1: bridge: not found\n\nM = 127\n\nM sysctl\n";
  const { state } = assemble({ inode: 1, path: "" }, splitSections("M", out, err));
  const why = (what: string) => state.gaps.find((gap) => gap.what === what)?.why;
  equal(state.timeNs, "17");
  equal(why("links"), undefined);
  equal(why("fdb"), "sh: 1: bridge: not found");
  equal(why("sysctls"), "did not end in time");
  equal(why("routes"), "not reached in time");
  equal(why("state"), "the time limit ended the reading");
});

Deno.test("whatever the tools print, the result is a valid state", () => {
  const captures = SUITES.flatMap((suite) => [fixture(suite, "node"), fixture(suite, "pod")]);
  const damage = fc.record({
    capture: fc.constantFrom(...captures),
    end: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    cut: fc.nat(200),
    put: fc.oneof(fc.string(), fc.constantFrom("null", '"', "{", "]", "-1", "x".repeat(5000))),
  });
  fc.assert(
    fc.property(damage, ({ capture, end, at, cut, put }) => {
      const whole = capture.out.slice(0, capture.out.length * end);
      const place = Math.floor(whole.length * at);
      const out = whole.slice(0, place) + put + whole.slice(place + cut);
      const sections = splitSections("FIXTURE", out, capture.err);
      const { state } = assemble({ inode: 1, path: "" }, sections);
      NetnsState.parse(state);
    }),
    { numRuns: 200 },
  );
});
