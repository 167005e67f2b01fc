/**
 * The order in which rules are asked: the first that answers gives the cause. One that knows more stands
 * before one that would say less. A new rule gets one line here; that none is forgotten, a test says.
 */
import * as rules from "./folders.ts";
import type { ExchangeRule } from "./exchange_case.ts";
import type { Rule } from "./rule.ts";

/** Rules about a packet that ended badly. */
export const RULES: readonly Rule[] = [
  // Asks R100, R9, R3 and R2 itself. Of an open connection the rules of NAT are not asked again, so that it
  // is the end that is wrong, and neither the rules nor the entry that keeps to it (R85).
  rules.connectionToGone,
  // Asks R9, R3, R2, R10 and R43 itself, and knows why the packet was sent where nobody is: R50 would
  // say that the service has no endpoint.
  rules.staleEntry,
  // Knows that the rule itself is old: R50 would say that the service has no endpoint.
  rules.rulesStale,
  // A packet to a service without endpoints dies like any other: R50 asks R9, R3 and R2 itself and
  // adds the service, and R51 answers for addresses that R1 to R3 would only call unreachable.
  rules.endpointMissing,
  // Knows of the service what R51 and N3 deduce from rules.
  rules.noneReady,
  // Knows why the rule that N3 or N6 would name is there.
  rules.noneOnNode,
  // Knows that the port for which R12 misses a program is to be translated.
  rules.nodePortUntranslated,
  // Read the rules that are missing, where R51 knows of rules for others.
  rules.rulesMissing,
  // Knows that the service does not have the port, where R51 knows of rules for others that it has.
  // Wherever else it went: R1, R3 and R43 would say that of a packet that should not have gone there.
  rules.serviceUnknown,
  rules.serviceUntranslated,

  // A node drops what a tunnel wrongly brought it as another host's frame (R8) or as not to be
  // forwarded (R1).
  rules.tunnelToItself,
  rules.tunnelWrongEndpoint,
  // Has found the device with the packet's id, so that the id is not what R20 misses.
  rules.tunnelOptionsMismatch,
  rules.tunnelPrefixMismatch,
  rules.vxlanGroupPolicy,
  rules.genevePayload,
  rules.tunnelMode,
  rules.tunnelInTunnelLimit,
  rules.tunnelIdMismatch,
  // Knows which id it has, where R40 would only say what it answered.
  rules.tunnelIdRefused,
  rules.tunnelNoListener,
  rules.tunnelNoDevice,
  // A route's reason is about the tunnel's other end there: R3 would say it of the inner address.
  rules.tunnelNoWayTold,
  rules.tunnelNoWayLookedUp,
  // A tunnel device frees in the same functions what has no remote and what has no way to it.
  rules.tunnelNoEndpoint,
  rules.tunnelUntold,
  rules.tunnelUntoldUncounted,
  // Each knows a function that no other rule does.
  rules.l2tpSession,
  rules.l2tpSessionRefuses,
  // Where smaller packets arrive the other end is reachable (R23), and the loss has a reason (R42).
  rules.pathMtu,
  // Asks R9, R3, R2 and R10 of the outer packet itself.
  rules.tunnelUnreachable,
  // No way from an address that is not here, where R23 finds one to the other end.
  rules.tunnelOwnEndGone,

  // Whatever else a host does with what was not for it: the frame should not have come there.
  rules.frameToWrongNode,
  // R66 says nothing of a proxy, whose route leads elsewhere.
  rules.proxiedNeighbour,

  // Saw what the rules below deduce; where the rule was read, N2 to N6 say what it is.
  rules.toldByKernel,
  // With a full table connection tracking refuses in nf_hook_slow, which refuses for rules, too.
  rules.conntrackTableFull,
  // A connection that can't be entered dies in nf_hook_slow, too, after the rules have let it pass.
  rules.portsExhausted,
  // What connection tracking was seen to refuse, and neither of the two above explains.
  rules.notTakenIn,
  rules.conntrackClash,
  // What the output hook can't route after its translation, and what NAT sent to loopback: R5 would
  // call the second impossible, and nothing would be known of the first (N7).
  rules.routeLocalnet,
  // Knows why the rule that N6 would name was asked at all.
  rules.fragmentWithoutPorts,
  // N2 to N6 exclude each other: what sort of rule the one named rule is decides.
  rules.tunnelRefused,
  rules.serviceRefused,
  // Where no rule is left as what refused it; N5 would take the answer of IPVS for a rule's.
  rules.virtualServiceEmpty,
  rules.virtualServersTaken,
  // Its functions no other rule knows.
  rules.virtualServerNoWay,
  rules.invalidRefused,
  // Asks N5 and N6 itself, and knows which policy the rule was made of.
  rules.byPolicy,
  // Asks N6 itself, and knows that the packet should not have been for this host.
  rules.refusedOnTranslator,
  rules.rejected,
  rules.dropped,
  rules.heldByProgram,
  // Only where no rule is left as what refused it, of which the next one would say that it can't be told.
  rules.rerouted,
  // Only when no single rule could be named.
  rules.refused,

  // Open vSwitch's own functions and reasons. That a device is not ready is about another one than
  // the packet is on: R10 would ask that one.
  // Name the flow, or the port, that the rules below would only say that there is one.
  rules.openvswitchFlow,
  rules.openvswitchHandedUp,
  // Knows that the device which is down is not whom the packet was for.
  rules.openvswitchSentAside,
  rules.openvswitchPortDown,
  rules.openvswitchDropped,
  rules.openvswitchPort,
  rules.openvswitchUpcall,
  // What is too large for a port is freed by one of its functions.
  rules.openvswitchPortTooSmall,
  rules.openvswitchRefused,

  // Knows why the frame went out by the device below, where it came to others (R8) or to nobody (R42).
  rules.macvlanHairpin,
  // Only for a frame that is addressed to the device, which R8 says nothing of.
  rules.vlanUnknown,
  rules.secondTagUnknown,
  // Asks R100, R9, R3 and R2 itself, and knows who it was that is there no more.
  rules.destinationGone,
  // Asks R1 and R2 itself, and knows that the host had the address.
  rules.addressRemoved,
  rules.macOfNobody,
  // Knows why the bridge sent it to no port.
  rules.macOfBridge,
  // Knows the device on top that has the frame's MAC, and why it does not take it.
  rules.macvlanRefuses,
  rules.portHasOtherMac,
  // Knows why the frame has that address, where R8 and R11 only say that it has.
  rules.frameToItself,
  rules.macMismatch,
  // Each says what the function of its frees means, and no other rule knows that one.
  rules.bondPortInactive,
  rules.vlanDeviceDown,
  rules.teamWithoutPort,
  rules.fragmentMemoryFull,
  // Over a device without carrier nobody can be asked for a link address (R9).
  rules.linkDown,
  // Asks R9 itself, and knows that the address is in another network.
  rules.addressOverlap,
  // Knows why the one that R9 and R41 would name can't answer.
  rules.macvlanIsolation,
  rules.macsecQuestionRefused,
  rules.neighbourUnresolved,
  // Knows that the frame was for the bridge itself, where R11 asks by which port it had to leave.
  rules.bridgesOwnVlan,
  // Its function asks for the VLAN alone, so that nothing else of the port is to blame.
  rules.vlanStateBlocked,
  rules.bridgePort,
  // Asks what is left where all ports let it pass by both readings.
  rules.spanningTree,

  // These hold only where R1 does, or R107, and know why the packet came to a host that has not its address.
  rules.rangeTakenOver,
  rules.ipvlanDown,
  rules.sentToWrongHost,
  // A host that got back what it had sent is none that should forward (R1).
  rules.sentBack,
  // Where forwarding is off the kernel refuses, whatever the tables (R2, R3) answer.
  rules.forwardingDisabled,
  rules.localRouteGone,
  rules.directedBroadcast,
  // IPv6 gives the reason "no route" (R3) also for a route that refuses.
  rules.routeRefuses,
  rules.intoDummy,
  // Asks R3 itself, and knows where the route should have come from.
  rules.advertisementIgnored,
  rules.ipv6Disabled,
  // What came with a label no table of routes was asked about.
  rules.mplsInputDisabled,
  rules.mplsLabelUnknown,
  rules.noRoute,
  rules.reversePathFilter,
  rules.reversePathUntold,
  rules.martian,
  // IPv6 frees in ip6_forward both where forwarding is off (R1) and when the hop limit ran out.
  rules.timeToLive,

  // Functions that check sizes free for other reasons, too, which are asked for above.
  rules.mtuExceeded,

  // Knows the one rule whose packets forwarding frees without a reason; what else it frees so is above,
  // what is too large, too.
  rules.tproxyNotRouted,

  // Asks R30 itself, and knows which policy Cilium's program speaks for.
  rules.ciliumPolicy,
  // Each has a function that no other of these has.
  rules.noPeerForDestination,
  rules.wireguardNoEndpoint,
  rules.macsecUnsent,
  rules.sourceNotAllowed,
  rules.ipvlanPrivate,

  rules.netkit,
  rules.trafficControl,
  rules.trafficControlUntold,
  rules.xdp,
  // Saw what R32 deduces, which takes a drop for want of room where a queue has filters, too.
  rules.refusedByFilter,
  rules.queueOverflow,
  rules.queueUntold,
  rules.ringFull,

  // Asks R12 itself, and knows that the packet was for a pod elsewhere.
  rules.podElsewhere,
  // Older kernels ask the policies before they look for who listens, and free in the same functions.
  rules.ipsecUntold,
  // So is the checksum, and it, too, is checked before.
  rules.checksumUntold,
  // Knows that it was no client of this host who asked.
  rules.replyToTranslator,
  rules.replyFromOtherPort,
  // Each names a reason, or a function, that no other of these has.
  rules.noListener,
  rules.receiveBufferFull,
  // The kernel's counter knows more than that a queue is full.
  rules.receiveBufferCounted,
  rules.queueReadFull,
  rules.listenOverflow,
  rules.checksumInvalid,
  rules.tcpSignatureInvalid,
  rules.protocolUnknown,
  rules.socketFilter,
  rules.socketFilterUntold,
  // The kernel says of a way that it can not make that a policy refused.
  rules.ipsecEndUnreachable,
  rules.ipsecDeviceDown,
  rules.ipsecPolicy,
  // Knows which policy is missing, where R112 knows what was counted.
  rules.vtiWithoutPolicy,
  rules.ipsecReceiver,
  // Its function no other rule knows.
  rules.deviceWithoutPolicy,
  // Where a route discards R2 says so.
  rules.ipsecStateless,
  rules.backlogOverflow,

  // Without a drop. A router's own word says more than that the packet left (R43) or was lost (R42).
  rules.errorFromOutside,
  rules.waitingForNeighbour,
  // Knows that it did not leave for the host that it is for.
  rules.floodedPast,
  rules.byWrongPort,
  rules.lostBetween,
  // Asks for a packet that stayed in the datapath, of which no other of these speaks.
  rules.openvswitchUnseen,
  // Each asks for what a device was handed that encrypts, which no other of these speaks of.
  rules.macsecRefused,
  rules.wireguardNoHandshake,
  // Asks for what a policy of IPsec takes, which no device is handed.
  rules.ipsecFarEnd,
  rules.ipsecBeneathTunnel,
  rules.leftObserved,

  // Echo requests that a setting keeps from being answered: IPv6 makes no lookup for an answer then,
  // so that a failed one (R45) is not about them.
  rules.echoIgnored6,
  rules.broadcastEchoIgnored,
  // A drop that IPv6 gives no reason for: only where nothing above explains it.
  rules.echoNotAnswered,
  // Answers for every drop.
  rules.unexplained,
];

