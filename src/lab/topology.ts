import { LasthopError } from "../event/error.ts";
import { macOf } from "./address.ts";
import { runSteps, type Step } from "./batch.ts";
import { Namespace, type NamespaceOwner, type Veth } from "./namespace.ts";
import { awaitReady } from "./ready.ts";
import { processRef, register, type Registration, remove, update } from "./registry.ts";
import type { NamespaceOptions } from "./sysctls.ts";

/** What a topology is called, and how long it lives. */
export interface TopologyOptions {
  /** 1 to 15 lower-case letters, digits and hyphens: with the prefix the start of all names. */
  name: string;
  /** "lh" and up to twelve lower-case letters or digits; "lh" where absent. */
  prefix?: string;
  /** What the topology is for, as a person would ask for it; its name where absent. */
  lab?: string;
  /** Stays up, listeners too, when this process ends. */
  kept?: boolean;
}

/**
 * Network namespaces and what joins them. Methods only note what is wanted; `apply` does it in few
 * processes: first the namespaces and their base settings, then what creates devices, in the order
 * noted, then each namespace's own steps, in its own order, all namespaces at once. It may be
 * applied again after more was noted. Throws LasthopError `lab_name_invalid` for a name that is not
 * as above.
 */
export class Topology implements NamespaceOwner {
  readonly name: string;
  readonly namespaces: Namespace[] = [];
  /** Devices that must carry packets before `apply` returns. */
  readonly #expected = new Map<Namespace, Set<string>>();
  readonly #registration: Registration;
  #adding: Step[] = [];
  #creating: Step[] = [];
  #registered = false;
  #ended: Promise<unknown>[] = [];
  #down: Promise<string[]> | undefined;

  constructor(options: TopologyOptions) {
    const prefix = options.prefix ?? "lh";
    checkName("prefix", prefix, /^lh[a-z0-9]{0,12}$/);
    checkName("name", options.name, /^[a-z0-9][a-z0-9-]{0,14}$/);
    this.name = `${prefix}-${options.name}`;
    this.#registration = {
      version: 1,
      name: this.name,
      lab: options.lab ?? options.name,
      owner: { pid: Deno.pid, startTime: "" },
      kept: options.kept ?? false,
      namespaces: [],
      processes: [],
    };
  }

  get kept(): boolean {
    return this.#registration.kept;
  }

  /**
   * A new namespace, `lo` up, IPv6 off unless asked for. Throws LasthopError `lab_name_invalid` for
   * a name that is not 1 to 10 lower-case letters, digits and hyphens.
   */
  namespace(name: string, options: NamespaceOptions = {}): Namespace {
    checkName("namespace", name, /^[a-z0-9][a-z0-9-]{0,9}$/);
    const namespace = new Namespace(this, `${this.name}-${name}`, name, options);
    this.namespaces.push(namespace);
    this.#registration.namespaces.push(namespace.name);
    this.#adding.push({ tool: "ip", line: `netns add ${namespace.name}` });
    return namespace;
  }

  /**
   * A cable between two namespaces, or within one. It never touches the machine's own namespace.
   */
  veth(a: Namespace, deviceA: string, b: Namespace, deviceB: string, options: Veth = {}): void {
    const mtu = options.mtu === undefined ? "" : ` mtu ${options.mtu}`;
    const end = (namespace: Namespace, device: string, mac?: string) =>
      `name ${device} netns ${namespace.name} address ${
        mac ?? macOf(namespace.role, device)
      }${mtu}`;
    this.create({
      tool: "ip",
      line: `link add ${end(a, deviceA, options.macA)} type veth ` +
        `peer ${end(b, deviceB, options.macB)}`,
    });
    if (options.up === false) return;
    for (const [namespace, device] of [[a, deviceA], [b, deviceB]] as const) {
      namespace.up(device);
      this.expect(namespace, device);
    }
  }

  /** Writes down a step that creates a device; those run before all others. */
  create(step: Step): void {
    this.#creating.push(step);
  }

  /** Notes that a device must carry packets before `apply` resolves. */
  expect(namespace: Namespace, device: string): void {
    const devices = this.#expected.get(namespace) ?? new Set();
    this.#expected.set(namespace, devices.add(device));
  }

  /**
   * Builds what was noted; resolves when the expected devices carry packets, or, with `awaited:
   * false`, at once: for a topology that is meant to have dead links. Rejects with LasthopError
   * `lab_exists`, `lab_build_failed` or `lab_not_ready`.
   */
  async apply(options: { awaited?: boolean } = {}): Promise<void> {
    await this.#register();
    await runSteps(this.#adding.splice(0));
    await Promise.all(this.namespaces.map((each) => runSteps(each.takeBaseSteps())));
    await runSteps(this.#creating.splice(0));
    await Promise.all(this.namespaces.map((each) => runSteps(each.takeSteps())));
    const expected = [...this.#expected].map(([{ name, options }, devices]) => ({
      name,
      ipv6: options.ipv6 ?? false,
      devices,
    }));
    this.#expected.clear();
    if (options.awaited !== false) await awaitReady(expected);
  }

  /** A process that must not outlive the topology; `ended` resolves when it is gone. */
  async own(pid: number, ended: Promise<unknown>): Promise<void> {
    this.#ended.push(ended);
    const ref = await processRef(pid);
    if (ref === undefined) return;
    this.#registration.processes.push(ref);
    await update(this.#registration);
  }

  /**
   * Ends listeners and removes the namespaces with all that is in them; a second call does nothing.
   * Resolves with the names of the namespaces. Rejects with LasthopError `lab_stuck`.
   */
  down(): Promise<string[]> {
    return this.#down ??= this.#registered ? this.#takeDown() : Promise.resolve([]);
  }

  async #takeDown(): Promise<string[]> {
    const removed = await remove(this.#registration);
    await Promise.all(this.#ended);
    return removed;
  }

  async #register(): Promise<void> {
    if (this.#registered) return await update(this.#registration);
    this.#registration.owner = await processRef(Deno.pid) ?? this.#registration.owner;
    await register(this.#registration);
    this.#registered = true;
  }
}

function checkName(what: string, value: string, pattern: RegExp): void {
  if (pattern.test(value)) return;
  throw new LasthopError(
    "lab_name_invalid",
    `Cannot name a topology: ${what} is "${value}", must match ${pattern}`,
  );
}
