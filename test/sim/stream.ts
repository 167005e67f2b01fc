/** TCP as far as packets show it: handshake, data, acknowledgements, retransmissions, FIN. */
import type { Simulation } from "./flight.ts";
import { receiveMerged } from "./merge.ts";
import { answerTuple, openFlow, type Plan, type Sending, sendPacket, sourceFor } from "./talk.ts";
import type { TrueFlow, TruePacket } from "./truth.ts";
import { isSix } from "./world.ts";

export interface StreamPlan extends Plan {
  sourcePort: number;
  port: number;
  /** Bytes of each write, client's and server's in turns. */
  writes: number[];
  sequence: number;
  ipId: number;
  gso: boolean;
  /** The port is closed: the other stack answers with a reset. */
  closed: boolean;
}

const [FIN, SYN, RST, PSH, ACK] = [1, 2, 4, 8, 16];
const SEGMENT = 1400;
const TRIES = 3;
const RETRY_NS = 210_000_000;

/** What became of data that was written at once. */
type Sent = Pick<TruePacket, "fate" | "endedAt" | "codes" | "place">;

interface Side {
  flow: TrueFlow;
  sequence: number;
  ipId: number;
}

export function stream(sim: Simulation, plan: StreamPlan): void {
  new Stream(sim, plan).run();
}

class Stream {
  readonly #client: Side;
  #server: Side | null = null;
  #now: number;
  readonly #six: boolean;
  /** Sequence numbers of segments sent apart that have been received. */
  readonly #arrived = new Set<number>();

  constructor(readonly sim: Simulation, readonly plan: StreamPlan) {
    this.#six = isSix(plan.destination);
    this.#now = plan.startAt;
    const flow = openFlow(sim, plan.from, plan.to, {
      protocol: 6,
      source: sourceFor(plan.from, plan.destination),
      sourcePort: plan.sourcePort,
      destination: plan.destination,
      destinationPort: plan.port,
    }, true);
    this.#client = { flow, sequence: plan.sequence, ipId: plan.ipId };
  }

  run(): void {
    if (!this.#open()) return;
    const [client, server] = [this.#client, this.#server!];
    for (const [i, bytes] of this.plan.writes.entries()) {
      const from = i % 2 === 0 ? client : server;
      if (!this.#write(from, from === client ? server : client, bytes)) return;
    }
    if (!this.#write(client, server, 0, FIN)) return;
    this.#write(server, client, 0, FIN);
  }

  /** The three-way handshake, each step tried until it arrives. */
  #open(): boolean {
    const { sim, plan } = this;
    const client = this.#client;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const syn = this.#send(client, 0, 0, SYN, plan.ttl);
      this.#now = Math.max(this.#now + RETRY_NS * (attempt + 1), syn.endedAt);
      if (plan.closed && syn.codes.includes("no-listener")) {
        this.#answerWith(RST | ACK, syn.place!.netns);
        return false;
      }
      if (syn.fate !== "delivered") continue;
      this.#recover(client);
      this.#now = syn.endedAt + 15_000;
      client.sequence = (plan.sequence + 1) >>> 0;
      const answer = this.#answerWith(SYN | ACK);
      if (answer.fate !== "delivered") {
        this.#isReset(client, answer);
        client.sequence = plan.sequence;
        this.#now += RETRY_NS * (attempt + 1);
        continue;
      }
      this.#recover(this.#server!);
      this.#server!.sequence = (this.#server!.sequence + 1) >>> 0;
      this.#now = answer.endedAt + 10_000;
      this.#send(client, 0, this.#server!.sequence, ACK);
      return true;
    }
    return sim.endAt < 0;
  }

  /** `sender` is another host than the server's where that got the question. */
  #answerWith(flags: number, sender = this.plan.to): TruePacket {
    const flow = this.#client.flow;
    if (!this.#server) {
      const back = openFlow(this.sim, this.plan.to, this.plan.from, answerTuple(flow), false);
      back.answers = flow;
      this.#server = { flow: back, sequence: (this.plan.sequence * 3) >>> 0, ipId: 0 };
    }
    // The kernel answers a SYN before there is a socket that could count IP ids.
    this.#server.ipId = 0;
    const how = { sender };
    const packet = this.#send(this.#server, 0, (this.plan.sequence + 1) >>> 0, flags, 64, how);
    this.#server.ipId = (this.plan.ipId + 9000) & 65_535;
    flow.answered ||= !packet.unsent;
    return packet;
  }

  /** Writes until acknowledged; false when the connection is given up. */
  #write(from: Side, to: Side, bytes: number, flag = 0): boolean {
    let arrived = false;
    const first = from.flow.packets.length;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const flags = ACK | (bytes ? PSH : 0) | flag;
      const isApart = this.sim.extras.merges && !this.plan.gso && bytes > SEGMENT;
      const data = isApart
        ? this.#sendApart(from, bytes, to.sequence, flags)
        : this.#send(from, bytes, to.sequence, flags, 64, { duplicate: arrived });
      const wake = this.#now + RETRY_NS * (attempt + 1);
      this.#now = wake;
      if (this.#isReset(to, data)) return false;
      if (data.fate !== "delivered") {
        this.#notePieced(from, from.flow.packets.slice(first), bytes);
        continue;
      }
      if (!arrived) this.#recover(from);
      arrived = true;
      this.#now = data.endedAt + 20_000;
      const next = (from.sequence + bytes + (flag ? 1 : 0)) >>> 0;
      const acknowledged = this.#send(to, 0, next, ACK);
      if (acknowledged.fate === "delivered") {
        this.#recover(to);
        from.sequence = next;
        this.#now = acknowledged.endedAt + 10_000;
        return true;
      }
      if (this.#isReset(from, acknowledged)) return false;
      this.#now = Math.max(wake, acknowledged.endedAt);
    }
    return false;
  }

  /**
   * Each attempt lost another piece, and together they came whole. A kernel would acknowledge that; here the
   * sender goes on, and whoever judges may say that it arrived.
   */
  #notePieced({ sequence }: Side, attempts: readonly TruePacket[], bytes: number): void {
    const took = new Set(attempts.flatMap((packet) => [...packet.took ?? []]));
    for (let at = 0; at < bytes; at += SEGMENT) if (!took.has((sequence + at) >>> 0)) return;
    for (const packet of attempts) packet.pieced = true;
  }

