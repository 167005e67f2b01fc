/** A wrong checksum, on a kernel that only counts it. */
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { countedRefusal } from "../shared/refused_counters.ts";

/**
 * The same functions free what no socket takes, what its filter refuses and what a policy of IPsec does, and
 * count nothing of these as a wrong checksum. Another packet may have been the one that was counted.
 */
export const checksumUntold: Rule = {
  id: "R183",
  title: "A wrong checksum, where the kernel gives no reason",
  statement:
    "Freed, on a kernel without reasons, in a function that checks a sum, and the kernel's counter of wrong " +
    "ones there (`UdpInCsumErrors` and its kin) rose between the readings before and after, while nothing " +
    "else was counted there: `checksum-invalid`, likely.",
  yields: ["checksum-invalid"],
  judge(subject) {
    const refusal = countedRefusal(subject);
    if (refusal?.kind !== "checksum") return null;
    const { counter, packets } = refusal;
    const which = counter.startsWith("IpExt") ? "IP header" : "transport";
    return cause(
      "checksum-invalid",
      "likely",
      `the ${which} checksum is wrong at ${place(subject)}`,
      [eventEvidence(subject), stateEvidence(subject.node, `${counter} rose by ${packets}`)],
    );
  },
};
