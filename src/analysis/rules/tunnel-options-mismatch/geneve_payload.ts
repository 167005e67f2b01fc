/** A geneve that carries packets without frames, to one that takes frames alone. */
import { isRefusedByGeneve } from "../../kernel/tunnels.ts";
import { command } from "../command.ts";
import { eventEvidence, placeOf, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { encapsulation, lastOuter } from "../shared/encapsulation.ts";
import { tunnelsOf } from "../shared/tunnel_devices.ts";
import { device } from "../word.ts";

/** What a device of geneve is made with that carries IP itself; its packets say so in their header. */
const INHERITS = "inner_proto_inherit";

/** As `geneve_udp_encap_recv` compares them (Linux 5.18 to 7.2); one that inherits takes frames, too. */
export const genevePayload: Rule = {
  id: "R196",
  title: "Packets without frames in geneve",
  statement:
    "Freed without a reason by the receiver of geneve, the sender's device has `innerprotoinherit`, and the only " +
    "one of the receiver's node with that id does not: `tunnel-options-mismatch`, proven.",
  yields: ["tunnel-options-mismatch"],
  judge(subject) {
    const { event, node } = subject;
    if (!isRefusedByGeneve(event)) return null;
    const outer = event.tunnelKind ? event : lastOuter(subject);
    if (outer?.tunnelKind !== "geneve") return null;
    const way = encapsulation(subject);
    if (!way?.at || !way.link?.tunnel?.options?.includes(INHERITS)) return null;
    const here = tunnelsOf(subject, "geneve").filter(({ link: { tunnel } }) =>
      tunnel!.external || tunnel!.id === outer.tunnelId
    );
    const [own] = here;
    if (!own || here.length > 1 || own.link.tunnel!.options?.includes(INHERITS)) return null;
    const { at, link } = way;
    return cause(
      "tunnel-options-mismatch",
      "proven",
      `${
        placeOf(at.node, at.netns, link.name)
      } sends packets without frames (innerprotoinherit), ` +
        `and ${placeOf(node, own.netns, own.link.name)} takes frames alone`,
      [
        eventEvidence(subject),
        stateEvidence(at.node, `${link.name} has innerprotoinherit`),
        stateEvidence(node, `${own.link.name} has no innerprotoinherit`),
      ],
      [
        ...command(at.node, at.netns, ["ip", "-d", "link", "show", "dev", device(link.name)]),
        ...command(node, own.netns, ["ip", "-d", "link", "show", "dev", device(own.link.name)]),
      ],
    );
  },
};
