import { deepEqual, equal, match } from "node:assert/strict";
import { Gaps } from "./bounds.ts";
import { jsonRows, wholeElements } from "./section_rows.ts";
import { splitSections } from "./sections.ts";

Deno.test("output, complaint and status belong to the section they came from", () => {
  const out = "\nM a\none\nM b\n\nM b\ntwo\n\nM c\n";
  const err = "\nM a\n\nM = 0\n\nM b\nwarning\n\nM = 2\n\nM c\n";
  const sections = splitSections("M", out, err);
  deepEqual(sections.get("a"), { name: "a", stdout: "one", stderr: "", status: 0 });
  deepEqual(sections.get("b"), { name: "b", stdout: "two\n", stderr: "warning", status: 2 });
  equal(sections.get("c")?.status, undefined);
});

Deno.test("without the marker nothing is a section", () => {
  equal(splitSections("M", "", "").size, 0);
  equal(splitSections("M", "sh: not found\nMM a\n", "\nX a\n").size, 0);
});

Deno.test("a list cut short gives its whole elements and a gap", () => {
  const gaps = new Gaps();
  const text = '[{"a":"]}"},{"a":[{"b":2}]},{"a":"cu';
  const rows = jsonRows({ name: "x", stdout: text, stderr: "", status: 141 }, "routes", gaps);
  deepEqual(rows, [{ a: "]}" }, { a: [{ b: 2 }] }]);
  equal(gaps.rows.length, 2);
  match(gaps.rows[1]?.why ?? "", /^cut: output ended after/);
  equal(wholeElements('[{"a":"\\"}'), "[]");
});

Deno.test("text that is no list is a gap, nothing at all is an empty list", () => {
  const gaps = new Gaps();
  const section = { name: "x", stdout: "", stderr: "", status: 0 };
  deepEqual(jsonRows(section, "routes", gaps), []);
  equal(gaps.rows.length, 0);
  deepEqual(jsonRows({ ...section, stdout: "Usage: ip" }, "routes", gaps), []);
  equal(gaps.rows[0]?.why, "not JSON: Usage: ip");
});

Deno.test("a route keeps its network where iproute2 prints the end of its tunnel or its labels as another dst", () => {
  const rowsOf = (text: string) =>
    jsonRows({ name: "x", stdout: text, stderr: "", status: 0 }, "routes", new Gaps());
  deepEqual(
    rowsOf(
      '[{"type":"1","dst":"10.241.0.2","encap":"ip","id":7,"src":"0.0.0.0","dst":"192.0.2.9","ttl":0,"dev":"vx0"},' +
        '{"dst":"10.105.2.0/24","encap":"mpls","dst":"100/500","gateway":"10.105.11.2","dev":"wan"},' +
        '{"dst":"fd09::/64","encap":"ip6","id":0,"dst":"fd01::2","dev":"g1"},{"dst":"default","dev":"lan"}]',
    ).map((row) => (row as { dst: string }).dst),
    ["10.241.0.2", "10.105.2.0/24", "fd09::/64", "default"],
  );
  // Newer ones print it apart, and seg6 has no dst.
  deepEqual(
    rowsOf('[{"dst":"10.1.0.0/16","encap":{"encap_type":"ip","dst":"192.0.2.9"}}]'),
    [{ dst: "10.1.0.0/16", encap: { encap_type: "ip", dst: "192.0.2.9" } }],
  );
  deepEqual(
    rowsOf(
      '[{"dst":"fd02::/64","encap":"seg6","mode":"encap","segs":["fd03::1"]},{"dst":"10.2.0.0/16"}]',
    )
      .map((row) => (row as { dst: string }).dst),
    ["fd02::/64", "10.2.0.0/16"],
  );
});
