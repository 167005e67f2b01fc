/** Which refusals can be what freed the packet, by the function that freed it. */
import {
  isGivenBack,
  isInHookWalk,
  isInLegacyTable,
  isInNft,
  isInProgramQueue,
  nftFreesItself,
} from "../kernel/netfilter.ts";
import type { Case } from "../rules/case.ts";
import type { Candidate } from "./walk.ts";

/** Whether a refusal there would be freed in the function that the event names. */
export function canFree({ verdict, base: { legacy } }: Candidate, { event, node }: Case): boolean {
  if (isGivenBack(event)) return true;
  if (isInProgramQueue(event)) return verdict.do === "queue" || verdict.do === "unknown";
  if (verdict.do === "queue") return false;
  if (isInNft(event)) return legacy !== true;
  if (isInLegacyTable(event)) return legacy !== false;
  if (isInHookWalk(event) && nftFreesItself(node.header.kernel)) return legacy !== false;
  return true;
}
