/** UDP: requests with none, one or several answers each; with IP ids or without. */
import { DIGEST_RANGE } from "../../src/event/digest.ts";
import { hash } from "../../src/analysis/kernel/hash.ts";
import { canCut, sendCut } from "./fragments.ts";
import type { Simulation } from "./flight.ts";
import { answerTuple, openFlow, type Plan, sendPacket, sourceFor } from "./talk.ts";
import { isSix } from "./world.ts";

export interface DatagramPlan extends Plan {
  count: number;
  intervalNs: number;
  sourcePort: number;
  port: number;
  /** All of one size, so that nothing but the IP id tells them apart. */
  payload: number;
  sameSize: boolean;
  answers: number;
  /** 0: an unconnected socket that forbids fragmentation. */
  ipId: number;
  /** After so many packets an IP id comes again. */
  idPeriod: number;
}

/** Of the packet with a number in its flow: of some flows all have the same payload, of others every second one. */
function digestOf({ sourcePort = 0 }: { sourcePort?: number }, n: number): number {
  const alike = [1, 1, 1, 1, 2, 1_000][sourcePort % 6]!;
  return Number(hash(`${sourcePort} ${Math.floor(n / alike)}`) % BigInt(DIGEST_RANGE));
}

export function datagrams(sim: Simulation, plan: DatagramPlan): void {
  const six = isSix(plan.destination);
  const source = sourceFor(plan.from, plan.destination);
  const requests = openFlow(sim, plan.from, plan.to, {
    protocol: 17,
    source,
    sourcePort: plan.sourcePort,
    destination: plan.destination,
    destinationPort: plan.port,
  }, false);
  let replies: typeof requests | null = null;
  requests.cut = canCut(sim, plan.payload);
  const send = (flow: typeof requests, at: number, n: number, ttl: number) => {
    const payload = plan.payload + (plan.sameSize ? 0 : n);
    if (flow.cut) {
      const ipId = six ? 1_000_000 + n : 1 + (plan.ipId + n) % 65_535;
      return sendCut(sim, flow, at, { payload: payload * 4, ttl, ipId, six });
    }
    return sendPacket(sim, flow, at, {
      ttl,
      sourcePort: flow.sent.sourcePort,
      destinationPort: flow.sent.destinationPort,
      payload,
      ipLength: payload + (six ? 48 : 28),
      ...(six ? {} : { ipId: plan.ipId === 0 ? 0 : (plan.ipId + n % plan.idPeriod) & 65_535 }),
      ...(six || plan.ipId === 0 ? { digest: digestOf(flow.sent, n) } : {}),
    });
  };
  for (let i = 0; i < plan.count; i++) {
    const request = send(requests, plan.startAt + i * plan.intervalNs, i, plan.ttl);
    if (request.fate !== "delivered") continue;
    for (let k = 0; k < plan.answers; k++) {
      if (!replies) {
        replies = openFlow(sim, plan.to, plan.from, answerTuple(requests), false);
        replies.answers = requests;
      }
      const at = request.endedAt + (k + 1) * 60_000;
      const reply = send(replies, at, i * plan.answers + k, 64);
      requests.answered ||= !("unsent" in reply && reply.unsent);
    }
  }
}
