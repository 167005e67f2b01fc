/** ping: requests at an interval, each answered by the other stack. */
import type { Simulation } from "./flight.ts";
import { answerTuple, openFlow, type Plan, sendPacket, sourceFor } from "./talk.ts";
import { isSix } from "./world.ts";

export interface EchoPlan extends Plan {
  count: number;
  intervalNs: number;
  id: number;
  payload: number;
  /** `icmp_echo_ignore_all`. */
  ignored: boolean;
  ipId: number;
}

export function echo(sim: Simulation, plan: EchoPlan): void {
  const six = isSix(plan.destination);
  const source = sourceFor(plan.from, plan.destination);
  const requests = openFlow(
    sim,
    plan.from,
    plan.to,
    {
      protocol: six ? 58 : 1,
      source,
      sourcePort: plan.id,
      destination: plan.destination,
      destinationPort: 0,
    },
    true,
    plan.id,
  );
  let replies: typeof requests | null = null;
  for (let i = 0; i < plan.count; i++) {
    const fields = (type: number, ipId: number, ttl: number) => ({
      ttl,
      ipLength: plan.payload + (six ? 48 : 28),
      payload: plan.payload,
      icmpType: type,
      icmpCode: 0,
      icmpId: plan.id,
      icmpSequence: i + 1,
      ...(six ? {} : { ipId: ipId & 65_535 }),
    });
    const at = plan.startAt + i * plan.intervalNs;
    const request = sendPacket(sim, requests, at, fields(six ? 128 : 8, plan.ipId + i, plan.ttl));
    if (request.fate !== "delivered" || plan.ignored) continue;
    replies ??= openFlow(sim, plan.to, plan.from, answerTuple(requests), false, plan.id);
    replies.answers = requests;
    const answer = fields(six ? 129 : 0, plan.ipId + 7000 + i, 64);
    const sender = request.takenBy!;
    const reply = sendPacket(sim, replies, request.endedAt + 20_000, answer, { sender });
    requests.answered ||= !reply.unsent;
  }
}
