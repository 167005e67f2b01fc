/** How two devices belong together that share one wire: parent and child, or two children. */
import type { Link } from "../../../event/state.ts";
import type { Owner } from "../../view/state_view.ts";
import { placeOf } from "../evidence.ts";

/** A device with the place it is in. */
export type Device = Pick<Owner, "node" | "netns" | "link">;

/** Which of two devices is made on the other, or on what both are made. */
export type Kin =
  | { are: "parent-child"; parent: Device; child: Device }
  /**
   * `certain`: whatever the switch does, for one of them is private. `keepsAnswers`: ipvlan hands a question to
   * all of them, in any mode, and keeps only what goes to one.
   */
  | { are: "children"; apart: Device[]; certain: boolean; keepsAnswers: boolean };

const ISOLATING = new Set(["macvlan", "macvtap", "ipvlan", "ipvtap"]);

/** Modes in which a device and its siblings do not hand frames to each other. */
const APART = new Set(["private", "vepa"]);

/** Mode of a macvlan; of an ipvlan its flag, which says the same. */
export const modeOf = ({ macvlanMode, ipvlan }: Link): string | undefined =>
  macvlanMode ?? ipvlan?.flag;

/** Made on another device, which does not hear it. */
const isChild = ({ kind }: Link) => ISOLATING.has(kind);

const isParentOf = (parent: Device, child: Device) =>
  isChild(child.link) && parent.node === child.node &&
  parent.netns === child.link.peerNetns &&
  parent.link.ifindex === child.link.peerIfindex;

/**
 * What keeps two devices of two namespaces of one node apart; null: nothing that is known. Two macvlan
 * children of one parent hear each other in mode bridge alone: of the others the frame goes out by the
 * parent, and a switch may send it back, which a private one takes from no other. So it is with ipvlan's
 * flags, but that a private one sends nothing out.
 */
export function kinOf(a: Device, b: Device): Kin | null {
  // Of an own address nobody is asked.
  if (a.netns === b.netns) return null;
  if (isParentOf(a, b)) return { are: "parent-child", parent: a, child: b };
  if (isParentOf(b, a)) return { are: "parent-child", parent: b, child: a };
  const both = [a, b];
  const apart = both.filter(({ link }) => APART.has(modeOf(link) ?? ""));
  const isOne = a.node === b.node && both.every(({ link }) => isChild(link)) &&
    a.link.peerIfindex !== undefined && a.link.peerIfindex === b.link.peerIfindex &&
    (a.link.peerNetns ?? a.netns) === (b.link.peerNetns ?? b.netns);
  if (!isOne || apart.length === 0) return null;
  const certain = apart.some(({ link }) => modeOf(link) === "private");
  return {
    are: "children",
    apart,
    certain,
    keepsAnswers: both.every(({ link }) => link.ipvlan !== undefined),
  };
}

/** Why two children of one parent do not hear each other: a clause. */
export function childrenText({ apart, certain }: Extract<Kin, { are: "children" }>): string {
  const names = apart.map(({ node, netns, link }) => placeOf(node, netns, link.name)).join(" and ");
  const one = apart.length === 1;
  const kind = apart[0]!.link.ipvlan ? "ipvlan" : "macvlan";
  return `both are ${kind} devices of one parent, and ${names} in mode ` +
    (certain
      ? kind === "ipvlan"
        ? `private ${one ? "gives" : "give"} nothing to the other that is for it alone`
        : `private ${one ? "hears" : "hear"} no other`
      : `vepa ${one ? "leaves" : "leave"} it to the switch to send frames back, which it does not`);
}
