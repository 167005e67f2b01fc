/** Everything a case leaves to chance, from one seed: names, addresses, MACs, MTUs, ports. */
export class Draw {
  #state: number;
  #nets = new Set<string>();
  #ports = new Set<number>();

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** FNV of a text, mixed into a seed: a case draws the same whatever ran before it. */
  static of(seed: number, text: string): Draw {
    let hash = 0x811c9dc5 ^ seed;
    for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
    return new Draw(hash);
  }

  /** [0, 1), by xorshift after a multiplication. */
  next(): number {
    this.#state = (Math.imul(this.#state, 0x19660d) + 0x3c6ef35f) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 15), 0x2c1b3c6d);
    z = Math.imul(z ^ (z >>> 12), 0x297a2d39);
    return ((z ^ (z >>> 15)) >>> 0) / 4_294_967_296;
  }

  /** Both ends included. */
  between(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }

  /** A network of its own: "10.37.201" and "fd00:25:c9:". */
  net(): Net {
    for (;;) {
      const high = this.between(1, 250);
      const low = this.between(0, 250);
      const four = this.pick([`10.${high}.${low}`, `172.${16 + (high % 16)}.${low}`]);
      if (this.#nets.has(four)) continue;
      this.#nets.add(four);
      return new Net(four, `fd00:${four.split(".").map((o) => Number(o).toString(16)).join(":")}:`);
    }
  }

  port(): number {
    for (;;) {
      const port = this.between(1_024, 29_999);
      if (this.#ports.has(port) || TUNNEL_PORTS.has(port)) continue;
      this.#ports.add(port);
      return port;
    }
  }

  mac(): string {
    const octets = Array.from({ length: 5 }, () => this.between(0, 255));
    return ["0a", ...octets.map((octet) => octet.toString(16).padStart(2, "0"))].join(":");
  }

  /** A device's name as CNIs make them. */
  device(): string {
    const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
    const tail = Array.from({ length: this.between(4, 8) }, () => this.pick([...letters])).join("");
    return `${this.pick(["veth", "cali", "lxc", "ucni", "if"])}${tail}`;
  }

  uplink(): string {
    return this.pick(["eth0", "ens3", "enp1s0", "eno1", "bond0"]);
  }
}

const TUNNEL_PORTS = new Set([4789, 6081, 8472]);

export class Net {
  constructor(readonly four: string, readonly six: string) {}

  ip(host: number): string {
    return `${this.four}.${host}`;
  }

  ip6(host: number): string {
    return `${this.six}:${host.toString(16)}`;
  }

  get cidr(): string {
    return `${this.four}.0/24`;
  }

  get cidr6(): string {
    return `${this.six}:/64`;
  }

  /** Both families of one host, as `Namespace.address` takes them. */
  both(host: number): [string, string] {
    return [`${this.ip(host)}/24`, `${this.ip6(host)}/64`];
  }
}
