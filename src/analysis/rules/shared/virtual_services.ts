/** Services of IPVS, which takes packets in netfilter's hooks and shows in no ruleset. */
import type { NetnsState, VirtualService } from "../../../event/state.ts";
import { findingOf } from "../../netfilter/choose.ts";
import type { Case } from "../case.ts";
import { protocolName } from "./protocol_name.ts";

/** The service that takes the packet by its destination; one with a firewall mark may do so, too. */
export function virtualServiceFor(subject: Case, state: NetnsState): VirtualService | undefined {
  const { destination, destinationPort } = subject.event;
  return state.ipvs?.find((service) =>
    service.protocol === protocolName(subject) && service.address === destination &&
    service.port === destinationPort
  );
}

/** Nothing that was read refuses any packet, and IPVS has a service that this one may be for. */
export function onlyVirtualServiceRefuses(subject: Case): boolean {
  const { suspects, others, unread, cut } = findingOf(subject);
  if (suspects.length > 0 || others.length > 0 || unread !== null || cut) return false;
  return [subject.before, subject.after].some((state) =>
    state?.ipvs?.some(({ mark }) => mark !== undefined) ||
    (state && virtualServiceFor(subject, state) !== undefined)
  );
}
