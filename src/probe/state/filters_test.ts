import { deepEqual, equal } from "node:assert/strict";
import { Gaps } from "./bounds.ts";
import { readFilters } from "./filters.ts";
import type { Section } from "./sections.ts";

/** bpftool 7.5 on Linux 6.12. */
const SHOWN = '[{"xdp":[{"devname":"vb","ifindex":2,"mode":"generic","id":14}],"tc":[' +
  '{"devname":"vb","ifindex":2,"kind":"tcx/egress","name":"lhst_shot","prog_id":9,' +
  '"prog_flags":[],"link_id":0,"link_flags":[]},' +
  '{"devname":"va","ifindex":3,"kind":"clsact/ingress","name":"x.o:[xdp]","id":4}],' +
  '"flow_dissector":[],"netfilter":[]}]\n';

const section = (name: string, stdout: string): [string, Section] => [
  name,
  { name, stdout, stderr: "", status: 0 },
];

Deno.test("a program on tcx is a filter, and tc's own is not listed twice", () => {
  const gaps = new Gaps();
  deepEqual(readFilters(new Map([section("bpf-net", SHOWN)]), gaps), [{
    device: "vb",
    where: "egress",
    kind: "tcx",
    text: "tcx/egress lhst_shot prog_id 9",
    actions: [{ kind: "bpf", control: "direct-action" }],
  }]);
  deepEqual(gaps.rows, []);
});

Deno.test("where tcx exists and nothing lists it, that is a gap", () => {
  const why = (release: string) => {
    const gaps = new Gaps();
    readFilters(new Map([section("clock", `now at 1 nsecs\nrelease ${release}\n`)]), gaps);
    return gaps.rows.map((gap) => gap.what);
  };
  deepEqual(why("6.18.44-fc-v657"), ["tcx and netkit programs"]);
  deepEqual(why("6.6.0"), ["tcx and netkit programs"]);
  deepEqual(why("7.2.0"), ["tcx and netkit programs"]);
  deepEqual(why("6.1.0-56-cloud-amd64"), []);
  equal(why("").length, 0);
});
