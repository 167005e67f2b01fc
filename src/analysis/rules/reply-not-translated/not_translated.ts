/** An answer that kept the address behind a translation. */
import { endPoint } from "../../../event/end_point.ts";
import type { Form } from "../../correlate/identity.ts";
import type { Exchange } from "../../exchange/exchange.ts";
import { isLost } from "../../exchange/losses.ts";
import type { Judgement } from "../../verdict/judgement.ts";
import { netnsName } from "../../view/netns_names.ts";
import { linkOf, stateAt, sysctl } from "../../view/state_view.ts";
import type { Sighting } from "../../view/timeline.ts";
import { DATAPATH_KIND } from "../../kernel/openvswitch.ts";
import { commandAnywhere } from "../command.ts";
import { packetText, stateEvidence } from "../evidence.ts";
import type { ExchangeRule } from "../exchange_case.ts";
import { cause } from "../rule.ts";
import { type Translation, translationsOf } from "../shared/translated_at.ts";
import { leftByTrafficControl } from "./left_by_traffic_control.ts";
import { device } from "../word.ts";
import type { Reason } from "./reason.ts";
import { callingNetfilter, liberal } from "./translated_remedy.ts";

/**
 * The answer's source is the end that the question was translated to.
 *
 * What else looks like it: an answer that the client's own host translates behind the last sighting
 * (X2 counts only sightings behind its hooks); a second, plain talk between the same two hosts from
 * the same port (the flow has a question of its own, so that X1 does not join it).
 */
export const replyNotTranslated: ExchangeRule = {
  id: "R90",
  statement:
    "An answer reached the client with the end that its question was translated to, and not the one " +
    "that it asked: `reply-not-translated`. Why: the answer was bridged in the translating namespace " +
    "where `bridge-nf-call-iptables` is off, or flows of Open vSwitch sent it on; or a filter of tc (act_ct) translated the question, and none takes the answer back; or other answers of the connection were translated " +
    "there and this one was not, so connection tracking did not take it for the connection's; or " +
    "its way did not lead through the translating namespace.",
  yields: ["reply-not-translated"],
  find({ exchange }) {
    const stray = exchange.misdirected[0];
    if (!stray) return null;
    const { event } = stray.end.step;
    const translation = translationTo(exchange, event);
    if (!translation) return null;
    const asked = endPoint(exchange.form.destination, exchange.form.destinationPort);
    const came = endPoint(event.source!, event.sourcePort);
    const why = reasonOf(exchange, stray, translation);
    return cause(
      "reply-not-translated",
      why.confidence,
      `the answer came from ${came}, which was not asked: ${placeOf(translation)} translated the ` +
        `question from ${asked} to ${came}, and the answer was not translated back, because ${why.text}`,
      [
        {
          node: event.node.name,
          kind: "event",
          text: `${packetText(event)} reached the client; the question was for ${asked}`,
        },
        ...why.evidence,
      ],
      why.remedy,
    );
  },
};

const placeOf = ({ node, netns }: Translation) =>
  `${netnsName(node, netns) || "an unknown netns"} on ${node.name}`;

/** The translation of the question to the end that the answer came from. */
function translationTo({ question }: Exchange, answer: Sighting): Translation | undefined {
  const isSame = (to: Form) =>
    to.destination === answer.source && to.destinationPort === answer.sourcePort;
  return question.packets.flatMap(translationsOf).find(({ from, to }) =>
    isSame(to) && from.destination !== to.destination ||
    isSame(to) && from.destinationPort !== to.destinationPort
  );
}

