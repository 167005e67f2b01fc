/** What `rp_filter` refuses by the tables, on a kernel that does not say that it did. */
import { isUntoldRefusalOnArrival } from "../../kernel/routing.ts";
import { wireDestination, wireSource } from "../evidence.ts";
import type { Rule } from "../rule.ts";
import { ofWayBack } from "./reverse_path.ts";
import { marksCount, refusedWayBack } from "./way_back.ts";

/** The source is none of another host's: the kernel refuses it whatever `rp_filter` says. */
const MARTIAN = new Set(["local", "broadcast", "multicast", "anycast"]);

/** The function frees martians, too, so the tables decide. */
export const reversePathUntold: Rule = {
  id: "R181",
  statement:
    "Freed, on a kernel without reasons, where IPv4 looks up the way of what was received, and `rp_filter` " +
    "refuses its source by the settings and tables as read, without a doubt, while the source is no address " +
    "of this host, and no mark counts (`src_valid_mark`): the answer of R4, likely.",
  yields: ["reverse-path-filter"],
  judge(subject) {
    const { event, before, device } = subject;
    if (!before || device === undefined || !isUntoldRefusalOnArrival(event)) return null;
    // A mark that counts is not seen.
    if (marksCount(before, device)) return null;
    const packet = { source: wireSource(event), destination: wireDestination(event) };
    const refused = refusedWayBack(before, device, packet);
    if (refused === null || MARTIAN.has(refused.route?.type ?? "")) return null;
    return { ...ofWayBack(subject), confidence: "likely" };
  },
};
