/** Raw sockets in the namespaces of a yard, opened by this process itself. */
import { checked, inNetns, libc } from "../../faults/kernel/libc.ts";
import { parseAddress } from "../../../src/analysis/view/address.ts";
import { decode, type Heard } from "./wire.ts";

const [INET, INET6, PACKET] = [2, 10, 17];
const [DGRAM, RAW] = [2, 3];
/** The IP header comes with the bytes. */
const WITH_HEADER = 255;
/** ETH_P_ALL in the network's byte order. */
const ALL_FRAMES = 0x0300;
const OUTGOING = 4;
const DONT_WAIT = 0x40;

/** One namespace's end: sends packets as they are, and hears those that come to its devices. */
export class End {
  readonly #four: number;
  readonly #six: number;
  readonly #all: number | null;

  /** Throws when a socket can't be opened. One that does not hear gets no copies of packets. */
  constructor(namespace: string, { hears }: { hears: boolean }) {
    const open = (family: number) =>
      checked("open a raw socket", libc.socket(family, RAW, WITH_HEADER));
    [this.#four, this.#six, this.#all] = inNetns<[number, number, number | null]>(namespace, () => [
      open(INET),
      open(INET6),
      hears ? checked("open a packet socket", libc.socket(PACKET, DGRAM, ALL_FRAMES)) : null,
    ]);
  }

  /** Sends; what rules of OUTPUT refuse is refused here, which is no failure. */
  send(bytes: Uint8Array<ArrayBuffer>, to: string): void {
    const { value, bits } = parseAddress(to)!;
    const six = bits === 128;
    const target = new Uint8Array(six ? 28 : 16);
    target[0] = six ? INET6 : INET;
    for (let i = 0; i < bits / 8; i++) {
      target[(six ? 8 : 4) + i] = Number((value >> BigInt(bits - 8 - 8 * i)) & 0xffn);
    }
    const socket = six ? this.#six : this.#four;
    libc.sendto(socket, bytes, BigInt(bytes.length), 0, target, target.length);
  }

  /** All that came since it was asked last. */
  heard(): Heard[] {
    const out: Heard[] = [];
    while (this.#all !== null) {
      const buffer = new Uint8Array(2048);
      const from = new Uint8Array(20);
      const size = Uint8Array.from([20, 0, 0, 0]);
      const length = libc.recvfrom(this.#all, buffer, 2048n, DONT_WAIT, from, size);
      if (Number(length) < 0) return out;
      if (from[10] === OUTGOING) continue;
      const packet = decode(buffer.subarray(0, Number(length)));
      if (packet) out.push(packet);
    }
    return out;
  }

  close(): void {
    for (const socket of [this.#four, this.#six, this.#all]) {
      if (socket !== null) libc.close(socket);
    }
  }
}