/** Rules about a packet whose last free is one that mostly loses nobody's packet. */
export const ROUTINE_RULES: readonly Rule[] = [
  rules.openvswitchUnseen,
  // Names no flow: only where the one above has none.
  rules.openvswitchDoneUntold,
  rules.openvswitchUpcallUnanswered,
];

/** Rules about a request that arrived and was never answered. */
export const UNANSWERED_RULES: readonly Rule[] = [
  // The kernel that ignores echo requests makes no lookup for an answer: a failed one is another's.
  rules.echoIgnored,
  // A lookup that was seen to fail is proof; a full queue is a deduction.
  rules.answerHasNoRoute,
  rules.answerHeldByProgram,
  rules.acceptQueueFull,
  rules.requestsDropped,
];

/** Rules about a question and its answer. All are asked; the first that finds something is the cause. */
export const EXCHANGE_RULES: readonly ExchangeRule[] = [
  // Two hosts answer for one address: whatever came of the question came of that.
  rules.addressDuplicate,
  // An answer from the wrong end: from where the question was translated to, else from elsewhere.
  rules.replyNotTranslated,
  rules.replyFromOtherAddress,
  // Before the reset that a host makes because it knows no connection from the new port.
  rules.portChanged,
  // Before that reset, too: of a server that the connection was not with before.
  rules.endpointChanged,
  // Asks R240 itself, and tells why the host that R92 would name never had the connection.
  rules.otherHolder,
  // Before the reset as well: the server's program never had the connection.
  rules.answeredOnTheWay,
  // Knows why the program that was silent was asked at all.
  rules.staleEntryUnanswered,
  rules.applicationReset,
  rules.associationRefused,
  rules.applicationSilent,
  // Findings beside what the packets died of.
  rules.shaped,
  rules.asymmetricPath,
];
