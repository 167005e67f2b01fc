/** Packets that go to an end that was there, and has gone while it was watched. */
import type { Cause } from "../../../event/report.ts";
import { isConnectRequest, TCP } from "../../kernel/protocols.ts";
import type { Case } from "../case.ts";
import { macOfNobody } from "../destination-mac-mismatch/mac_of_nobody.ts";
import { eventEvidence } from "../evidence.ts";
import { neighbourUnresolved } from "../neighbour-unresolved/unresolved.ts";
import { noRoute } from "../no-route/no_route.ts";
import { routeRefuses } from "../route-blackhole/route_refuses.ts";
import { cause, type Rule } from "../rule.ts";
import { lookAt } from "../shared/checked.ts";
import { deletedPod } from "./deleted_pod.ts";
import { staleEntryOf } from "../stale-conntrack-entry/stale_entry.ts";
import { goneEnd } from "./gone.ts";

/** How a packet dies whose end is not there any more. */
const MISSED: readonly Rule[] = [macOfNobody, neighbourUnresolved, noRoute, routeRefuses];

/** Of a packet it is not known which end asked. */
const WHAT_NOW =
  "a client has to connect anew, where it does not notice by itself; an answer to a client that is gone " +
  "is missed by nobody";

/**
 * An open connection stays to an end that is gone.
 *
 * What else looks like it: a pod that is being ended and still answers (its device is there); a namespace
 * that the probe does not find any more and that lives, held by a descriptor or moved out of sight (what
 * comes to it is seen there all the same, and so nothing died); a device that was moved to another
 * namespace (that one has the address then); the address given to another pod (that one has it, and the
 * frame has an old MAC: R8); a neighbour entry that fails while the host is there (R9: nothing tells that
 * the device went); a restarted probe, which has other readings but none without the device.
 */
export const connectionToGone: Rule = {
  id: "R167",
  title: "A connection to an end that is gone",
  statement:
    "`destination-gone`. A packet of a TCP connection, not one that asks for it, died where its end is not " +
    "there (R100, R9, R3, R2), a device of the same node had its destination by a reading, each that had it " +
    "is known to be gone by then (O4), and no other probed device has the address. With whose it was, by " +
    "when it was gone, and where rules of NAT lead who connects anew.",
  yields: ["destination-gone"],
  judge(subject) {
    const { event } = subject;
    if (event.protocol !== TCP || isConnectRequest(event)) return null;
    return judgeGone(subject);
  },
};

/** A question to an end that is gone. Why it was asked, rules about services may know better. */
export const destinationGone: Rule = {
  id: "R168",
  title: "A destination that is gone",
  statement:
    "`destination-gone`: as R167, of packets that are of no TCP connection, or ask for one.",
  yields: ["destination-gone"],
  judge: judgeGone,
};

function judgeGone(subject: Case): Omit<Cause, "rule"> | null {
  const { event, judgement } = subject;
  const why = MISSED.map((rule) => rule.judge(subject)).find((found) => found !== null);
  const gone = why && goneEnd(subject);
  if (!why || !gone) return null;
  const isOpen = event.protocol === TCP && !isConnectRequest(event);
  const anew = staleEntryOf(judgement);
  const deleted = deletedPod(subject, gone.address);
  const told = gone.holder.pod === undefined && deleted ? `; it was pod ${deleted.name}'s` : "";
  const held = isOpen ? ", and the connection stays to it" : "";
  return cause(
    "destination-gone",
    why.confidence,
    `${gone.who} had ${gone.address} and is gone, since ${gone.since} at the latest${held}${told}: ` +
      why.sentence,
    [
      eventEvidence(subject),
      ...gone.evidence,
      ...anew?.evidence ?? [],
      ...deleted?.evidence ?? [],
      ...why.evidence.slice(1),
    ],
    [
      ...(isOpen ? lookAt(WHAT_NOW) : []),
      ...anew?.remedy ?? [],
    ],
  );
}