function reasonOf(exchange: Exchange, stray: Judgement, translation: Translation): Reason {
  const { node, netns } = translation;
  const there = stray.steps.map(({ event }) => event)
    .filter((event) => event.node === node && event.netns === netns);
  if (there.length === 0) return wentAround(stray, translation);
  const bridged = bridgedAt(there, translation);
  if (bridged) return bridged;
  const others = exchange.answers.flatMap(({ packets }) => packets)
    .filter((packet) =>
      !isLost(packet) && translationsOf(packet).some(({ node: at }) => at === node)
    );
  const place = placeOf(translation);
  if (others.length > 0) {
    const value = sysctl(
      stateAt(node, netns, there[0]!.at),
      "net.netfilter.nf_conntrack_tcp_be_liberal",
    );
    return {
      text: `connection tracking in ${place} did not take it for a packet of the connection ` +
        "(INVALID): earlier answers of the same connection were translated back there",
      confidence: "likely",
      evidence: [
        {
          node: node.name,
          kind: "event",
          text: `${others.length} other answers were translated back in ${place}`,
        },
        ...(value === undefined ? [] : [
          stateEvidence(node, `net.netfilter.nf_conntrack_tcp_be_liberal is ${value} in ${place}`),
        ]),
      ],
      remedy: liberal(translation, there[0]!, others.map(({ steps }) => steps)),
    };
  }
  const byTc = leftByTrafficControl(there, translation);
  if (byTc) return byTc;
  return {
    text: `${place} saw it pass and left it as it was: connection tracking did not know its ` +
      "connection there",
    confidence: "likely",
    evidence: [{
      node: node.name,
      kind: "event",
      text: `${packetText(there[0]!)} passed ${place} untranslated`,
    }],
  };
}

function wentAround(stray: Judgement, translation: Translation): Reason {
  const nodes = [...new Set(stray.steps.map(({ event }) => event.node.name))];
  return {
    text: `its way led through ${nodes.join(", ")} and not through ${placeOf(translation)}`,
    confidence: "likely",
    evidence: [{
      node: nodes[0]!,
      kind: "event",
      text: `no probe saw ${packetText(stray.steps[0]!.event)} in ${placeOf(translation)}`,
    }],
  };
}

/** It came in by one port of a bridge there and left by another, and netfilter is not called. */
function bridgedAt(there: readonly Sighting[], translation: Translation): Reason | null {
  const { node, netns } = translation;
  const into = there.find(({ kind }) => kind === "device-rx");
  const out = there.find(({ kind }) => kind === "device-tx");
  if (!into || !out || into.ttl !== out.ttl) return null;
  const state = stateAt(node, netns, into.at);
  const bridgeOf = ({ ifindex, device }: Sighting) => linkOf(state, ifindex, device)?.masterIfindex;
  const bridge = bridgeOf(into);
  if (bridge === undefined || bridge !== bridgeOf(out)) return null;
  const link = linkOf(state, bridge);
  if (link?.kind === DATAPATH_KIND) return switchedBy(into, out, translation);
  const family = into.network === "ip6" ? "ip6tables" : "iptables";
  const setting = `net.bridge.bridge-nf-call-${family}`;
  const value = sysctl(state, setting);
  const own = into.network === "ip6" ? link?.bridge?.nfCallIp6tables : link?.bridge?.nfCallIptables;
  if (value === "1" || own === true) return null;
  const place = `bridge ${link?.name ?? bridge} in ${placeOf(translation)}`;
  const isRead = value !== undefined;
  return {
    text: `it was bridged, by ${place}, and bridged packets pass netfilter by there: ` +
      (isRead ? `${setting} is ${value}` : `${setting} does not exist (module br_netfilter)`),
    confidence: isRead ? "proven" : "likely",
    evidence: [
      {
        node: node.name,
        kind: "event",
        text: `${packetText(into)} came in by ${into.device} and left by ${out.device}`,
      },
      stateEvidence(
        node,
        isRead
          ? `${setting} is ${value} in ${placeOf(translation)}`
          : `${setting} was not there to read`,
      ),
    ],
    remedy: callingNetfilter(translation, { into, out, bridge: link, setting }),
  };
}

/** Open vSwitch translates what its flows send through `ct(nat)`, and nothing else. */
function switchedBy(into: Sighting, out: Sighting, translation: Translation): Reason {
  const { node, netns } = translation;
  const bridge = stateAt(node, netns, into.at)?.openvswitch?.bridges.find(({ ports }) =>
    ports.some(({ device }) => device === into.device)
  );
  return {
    text: `flows of Open vSwitch in ${placeOf(translation)} sent it on as it came: what is to be ` +
      "translated back they must send through ct(nat), in the zone of the question",
    confidence: "likely",
    evidence: [{
      node: node.name,
      kind: "event",
      text: `${packetText(into)} came in by ${into.device} and left by ${out.device}`,
    }],
    remedy: bridge &&
      commandAnywhere(["ovs-ofctl", "dump-flows", device(bridge.name), "table=0"]),
  };
}
