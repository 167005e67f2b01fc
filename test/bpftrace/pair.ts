/** Two network namespaces with a veth between them, and pings through it. */
import { strictEqual as same } from "node:assert";
import { execa } from "execa";

export class Pair {
  /** Inode numbers of both namespaces. */
  netns: [number, number] = [0, 0];
  readonly names: [string, string];

  private constructor(prefix: string) {
    // Another run of the tests may go on beside this one, or have been killed: where processes have
    // numbers of their own, as in a container, the next one may have the same.
    const id = crypto.randomUUID().slice(0, 6);
    this.names = [`${prefix}-${id}-a`, `${prefix}-${id}-b`];
  }

  static async create(prefix: string): Promise<Pair> {
    const pair = new Pair(prefix);
    const [a, b] = pair.names;
    await sh(`
      ip netns add ${a}; ip netns add ${b}
      ip link add lhbv0 netns ${a} type veth peer name lhbv1 netns ${b}
      for n in ${a} ${b}; do ip -n $n link set lo up; done
      ip -n ${a} address add 10.77.0.1/24 dev lhbv0; ip -n ${a} link set lhbv0 up
      ip -n ${b} address add 10.77.0.2/24 dev lhbv1; ip -n ${b} link set lhbv1 up
    `);
    const inode = async (name: string) => (await Deno.stat(`/run/netns/${name}`)).ino!;
    pair.netns = [await inode(a), await inode(b)];
    return pair;
  }

  /** Sends `count` pings, so many seconds apart, to a neighbour that must be found first; all must be answered. */
  async ping(count: number, apart = 0.002): Promise<void> {
    const [a] = this.names;
    const { stdout } = await sh(`
      ip -n ${a} neighbour flush all
      ip netns exec ${a} ping -q -n -i ${apart} -c ${count} 10.77.0.2
    `);
    same(/(\d+) received/.exec(stdout)?.[1], String(count));
  }

  /** As many pings as go, on each processor in turn. */
  async flood(count: number, cpus: number): Promise<void> {
    for (let cpu = 0; cpu < cpus; cpu++) {
      await sh(`taskset -c ${cpu} ip netns exec ${this.names[0]} ping -q -f -c ${count} 10.77.0.2`);
    }
  }

  async remove(): Promise<void> {
    for (const name of this.names) await execa("ip", ["netns", "del", name], { reject: false });
  }
}

async function sh(script: string): Promise<{ stdout: string }> {
  const { stdout } = await execa("sh", ["-ec", script], { stdin: "ignore" });
  return { stdout: String(stdout) };
}
