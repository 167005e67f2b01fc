/** A vxlan that writes the group of a policy into its header, to one that does not know what that is. */
import { givesReason } from "../../kernel/free_reason.ts";
import { isRefusedVxlanHeader } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

/** It writes the packet's mark there, and nothing where that is 0: then the same two devices get on. */
export const vxlanGroupPolicy: Rule = {
  id: "R194",
  title: "Group policy of a vxlan",
  statement:
    "Freed where vxlan refuses a header, the sender's device has `gbp`, and those of the receiver's node with that " +
    "VNI do not: `tunnel-options-mismatch`, proven where the kernel says that the header is invalid, else likely.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node } = subject;
    if (!isRefusedVxlanHeader(event)) return null;
    const outer = event.tunnelKind ? event : lastOuter(subject);
    if (outer?.tunnelKind !== "vxlan") return null;
    const way = encapsulation(subject);
    if (!way?.at || !way.link?.tunnel?.options?.includes("gbp")) return null;
    const here = tunnelsOf(subject, "vxlan").filter(({ link: { tunnel } }) =>
      tunnel!.external || tunnel!.id === outer.tunnelId
    );
    const [own] = here;
    if (!own || here.some(({ link }) => link.tunnel!.options?.includes("gbp"))) return null;
    const { at, link } = way;
    const where = placeOf(node, own.netns, own.link.name);
    return cause(
      "tunnel-options-mismatch",
      givesReason(event) ? "proven" : "likely",
      `${
        placeOf(at.node, at.netns, link.name)
      } writes the packet's mark into the header (gbp), and ${where} ` +
        "takes no such header",
      [
        eventEvidence(subject),
        stateEvidence(at.node, `${link.name} has gbp`),
        stateEvidence(node, `${own.link.name} has no gbp`),
      ],
      [
        ...command(at.node, at.netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
        ...command(node, own.netns, ["ip", "-d", "link", "show", "dev", device(own.link.name)]),
      ],
    );
  },
};
