/** A fragment for which the host had no memory left. */
import { isUnqueuedFragment } from "../../kernel/sizes.ts";
import { netnsName } from "../../view/netns_names.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";

/**
 * The kernel frees in the same function a fragment that does not fit those it has, which compilers put
 * there: so it is likely where the memory was read to be full after it, and nothing is said where not.
 */
export const fragmentMemoryFull: Rule = {
  id: "R188",
  title: "No memory for fragments",
  statement:
    "A fragment was freed without a reason where the kernel looks for the packet that it belongs to, and in " +
    "the reading after it, or before where there is none, fragments that wait take more memory than they may: " +
    "`fragment-memory-full`, likely.",
  yields: ["fragment-memory-full"],
  judge(subject) {
    const { event, node, netns, before, after } = subject;
    if (!isUnqueuedFragment(event)) return null;
    const family = event.network === "ip6" ? 6 : 4;
    const full = (after ?? before)?.fragments?.find((each) => each.family === family);
    if (!full) return null;
    const setting = family === 6 ? "net.ipv6.ip6frag_high_thresh" : "net.ipv4.ipfrag_high_thresh";
    return cause(
      "fragment-memory-full",
      "likely",
      `${netnsName(node, netns)} on ${node.name} has no memory left for fragments at ${
        place(subject)
      }`,
      [
        eventEvidence(subject),
        stateEvidence(
          node,
          `fragments that wait take ${full.bytes} bytes; ${setting} is ${full.limit}`,
        ),
      ],
      command(node, netns, ["sysctl", setting]),
    );
  },
};
