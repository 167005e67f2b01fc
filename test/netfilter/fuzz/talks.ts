/** What is sent through a router, packet by packet: connections, errors, and what belongs to none. */
import type { Random } from "../rules.ts";
import type { Place } from "./shape/place.ts";
import { encode, type Heard, type Wire } from "./wire.ts";

/** Who sends: hosts on both sides of the router, or the router itself. */
export type Side = "client" | "server" | "own";

/** What each side heard last in a talk, and what was sent last that answers nothing. */
export interface Memory {
  client?: Heard;
  server?: Heard;
  own?: Heard;
  sent?: Wire;
}

/** One packet of a talk, made when it is its turn: it may answer what came. */
export interface Step {
  /** The same for all steps of a talk. */
  memory: Memory;
  side: Side;
  words: string;
  wire(): Wire;
}

const [FIN, SYN, RST, PSH, ACK, URG] = [1, 2, 4, 8, 16, 32] as const;

const STRAYS: Record<string, number> = {
  ...{ ack: ACK, "syn-ack": SYN | ACK, rst: RST, "fin-ack": FIN | ACK, none: 0, fin: FIN },
  ...{ xmas: FIN | PSH | URG, "syn-fin": SYN | FIN, "syn-rst": SYN | RST },
};

type Protocol = Wire["protocol"];

/** The steps of one talk, drawn. `port` is nobody else's in the round. */
export function talkOf(random: Random, place: Place, port: number): Step[] {
  const protocol: Protocol = random.int(4) > 0
    ? place.protocol
    : random.pick(["icmp", "icmp", "udp", "tcp"] as const);
  const { server, service, own, empty } = place;
  const [to, toPort] = random.pick<[string, number]>([
    ...[[service, 53], [service, 53], [server, 5353], [server, 9000], [own, 30053]],
    ...[[own, 22], [own, 8053], [empty, 53], [server, 22]],
  ] as [string, number][]);
  const client = place.clients.split("/")[0]!;
  const memory: Memory = {};
  const first: Wire = {
    ...{ six: place.six, protocol, from: client, to, fromPort: port },
    toPort: protocol === "icmp" ? port : toPort,
    ...(protocol === "tcp" ? { flags: SYN, sequence: 1000 } : {}),
    ...(protocol === "icmp" ? { type: place.six ? 128 : 8 } : {}),
  };
  const begin = (side: Side, wire: Wire, words = "begins"): Step => ({
    ...{ memory, side, words: `${words} ${protocol} ${wire.to}:${wire.toPort}` },
    wire: () => memory.sent = wire,
  });
  const source = place.outer;
  switch (random.pick(["connect", "connect", "connect", "error", "stray", "back", "own"])) {
    case "connect":
      return [
        begin("client", first),
        answerOf(memory, "server", place),
        { ...begin("client", next(first), "goes on with") },
        ...(random.int(2) === 0 ? [answerOf(memory, "server", place)] : []),
      ];
    case "error":
      return [
        begin("client", first),
        errorOf(random, memory, "server", place),
        ...(random.int(2) === 0 ? [errorOf(random, memory, "client", place)] : []),
      ];
    case "stray": {
      const isBack = random.int(2) === 0;
      const ends = isBack ? { from: server, to: client, fromPort: toPort, toPort: port } : {};
      const wire = { ...first, ...ends };
      if (protocol === "tcp") {
        const flags = random.pick(Object.keys(STRAYS));
        return [begin(
          isBack ? "server" : "client",
          { ...wire, flags: STRAYS[flags]!, acknowledges: 7 },
          `stray ${flags}`,
        )];
      }
      if (protocol === "icmp") {
        const reply = { ...wire, type: place.six ? 129 : 0, fromPort: port, toPort: port };
        return [begin(isBack ? "server" : "client", reply, "stray reply")];
      }
      return [begin(isBack ? "server" : "client", wire, "stray")];
    }
    case "back":
      return [
        begin(
          "server",
          { ...first, from: server, to: client, toPort: first.toPort },
          "from server",
        ),
        answerOf(memory, "client", place),
      ];
    default: {
      const isServer = random.int(2) === 0 || to === own;
      const wire = { ...first, from: source, to: isServer ? server : to };
      return [begin("own", wire, "own"), answerOf(memory, "server", place)];
    }
  }
}

const next = (wire: Wire): Wire =>
  wire.protocol === "tcp"
    ? { ...wire, flags: ACK | PSH, sequence: 1001, acknowledges: 5001 }
    : wire;

/** Answers what this side heard; what never came is answered as it was sent. */
function answerOf(memory: Memory, side: Side, { six }: Place): Step {
  return {
    ...{ memory, side, words: "answers" },
    wire() {
      const { from, to, fromPort, toPort } = memory[side] ?? memory.sent!;
      const { protocol } = memory.sent!;
      return {
        ...{ six, protocol, from: to, to: from, fromPort: toPort, toPort: fromPort },
        ...(protocol === "tcp" ? { flags: SYN | ACK, sequence: 5000, acknowledges: 1001 } : {}),
        ...(protocol === "icmp" ? { type: six ? 129 : 0 } : {}),
      };
    },
  };
}

/** Tells that what this side heard did not arrive, or, if nothing came, of what never was. */
function errorOf(random: Random, memory: Memory, side: Side, { six }: Place): Step {
  const [type, code] = random.pick<[number, number]>(
    six ? [[1, 4], [1, 1], [3, 0], [4, 0]] : [[3, 3], [3, 1], [11, 0], [3, 13], [12, 0]],
  );
  return {
    ...{ memory, side, words: `tells error ${type}/${code}` },
    wire() {
      const { from, to } = memory[side] ?? memory.sent!;
      const bytes = memory[side]?.bytes ?? encode(memory.sent!, 120);
      const ends = { from: to, to: from, fromPort: 0, toPort: 0 };
      return { six, protocol: "icmp", ...ends, type, code, quote: bytes.slice(0, six ? 60 : 40) };
    },
  };
}
