/** What wireguard holds, because it has no session with the peer. */
import { endPoint } from "../../../event/end_point.ts";
import { readingAfter } from "../../view/netns_asked.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { holdersOf } from "../shared/wireguard_peers.ts";
import { address, device } from "../word.ts";

/** A handshake takes one way there and back, and is begun by the first packet, ns. */
const HANDSHAKE_NS = 1e9;

/** So long a handshake lets a session live (REJECT_AFTER_TIME of drivers/net/wireguard), ns. */
const SESSION_NS = 180e9;

/**
 * Without a session wireguard keeps what it is to send, 128 packets at most, and frees it unsent after
 * 90 seconds without an answer.
 *
 * What else looks like it: the first packet after the device was made or was silent, which the handshake
 * that it begins lets go a moment later; a session that was made for the packet, and was over again when it
 * was read; and a peer that was made anew after it had sent the packet, which had a handshake before.
 */
export const wireguardNoHandshake: Rule = {
  id: "R174",
  title: "No handshake with the peer of wireguard",
  statement:
    "Last seen as it was handed to a wireguard device, whose peer for the destination has an endpoint, and " +
    "had no handshake ever, as read before and again a second or more afterwards; or whose last one was more " +
    "than 180 s before both readings, so that no session is left, and the second one was not so long " +
    "after the packet that another could be over: `wireguard-no-handshake`, likely. Of what wireguard " +
    "itself sends to the peer's endpoint it is said that the route leads it into the tunnel.",
  yields: ["wireguard-no-handshake"],
  judge(subject) {
    const { event, node, netns, link, before, device: name } = subject;
    if (event.kind !== "device-tx" || link?.kind !== "wireguard" || netns === undefined) {
      return null;
    }
    const later = readingAfter(node, netns, event.at + HANDSHAKE_NS);
    if (later === undefined || later.at < event.at + HANDSHAKE_NS) return null;
    const [first, last] = [before, later.state].map((state) =>
      holdersOf(
        (state?.wireguard ?? []).filter((peer) => peer.device === name),
        event.destination ?? "",
      )[0]
    );
    if (!first || !last || first.key !== last.key || last.endpoint === undefined) return null;
    const isOver = first.isSessionOver === true && last.isSessionOver === true &&
      later.at <= event.at + SESSION_NS;
    if (!isOver && (first.hasShakenHands || last.hasShakenHands)) return null;
    const isItsOwn = event.destination !== undefined &&
      endPoint(event.destination, event.destinationPort) === last.endpoint;
    const peer =
      `the peer that has ${event.destination}, to which it goes by UDP to ${last.endpoint}`;
    return cause(
      "wireguard-no-handshake",
      "likely",
      `wireguard at ${place(subject)} ${
        isOver
          ? `has no session left with ${peer}: the last handshake was more than ${
            SESSION_NS / 1e9
          } s before`
          : `had no handshake ever with ${peer}: until then it sends nothing`
      }${
        isItsOwn
          ? `; this is what it sends to that peer itself, which the route leads into ${name} again`
          : ""
      }`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `${name} peer ${last.key} at ${last.endpoint}: no ${
            isOver ? "session left" : "handshake"
          }`,
        ),
      ],
      isItsOwn
        ? command(node, netns, ["ip", "route", "get", address(event.destination)])
        : command(node, netns, ["wg", "show", device(name), "latest-handshakes"]),
    );
  },
};
