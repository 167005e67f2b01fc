import { deepStrictEqual as equal, match } from "node:assert/strict";
import { fakeLink, fakeState } from "../../../test/fake/state.ts";
import { parseFilter } from "../../event/filter/mod.ts";
import type { FilterNode } from "../../event/filter/mod.ts";
import { carriedFilter, hasTunnelInTunnel } from "./carried.ts";

const carried = (text: string) => carriedFilter(parseFilter(text) as FilterNode);

Deno.test("a filter of addresses is asked of a third header, by its addresses alone", () => {
  const host = carried("host 10.3.0.2 and tcp port 80");
  equal(host, carried("host 10.3.0.2"));
  match(host!, /\$l & 0xffffffff\) == \(uint64\)0x200030a/);
  match(carried("src host fd00::2")!, /\$k \+ 8\)\) == \(uint64\)0xfd/);
});

Deno.test("a filter that may pass packets of any address is not asked of a third header", () => {
  equal(carried("tcp port 80"), null);
  equal(carried("host 10.3.0.2 or port 53"), null);
  equal(carried("not host 10.3.0.2"), null);
  equal(carried(""), null);
});

Deno.test("a tunnel is inside another one where it ends at an address of that one, or goes to its network", () => {
  const outer = fakeLink("vo", ["10.2.0.1/24"], { kind: "vxlan", tunnel: { id: 100, port: 4789 } });
  const inner = (tunnel: { local?: string; remote?: string }) =>
    hasTunnelInTunnel(fakeState(1, {
      links: [
        outer,
        fakeLink("vi", ["10.3.0.1/24"], {
          kind: "vxlan",
          ifindex: 3,
          tunnel: { id: 200, port: 4790, ...tunnel },
        }),
      ],
    }));
  equal(inner({ local: "10.2.0.1" }), true);
  equal(inner({ remote: "10.2.0.2" }), true);
  // Beside it, on the same network as the outer one's own ends.
  equal(inner({ local: "192.0.2.1", remote: "192.0.2.2" }), false);
  equal(inner({}), false);
});
