/** Which commands are told without a check: those that show, and no others. */
import { deepEqual } from "node:assert/strict";
import { shows } from "./command.ts";

const isShown = (line: string) => shows(line.split(" "));

Deno.test("what shows is told without a check", () => {
  const lines = [
    ...["ip route get 10.0.0.1", "ip -6 route get fd00::1", "ip -d link show dev eth0"],
    ...["bridge -d link show dev p", "bridge fdb show dev vx", "tc -s qdisc show dev eth0"],
    ...["nft -a list chain ip filter FORWARD", "iptables-legacy -t nat -S PREROUTING"],
    ...[
      "ss -lntp",
      "ip xfrm policy",
      "ip -s macsec show macsec0",
      "ufw status numbered",
      "cat /proc/net/softnet_stat",
    ],
    ...["kubectl -n a get endpointslices", "sysctl net.core.netdev_max_backlog"],
    ...["ovs-vsctl iface-to-br va", "ovs-vsctl show", "ovs-dpctl show", "ip route show"],
    ...["teamnl team0 options", "conntrack -L -p tcp -s 10.0.0.1 -d 10.0.0.2"],
    ...["ovs-ofctl dump-flows br0 table=3", "ovs-vsctl list port pa", "ovs-appctl fdb/show br0"],
  ];
  deepEqual(lines.filter((line) => !isShown(line)), []);
});

Deno.test("what changes something is not", () => {
  const lines = [
    ...[
      "ip route del default",
      "ip link set dev eth0 up",
      "ip neigh flush dev eth0",
      "ip route getx",
      "ip xfrm policy flush",
      "ip xfrm policy deleteall",
      "ip macsec set macsec0 tx sa 0 off",
      "ss -K dst 10.0.0.1",
    ],
    ...[
      "ip link show-and-set",
      "bridge fdb append a",
      "tc qdisc del dev eth0 root",
      "nft flush ruleset",
    ],
    ...["iptables -t nat -D PREROUTING", "iptables -P FORWARD ACCEPT", "iptables -t nat -F X"],
    ...[
      "sysctl -w net.ipv4.ip_forward=1",
      "sysctl net.ipv4.ip_forward=1",
      "kubectl -n a delete pod",
    ],
    ...["ovs-vsctl show -- del-br br0", "ovs-vsctl iface-to-br --", "ovs-vsctl del-br br0"],
    ...[
      "teamnl team0 setoption mode random",
      "teamnl -p options",
      "ovs-dpctl show -- del-dp",
      "ovs-dpctl del-flows",
      "ovs-ofctl del-flows br0",
    ],
    ...["ovs-ofctl dump-flows --help table=3", "ovs-ofctl dump-flows br0 table=3,x"],
    ...[
      "ovs-vsctl list port --",
      "ovs-vsctl list port pa -- del-br br0",
      "ovs-appctl fdb/flush br0",
    ],
    ...["conntrack -L -p tcp -D", "conntrack -F", "conntrack -L -s 10.0.0.1 -z"],
    ...["ufw allow 80", "conntrack -D", "rm -rf x", "ip netns exec a ip route get 10.0.0.1"],
  ];
  deepEqual(lines.filter(isShown), []);
});
