/** Which flow a hash of `bpf/lib/count.bt` is of, by packets that were told. */
import type { Event } from "../../event/event.ts";
import { parseAddress } from "../../event/filter/address.ts";
import { Digests } from "./digests.ts";

/** What a flow is told by. */
export type SeenFlow = Pick<
  Event,
  "network" | "protocol" | "source" | "destination" | "sourcePort" | "destinationPort" | "icmpId"
>;

/** A flow, and how its packets differ. */
interface KnownFlow {
  flow: SeenFlow;
  digests: Digests;
}

/** Flows that are remembered; one more costs the one that was seen first. */
const FLOWS_MAX = 16_384;

const WITH_PORTS: readonly (number | undefined)[] = [6, 17, 132, 136];
const ECHOES: readonly (number | undefined)[] = [0, 8, 128, 129];

/** Flows by their hash. A hash is worked out only when one is asked for that is not known. */
export class KnownFlows {
  readonly #all = new Map<string, KnownFlow & { hash: bigint | null }>();
  readonly #byHash = new Map<bigint, KnownFlow>();
  #fresh: string[] = [];

  constructor(readonly hashOf: (words: readonly bigint[]) => bigint) {}

  note(event: Event): void {
    const { kind, network, protocol, source, destination, fragmentOffset, icmpType } = event;
    if (kind !== "device-rx" && kind !== "device-tx") return;
    if (source === undefined || destination === undefined || protocol === undefined) return;
    if (network === "arp" || (fragmentOffset ?? 0) > 0) return;
    const isIcmp = protocol === 1 || protocol === 58;
    if (isIcmp && !ECHOES.includes(icmpType)) return;
    const { sourcePort, destinationPort, icmpId } = event;
    const key = `${protocol} ${source} ${destination} ${sourcePort} ${destinationPort} ${icmpId}`;
    const known = this.#all.get(key);
    if (known !== undefined) return known.digests.note(event);
    const flow: SeenFlow = {
      ...{ network, protocol, source, destination },
      ...(sourcePort === undefined ? {} : { sourcePort }),
      ...(destinationPort === undefined ? {} : { destinationPort }),
      ...(isIcmp && icmpId !== undefined ? { icmpId } : {}),
    };
    const digests = new Digests();
    digests.note(event);
    this.#all.set(key, { flow, digests, hash: null });
    this.#fresh.push(key);
    if (this.#all.size > FLOWS_MAX) this.#forgetFirst();
  }

  /** Undefined: no packet of it was told, or it was long ago. */
  get(hash: bigint): KnownFlow | undefined {
    const known = this.#byHash.get(hash);
    if (known !== undefined || this.#fresh.length === 0) return known;
    for (const key of this.#fresh) {
      const of = this.#all.get(key);
      if (of === undefined) continue;
      of.hash = this.hashOf(wordsOf(of.flow));
      this.#byHash.set(of.hash, of);
    }
    this.#fresh = [];
    return this.#byHash.get(hash);
  }

  #forgetFirst(): void {
    for (const [key, { hash }] of this.#all) {
      this.#all.delete(key);
      if (hash !== null) this.#byHash.delete(hash);
      return;
    }
  }
}

function wordsOf(flow: SeenFlow): bigint[] {
  const { network, protocol = 0, source = "", destination = "" } = flow;
  const { sourcePort = 0, destinationPort = 0, icmpId = 0 } = flow;
  const [ends, family] = network === "ip6" ? [loaded6, 6n] : [loaded4, 4n];
  const ports = WITH_PORTS.includes(protocol)
    ? turned(sourcePort) + (turned(destinationPort) << 16n)
    : turned(icmpId);
  const rest = ports + (BigInt(protocol) << 32n) + (family << 40n);
  return [...ends(bitsOf(source), bitsOf(destination)), rest];
}

const bitsOf = (address: string): bigint => parseAddress(address)?.bits ?? 0n;
const turned = (port: number): bigint => BigInt(((port & 0xff) << 8) | (port >> 8));

/** Both addresses as the kernel loads them, in one word. */
function loaded4(source: bigint, destination: bigint): bigint[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, (source << 32n) | destination);
  return [view.getBigUint64(0, true)];
}

/** Both addresses as the kernel loads them, in four words. */
function loaded6(source: bigint, destination: bigint): bigint[] {
  const view = new DataView(new ArrayBuffer(32));
  [source >> 64n, source, destination >> 64n, destination].forEach((word, i) =>
    view.setBigUint64(i * 8, BigInt.asUintN(64, word))
  );
  return [0, 8, 16, 24].map((at) => view.getBigUint64(at, true));
}
