import { deepEqual } from "node:assert/strict";
import { bridgesIn, datapathsIn } from "./shown.ts";

const DATAPATHS = `system@ovs-system:
  lookups: hit:9 missed:4 lost:1
  flows: 3
  masks: hit:22 total:2 hit/pkt:1.69
  port 0: ovs-system (internal)
  port 1: br0 (internal)
  port 4: vxlan_sys_4789 (vxlan: packet_type=ptap)
`;
const BRIDGES = `system@ovs-system: hit:9 missed:4
  br-tun:
    br-tun 65534/1: (internal)
    eth-int 2/none: (patch: peer=eth-ext)
    vx0 3/4: (vxlan: key=flow, remote_ip=172.31.0.2)
  br-bare:
`;

Deno.test("bridges have ports with the devices that the datapath has for them", () => {
  const datapaths = datapathsIn(DATAPATHS);
  deepEqual(datapaths.map(({ devices: _, ...one }) => one), [
    { name: "system@ovs-system", hit: 9, missed: 4, lost: 1, flows: 3 },
  ]);
  deepEqual(bridgesIn(BRIDGES, datapaths), [
    {
      ...{ name: "br-tun", datapath: "system@ovs-system", controllers: [] },
      ports: [
        { name: "br-tun", number: 65534, type: "internal", device: "br0" },
        { name: "eth-int", number: 2, type: "patch", peer: "eth-ext" },
        {
          ...{ name: "vx0", number: 3, type: "vxlan" },
          ...{ device: "vxlan_sys_4789", remote: "172.31.0.2" },
        },
      ],
    },
    { name: "br-bare", datapath: "system@ovs-system", controllers: [], ports: [] },
  ]);
  deepEqual(bridgesIn("nonsense", []), []);
});
