/**
 * The network of the measurement, all of it in this kernel: a pod's namespace, a node with a bridge
 * and a VXLAN, a wire between two nodes, the same on the other side.
 */
import { execa } from "execa";

/** Runs beside each other have prefixes of their own, by $OVERLAY. */
const PREFIX = Deno.env.get("OVERLAY") ?? "lhov";

/** The pods' namespaces, that of the sender and that of the receiver. */
export const [SENDING, RECEIVING] = [`${PREFIX}-a`, `${PREFIX}-b`] as const;
const [NODE_1, WIRE, NODE_2] = [`${PREFIX}-1`, `${PREFIX}-u`, `${PREFIX}-2`] as const;

/** Names of its namespaces: pod, node, wire, node, pod. */
const NAMESPACES = [SENDING, NODE_1, WIRE, NODE_2, RECEIVING] as const;

/** The pods speak IPv6 where $FAMILY is 6; what carries them is IPv4. */
const IS_IPV6 = Deno.env.get("FAMILY") === "6";
const SENDER = IS_IPV6 ? "fd77::1" : "10.77.1.1";
/** The pod that the flow goes to. */
export const RECEIVER = IS_IPV6 ? "fd77::2" : "10.77.1.2";
/** What the pods' addresses are given with: nobody has to ask whether an IPv6 address is free. */
const PREFIXED = IS_IPV6 ? "/64 nodad" : "/24";

/** Every device that a packet from one pod to the other passes, by namespace. */
export const DEVICES: readonly (readonly [string, string])[] = [
  [SENDING, "eth0"],
  [NODE_1, "va"],
  [NODE_1, "vx0"],
  [NODE_1, "eth1"],
  [WIRE, "u1"],
  [WIRE, "u2"],
  [NODE_2, "eth1"],
  [NODE_2, "vx0"],
  [NODE_2, "vb"],
  [RECEIVING, "eth0"],
];

const BUILD = `
set -e
for n in ${NAMESPACES.join(" ")}; do ip netns add $n; ip -n $n link set lo up; done
node() { # namespace, own address on the wire, far address, pod's device, pod, pod's address, port
  ip -n $1 link add br0 type bridge
  ip link add $4 netns $1 type veth peer name eth0 netns $5
  ip link add eth1 netns $1 type veth peer name $7 netns ${WIRE}
  ip -n $1 address add $2/24 dev eth1
  ip -n $1 link set eth1 up; ip -n ${WIRE} link set $7 up
  ip -n $1 link add vx0 type vxlan id 77 local $2 remote $3 dstport 4789 nolearning
  for d in $4 vx0; do ip -n $1 link set $d master br0; ip -n $1 link set $d up; done
  ip -n $1 link set br0 up
  ip -n $5 address add $6${PREFIXED} dev eth0; ip -n $5 link set eth0 mtu 1400 up
}
ip -n ${WIRE} link add br0 type bridge
node ${NODE_1} 10.77.9.1 10.77.9.2 va ${SENDING} ${SENDER} u1
node ${NODE_2} 10.77.9.2 10.77.9.1 vb ${RECEIVING} ${RECEIVER} u2
for d in u1 u2; do ip -n ${WIRE} link set $d master br0; done
ip -n ${WIRE} link set br0 up
ip netns exec ${SENDING} ping -q -n -c 2 -i 0.2 -W 2 ${RECEIVER} >/dev/null ||
  ip netns exec ${SENDING} ping -q -n -c 2 -i 0.2 -W 2 ${RECEIVER} >/dev/null
`;

/** Builds it; rejects where this machine can't, after having removed what there was of it. */
export async function buildOverlay(): Promise<void> {
  await removeOverlay();
  try {
    await execa("sh", ["-c", BUILD]);
  } catch (error) {
    await removeOverlay();
    throw error;
  }
}

/** Removes it, as much of it as there is. */
export async function removeOverlay(): Promise<void> {
  for (const name of NAMESPACES) {
    await execa("ip", ["netns", "delete", name], { reject: false, stderr: "ignore" });
  }
}
