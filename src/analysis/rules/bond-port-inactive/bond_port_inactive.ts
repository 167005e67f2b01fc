/** What came by a link that its bond does not hold active. */
import { isTakenByNoProtocol } from "../../kernel/refusing_devices.ts";
import { linkOf } from "../../view/state_view.ts";
import { command } from "../command.ts";
import { eventEvidence, place, stateEvidence } from "../evidence.ts";
import { cause, type Rule } from "../rule.ts";
import { device } from "../word.ts";

/**
 * The bond lets only programs that asked for that very device have such a packet (`bond_handle_frame`).
 *
 * What else looks like it: an active link with a failover between the readings, of which nothing is said.
 */
export const bondPortInactive: Rule = {
  id: "R186",
  title: "A link that its bond does not hold active",
  statement:
    "A packet of IP was taken by no protocol where the stack receives, at a port of a bond that is its " +
    "backup in the readings before and after: `bond-port-inactive`, proven.",
  yields: ["bond-port-inactive"],
  judge(subject) {
    const { event, node, netns, ifindex } = subject;
    if (!isTakenByNoProtocol(event) || ifindex === undefined) return null;
    const read = [subject.before, subject.after].flatMap((state) => {
      const link = state && linkOf(state, ifindex);
      return link ? [{ state, link }] : [];
    });
    const [first] = read;
    if (!first || read.some(({ link }) => link.bondPort?.state !== "BACKUP")) return null;
    const { state, link } = first;
    const bond = state.links.find((other) => other.ifindex === link.masterIfindex);
    if (!bond) return null;
    const active = state.links.filter((other) =>
      other.masterIfindex === bond.ifindex && other.bondPort?.state === "ACTIVE"
    ).map(({ name }) => name);
    const held = active.length > 0
      ? `it holds ${active.join(", ")} active`
      : "it holds none active";
    return cause(
      "bond-port-inactive",
      "proven",
      `${bond.name} takes nothing that comes by ${place(subject)}, its backup: ${held}`,
      [
        eventEvidence(subject),
        stateEvidence(node, `${link.name} is a port of ${bond.name}, state BACKUP; ${held}`),
      ],
      command(node, netns, ["ip", "-d", "link", "show", "master", device(bond.name)]),
    );
  },
};
