/** Nothing is called healed of which packets still die: promise 1, for problems. */
import type { Problem, Report } from "../../src/event/report.ts";
import { NAMES, type Violation } from "./match.ts";
import type { Scenario } from "./scenario.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";

/** A death so close to the end, ns, may not have been told yet. */
const END_NS = 2e9;

/** [S13] After the last packet of a kind that died at a healed problem's place, one of the kind arrived. */
export function checkHealed(scenario: Scenario, report: Report): Violation[] {
  return report.problems.filter(({ state }) => state === "healed").flatMap((problem) => {
    const kind = scenario.flows.filter((flow) => isOfKind(flow, problem))
      .flatMap(({ packets }) => packets);
    const dead = kind.filter((packet) => diedAt(packet, problem))
      .filter(({ endedAt }) => endedAt < scenario.endAt - END_NS);
    const arrived = kind.filter(({ fate }) => fate === "delivered");
    const last = (packets: TruePacket[]) => Math.max(...packets.map(({ endedAt }) => endedAt));
    if (dead.length === 0 || last(arrived) > last(dead)) return [];
    // Of what was cut one piece died, and those after it made a segment whole that was sent before.
    if (kind.some(({ pieced, endedAt }) => pieced && endedAt >= last(dead))) return [];
    const { outcome, cause, to, lastHop } = problem;
    const text =
      `${outcome} ${cause?.code} to ${to.address} at ${lastHop.node} ${lastHop.netns}: ` +
      `called healed, and nothing arrived after the last that died`;
    return [{ check: "healed", text }];
  });
}

function isOfKind(flow: TrueFlow, { protocol, direction, to }: Problem): boolean {
  const asked = direction === "answer" ? flow.answers : flow;
  return asked !== undefined && NAMES[asked.protocol] === protocol &&
    asked.sent.destination === to.address &&
    (to.port === undefined || asked.sent.destinationPort === to.port);
}

/** What is lost behind a device is another problem than what its node drops. */
const FATES: Partial<Record<Problem["outcome"], TruePacket["fate"]>> = {
  dropped: "dropped",
  vanished: "lost",
};

const diedAt = ({ fate, place }: TruePacket, { lastHop, outcome }: Problem): boolean =>
  fate !== "delivered" && fate === (FATES[outcome] ?? fate) && place !== undefined &&
  place.netns.node.name === lastHop.node &&
  place.netns.name === lastHop.netns;
