/** How two devices belong together that share one wire: parent and child, or two children. */
import type { Link } from "../../../event/state.ts";
import type { Owner } from "../../view/state_view.ts";

/** A device with the place it is in. */
export type Device = Pick<Owner, "node" | "netns" | "link">;

/** Which of two devices is made on the other, or on what both are made. */
export type Kin =
  | { are: "parent-child"; parent: Device; child: Device }
  | { are: "children"; apart: Device[] };

const ISOLATING = new Set(["macvlan", "macvtap", "ipvlan", "ipvtap"]);

/** Made on another device, which does not hear it. */
const isChild = ({ kind }: Link) => ISOLATING.has(kind);

const isParentOf = (parent: Device, child: Device) =>
  isChild(child.link) && parent.node === child.node &&
  parent.netns === child.link.peerNetns &&
  parent.link.ifindex === child.link.peerIfindex;

/**
 * What keeps two devices of two namespaces of one node apart; null: nothing that is known. Two children of one parent
 * hear each other in mode bridge; of the others `vepa` depends on the switch, so that only `private`
 * is certain. The modes of ipvlan are not read.
 */
export function kinOf(a: Device, b: Device): Kin | null {
  // Of an own address nobody is asked.
  if (a.netns === b.netns) return null;
  if (isParentOf(a, b)) return { are: "parent-child", parent: a, child: b };
  if (isParentOf(b, a)) return { are: "parent-child", parent: b, child: a };
  const both = [a, b];
  const apart = both.filter(({ link }) => link.macvlanMode === "private");
  const isOne = a.node === b.node && both.every(({ link }) => isChild(link)) &&
    a.link.peerIfindex !== undefined && a.link.peerIfindex === b.link.peerIfindex &&
    (a.link.peerNetns ?? a.netns) === (b.link.peerNetns ?? b.netns);
  return isOne && apart.length > 0 ? { are: "children", apart } : null;
}
