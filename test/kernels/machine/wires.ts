/** What joins two guests: a wire for each run, and a serial line by which they wait for each other. */

import type { Side } from "../bench/runs.ts";

/** How a guest is joined to the other one. */
export interface Joining {
  side: Side;
  /** A folder of both, for the sockets. */
  folder: string;
  /** How many wires there are. */
  wires: number;
}

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
  const nics = Array.from({ length: wires }, (_, wire) => [
    "-netdev",
    `dgram,id=w${wire},local.type=unix,local.path=${socket(side, wire)},` +
    `remote.type=unix,remote.path=${socket(other, wire)}`,
    "-device",
    `virtio-net-pci,netdev=w${wire},mac=${wireAddress(side, wire)},romfile=`,
  ]);
  return [
    ...["-chardev", `socket,id=line,path=${folder}/line,${line}`, "-serial", "chardev:line"],
    ...nics.flat(),
  ];
}