  /**
   * Another host that has the address got the segment, and resets the connection, which it does not
   * know. Whether the sender heard that: it gives up. `side` is the end that was meant.
   */
  #isReset(side: Side, { codes, place, endedAt }: Sent): boolean {
    if (!codes.includes("address-duplicate")) return false;
    const now = this.#now;
    this.#now = endedAt + 5000;
    const ipId = side.ipId;
    side.ipId = 0;
    const reset = this.#send(side, 0, 0, RST, 64, { sender: place!.netns });
    side.ipId = ipId;
    this.#now = now;
    return reset.fate === "delivered";
  }

  /** In segments, which the first receiver puts together; delivered when all of it has arrived. */
  #sendApart(side: Side, bytes: number, acknowledgement: number, flags: number): Sent {
    const { sim } = this;
    const { sequence } = side;
    const segments: TruePacket[] = [];
    sim.merging = sim.world.oneKernel ? null : [];
    for (let offset = 0; offset < bytes; offset += SEGMENT) {
      side.sequence = (sequence + offset) >>> 0;
      const length = Math.min(SEGMENT, bytes - offset);
      const duplicate = this.#arrived.has(side.sequence);
      segments.push(this.#send(side, length, acknowledgement, flags, 64, { duplicate }));
    }
    side.sequence = sequence;
    const merging = sim.merging ?? [];
    sim.merging = null;
    receiveMerged(merging);
    segments.forEach(({ fate }, i) => {
      if (fate === "delivered") this.#arrived.add((sequence + i * SEGMENT) >>> 0);
    });
    const all = segments.every(({ fate }) => fate === "delivered");
    const endedAt = Math.max(...segments.map((segment) => segment.endedAt));
    const { codes, place } = segments.find(({ fate }) => fate === "dropped") ?? segments[0]!;
    return { fate: all ? "delivered" : "lost", endedAt, codes, place };
  }

  /** What was lost before a delivery was made good by it. */
  #recover(side: Side): void {
    const packets = side.flow.packets;
    const last = packets.at(-1)!;
    for (const packet of packets) if (packet !== last) packet.recovered = true;
  }

  #send(
    side: Side,
    payload: number,
    acknowledgement: number,
    flags: number,
    ttl = 64,
    how: Sending = {},
  ): TruePacket {
    const header = this.#six ? 60 : 40;
    const segments = Math.ceil(payload / SEGMENT);
    const gso = segments > 1 && this.plan.gso;
    const step = gso ? segments : 1;
    const ipId = side.ipId;
    if (ipId !== 0) side.ipId = (ipId + step) & 65_535 || 1;
    return sendPacket(this.sim, side.flow, this.#now, {
      ttl,
      sourcePort: side.flow.sent.sourcePort,
      destinationPort: side.flow.sent.destinationPort,
      tcpSequence: side.sequence,
      tcpAcknowledgement: acknowledgement,
      tcpFlags: flags,
      payload,
      ipLength: header + payload,
      ...(gso ? { gsoSize: SEGMENT, gsoSegments: segments } : {}),
      ...(this.#six ? {} : { ipId }),
    }, how);
  }
}
