import { familyOf, macOf } from "./address.ts";
import { enter, type Step, type Tool } from "./batch.ts";
import { type Listener, type ListenOptions, type ProcessOwner, startListener } from "./listener.ts";
import { run, type RunOptions, type RunResult } from "./process.ts";
import { baseSysctls, type NamespaceOptions } from "./sysctls.ts";

/** The topology that a namespace is part of, as its namespaces know it: `Topology`. */
export interface NamespaceOwner extends ProcessOwner {
  /** Of all its namespaces: the start of their names. */
  readonly name: string;
  /** A cable between two namespaces, or within one. */
  veth(a: Namespace, deviceA: string, b: Namespace, deviceB: string, options?: Veth): void;
  /** Writes down a step that creates a device; those run before all others. */
  create(step: Step): void;
}

/** The two ends of a cable. */
export interface Veth {
  macA?: string;
  macB?: string;
  /** Bytes of an IP packet, of both ends. */
  mtu?: number;
  /** false leaves both ends down. */
  up?: boolean;
}

/** What a device is to have besides its kind. */
export interface Device {
  addresses?: readonly string[];
  mac?: string;
  /** Bytes of an IP packet. */
  mtu?: number;
  /** Name of the bridge it becomes a port of. */
  master?: string;
}

/** A VXLAN device. */
export interface Vxlan {
  /** VNI. */
  id: number;
  /** UDP port, of its own socket and of the far end's. */
  port: number;
  local?: string;
  remote?: string;
  /** The device its outer packets are bound to. */
  dev?: string;
  learning?: boolean;
  mac?: string;
  /** Bytes of an inner IP packet. */
  mtu?: number;
  /** The namespace the device lives in; its UDP socket stays in this one (x-netns vxlan). */
  into?: Namespace;
}

/** One network namespace of a topology. What configures it is only noted until `Topology.apply`. */
export class Namespace {
  #steps: Step[] = [];
  #baseSteps: Step[] = [];

  constructor(
    readonly topology: NamespaceOwner,
    /** As under /run/netns. */
    readonly name: string,
    /** Its part in the topology: the name without that of the topology and the hyphen. */
    readonly role: string,
    readonly options: NamespaceOptions,
  ) {
    this.#baseSteps = this.#sysctlSteps(baseSysctls(options));
    this.up("lo");
  }

  /** Settings to make before any device is there: a device copies them when it is created. */
  takeBaseSteps(): Step[] {
    return this.#baseSteps.splice(0);
  }

  takeSteps(): Step[] {
    return this.#steps.splice(0);
  }

  /** Lines for `ip -batch`, `bridge -batch`, `tc -batch`, as after the tool's name. */
  ip(...lines: string[]): this {
    return this.#write("ip", lines);
  }

  bridgeTool(...lines: string[]): this {
    return this.#write("bridge", lines);
  }

  tc(...lines: string[]): this {
    return this.#write("tc", lines);
  }

  /** A ruleset for `nft -f`. */
  nft(ruleset: string): this {
    return this.#write("nft", [ruleset]);
  }

  /** Lines for one table of `iptables-restore`: ":CHAIN - [0:0]" and "-A CHAIN …". */
  iptables(table: string, ...lines: string[]): this {
    return this.#write("iptables", [`*${table}`, ...lines, "COMMIT"]);
  }

  ip6tables(table: string, ...lines: string[]): this {
    return this.#write("ip6tables", [`*${table}`, ...lines, "COMMIT"]);
  }

  /** Keys with dots, or with slashes where a device's name has a dot in it. */
  sysctl(values: Record<string, string | number>): this {
    this.#steps.push(...this.#sysctlSteps(values));
    return this;
  }

  up(...devices: string[]): this {
    return this.ip(...devices.map((device) => `link set ${device} up`));
  }

  device(device: string, { addresses = [], mac, mtu, master }: Device): this {
    if (mac !== undefined) this.ip(`link set ${device} address ${mac}`);
    if (mtu !== undefined) this.ip(`link set ${device} mtu ${mtu}`);
    if (master !== undefined) this.ip(`link set ${device} master ${master}`);
    return this.address(device, ...addresses);
  }

  /** IPv6 addresses skip duplicate detection: nobody else is in the lab. */
  address(device: string, ...addresses: readonly string[]): this {
    return this.ip(
      ...addresses.map((address) =>
        `addr add ${address} dev ${device}${familyOf(address) === 6 ? " nodad" : ""}`
      ),
    );
  }

  /** A route as after `ip route add`; "::/0" where "default" would not tell the family. */
  route(...routes: string[]): this {
    return this.ip(...routes.map((route) => `route add ${route}`));
  }

  neighbour(device: string, address: string, mac: string, state = "permanent"): this {
    return this.ip(`neigh replace ${address} lladdr ${mac} dev ${device} nud ${state}`);
  }

  /** `options` as after `type bridge`, for example "vlan_filtering 1". */
  bridge(device: string, settings: Device & { ports?: readonly string[]; options?: string } = {}) {
    const { ports = [], options = "", mac = macOf(this.role, device), ...rest } = settings;
    this.topology.create({
      tool: "ip",
      line: `link add ${device} netns ${this.name} address ${mac} type bridge ` +
        `forward_delay 0 mcast_snooping 0 ${options}`,
    });
    this.ip(...ports.map((port) => `link set ${port} master ${device}`));
    return this.device(device, rest).up(device);
  }

  vxlan(device: string, vxlan: Vxlan): this {
    const home = vxlan.into ?? this;
    const words = [
      `link add ${device} netns ${home.name} address ${vxlan.mac ?? macOf(home.role, device)}`,
      vxlan.mtu === undefined ? "" : `mtu ${vxlan.mtu}`,
      `type vxlan id ${vxlan.id} dstport ${vxlan.port}`,
      ...(["local", "remote", "dev"] as const).map((key) => vxlan[key] && `${key} ${vxlan[key]}`),
      vxlan.learning === false ? "nolearning" : "",
    ];
    // Asked from this namespace, because that is where the kernel puts the tunnel's socket.
    this.topology.create({ netns: this.name, tool: "ip", line: words.filter(Boolean).join(" ") });
    home.up(device);
    return this;
  }

  /** Runs a command in here now. */
  run(command: readonly string[], options?: RunOptions): Promise<RunResult> {
    return run([...enter(this.name), ...command], options);
  }

  /** Starts a listener in here now; resolves when it is bound. */
  listen(options: ListenOptions): Promise<Listener> {
    return startListener(this.name, this.topology, options);
  }

  #write(tool: Tool, lines: readonly string[]): this {
    this.#steps.push(...lines.map((line) => ({ netns: this.name, tool, line })));
    return this;
  }

  #sysctlSteps(values: Record<string, string | number>): Step[] {
    return Object.entries(values).map(([key, value]) => ({
      netns: this.name,
      tool: "sysctl",
      line: `${key.includes("/") ? key : key.replaceAll(".", "/")}=${value}`,
    }));
  }
}
