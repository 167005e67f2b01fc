/** What joins two guests: a wire for each run, and a serial line by which they wait for each other. */

import { execa } from "execa";
import type { Side, Wire } from "../bench/runs.ts";

/** How a guest is joined to the other one. */
export interface Joining {
  side: Side;
  /** A folder of both, for the sockets. */
  folder: string;
  /** What kind each wire is of. */
  wires: readonly Wire[];
  /** The namespace of this machine that has the wires of a network card; absent: none is one. */
  netns?: string;
}

const SIDES: readonly Side[] = ["near", "far"];

/** A frame of a card whose MTU is 9000, and what a VLAN adds. */
const FABRIC_MTU = 9_100;

/**
 * Makes a namespace with a bridge for each wire of a network card, and the taps of both ends on it:
 * by a tap a guest hands over what it wants its card to cut, and it is cut only where the other end
 * takes nothing so large. Resolves with its name; the caller removes it by `endFabric`.
 */
export async function makeFabric(wires: readonly Wire[]): Promise<string> {
  const netns = `lasthop-wires-${Deno.pid}`;
  await execa("ip", ["netns", "add", netns]);
  const lines = wires.flatMap((wire, i) =>
    wire === "plain" ? [] : [
      `link add br${i} type bridge`,
      // Groups are asked for by nobody, and what a bridge says by itself would be seen in the guests.
      `link set br${i} type bridge mcast_snooping 0`,
      `link set br${i} mtu ${FABRIC_MTU} up`,
      ...SIDES.flatMap((side) => [
        `tuntap add ${tap(side, i)} mode tap vnet_hdr`,
        `link set ${tap(side, i)} mtu ${FABRIC_MTU} master br${i} up`,
      ]),
    ]
  );
  // Nothing of this machine's own IPv6 goes to the guests.
  const quiet = ["net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1"];
  await execa("nsenter", [`--net=/run/netns/${netns}`, "sysctl", "-qw", ...quiet]);
  await execa("ip", ["-n", netns, "-batch", "-"], { input: lines.join("\n") });
  return netns;
}

/** Removes what `makeFabric` made. */
export const endFabric = (netns: string) => execa("ip", ["netns", "del", netns]);

const tap = (side: Side, wire: number) => `${side}${wire}`;

/** The address of a guest's end of a wire. */
export const wireAddress = (side: Side, wire: number): string =>
  `52:54:00:00:0${side === "near" ? 1 : 2}:${wire.toString(16).padStart(2, "0")}`;

/** A guest has no room for more devices. */
export const WIRES_MAX = 16;

/** Arguments of qemu. The near guest begins when the far one is there: until then all words are lost. */
export function joiningArgs({ side, folder, wires }: Joining): string[] {
  const other = side === "near" ? "far" : "near";
  const socket = (of: Side, wire: number) => `${folder}/${of}-${wire}`;
  const line = side === "near" ? "server=on,wait=on" : "server=off,reconnect=1";
  const nics = wires.map((kind, wire) => {
    const netdev = kind === "plain"
      ? `dgram,id=w${wire},local.type=unix,local.path=${socket(side, wire)},` +
        `remote.type=unix,remote.path=${socket(other, wire)}`
      : `tap,id=w${wire},ifname=${tap(side, wire)},script=no,downscript=no,vnet_hdr=on,vhost=off`;
    const device = `virtio-net-pci,netdev=w${wire},mac=${wireAddress(side, wire)},romfile=${
      OFFLOADS[kind]
    }`;
    return ["-netdev", netdev, "-device", device];
  });
  return [
    ...["-chardev", `socket,id=line,path=${folder}/line,${line}`, "-serial", "chardev:line"],
    ...nics.flat(),
  ];
}

/** What the cards can do besides: a tap's cut and put together what they send and take. */
const OFFLOADS: Readonly<Record<Wire, string>> = {
  plain: "",
  tso: "",
  cut: ",guest_tso4=off,guest_tso6=off,guest_ecn=off,guest_ufo=off",
};
