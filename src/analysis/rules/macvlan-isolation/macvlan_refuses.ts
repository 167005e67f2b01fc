/** A frame for a macvlan that its parent takes for another host's. */
import { isAnothersFrame } from "../../kernel/frees.ts";
import { command } from "../command.ts";
import { eventEvidence, place, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { causeOfDown } from "../shared/carrier.ts";
import { frameOf } from "../shared/frame.ts";
import { device } from "../word.ts";

/**
 * The parent hands a frame to the macvlan that has its MAC, unless that one is down, or takes frames by who
 * sent them (`macvlan_handle_frame`, Linux 5.10 to 7.2). Whoever listed a sender has got a copy then.
 */
export const macvlanRefuses: Rule = {
  id: "R193",
  title: "A macvlan that does not take a frame of its own",
  statement:
    "Freed as another host's by a device on which a macvlan has the frame's destination MAC: `link-down` where " +
    "that one is down, `macvlan-isolation` where it is in mode source, which takes only what senders in its " +
    "list send. Proven.",
  yields: ["macvlan-isolation", "link-down"],
  judge(subject) {
    const { event, node, netns, ifindex } = subject;
    if (!isAnothersFrame(event) || ifindex === undefined) return null;
    const frame = frameOf(subject);
    const mac = frame?.destinationMac;
    if (mac === undefined || mac === subject.link?.mac) return null;
    const found = [...node.states].flatMap(([inode, readings]) =>
      readings.at(-1)!.state.links.filter((link) =>
        link.macvlanMode !== undefined && link.mac === mac && link.peerIfindex === ifindex &&
        (link.peerNetns ?? inode) === netns
      ).map((link) => ({ link, netns: inode }))
    );
    const [own] = found;
    if (!own || found.length > 1) return null;
    const { link } = own;
    const where = placeOf(node, own.netns, link.name);
    if (!link.flags.includes("UP")) {
      return causeOfDown(subject, [{ where, link, node, netns: own.netns }]);
    }
    if (link.macvlanMode !== "source") return null;
    return cause(
      "macvlan-isolation",
      "proven",
      `${where} is a macvlan in mode source on ${
        place(subject)
      }: it takes only what senders in its list ` +
        `send, and ${frame!.sourceMac ?? "this sender"} is none of them`,
      [
        eventEvidence(subject, `frame addressed to ${mac}`),
        stateEvidence(node, `${where} has MAC ${mac}, mode source`),
      ],
      command(node, own.netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
    );
  },
};
