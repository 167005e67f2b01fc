import { deepEqual, equal, rejects } from "node:assert/strict";
import { kernelTest, namespacesOf, prefix } from "./kernel_testing.ts";
import { startListener } from "./listener.ts";
import { Topology } from "./topology.ts";
import { ask, ping } from "./traffic.ts";

async function withTopology(name: string, use: (topology: Topology) => Promise<void>) {
  const topology = new Topology({ name, prefix });
  try {
    await use(topology);
  } finally {
    await topology.down();
  }
  deepEqual(await namespacesOf(prefix), []);
}

/** client – r1 – r2 – r3 – server, routed in both families. */
function chain(topology: Topology) {
  const both = { ipv6: true, forwarding: true };
  const [client, r1, r2, r3, server] = ["client", "r1", "r2", "r3", "server"].map((name) =>
    topology.namespace(name, both)
  );
  const line = [client!, r1!, r2!, r3!, server!];
  line.slice(0, -1).forEach((left, i) => {
    const right = line[i + 1]!;
    topology.veth(left, "right", right, "left");
    left.address("right", `10.0.${i}.1/24`, `fd00:${i}::1/64`);
    right.address("left", `10.0.${i}.2/24`, `fd00:${i}::2/64`);
    // Everything further right lies beyond the right neighbour, and the other way round.
    for (let far = i + 1; far < 4; far++) {
      left.route(`10.0.${far}.0/24 via 10.0.${i}.2`, `fd00:${far}::/64 via fd00:${i}::2`);
    }
    for (let far = 0; far < i; far++) {
      right.route(`10.0.${far}.0/24 via 10.0.${i}.1`, `fd00:${far}::/64 via fd00:${i}::1`);
    }
  });
  return { client: client!, middle: r2!, server: server! };
}

kernelTest(
  "[L12] five namespaces in a row, IPv4 and IPv6, TCP, UDP and ping",
  () =>
    withTopology("chain", async (topology) => {
      const { client, server } = chain(topology);
      await topology.apply();
      for (const [address, any] of [["10.0.3.2", "0.0.0.0"], ["fd00:3::2", "::"]] as const) {
        equal((await ping(client, address, { count: 1 })).answered, 1);
        for (const protocol of ["tcp", "udp"] as const) {
          const port = 7_000;
          const listener = await server.listen({ protocol, address: any, port, answer: protocol });
          const request = { protocol, address, port, request: "hello", timeoutMs: 2_000 };
          deepEqual(await ask(client, request), { connected: true, answer: protocol });
          await listener.stop();
        }
      }
    }),
);

kernelTest(
  "[L12] a fault written down later is applied by a second apply",
  () =>
    withTopology("later", async (topology) => {
      const { client, middle, server } = chain(topology);
      await topology.apply();
      await server.listen({ protocol: "tcp", port: 80, answer: "here" });
      const request = { protocol: "tcp", address: "10.0.3.2", port: 80, request: "?" } as const;
      equal((await ask(client, { ...request, timeoutMs: 2_000 })).answer, "here");
      middle.iptables("filter", "-A FORWARD -p tcp --dport 80 -j REJECT --reject-with tcp-reset");
      await topology.apply();
      equal((await ask(client, { ...request, timeoutMs: 2_000 })).error, "ConnectionRefused");
    }),
);

kernelTest(
  "[L12] an idle listener completes handshakes and takes nothing",
  () =>
    withTopology("idle", async (topology) => {
      const { client, server } = chain(topology);
      await topology.apply();
      await server.listen({ protocol: "tcp", port: 80, answer: "never", idle: true });
      const request = { protocol: "tcp", address: "10.0.3.2", port: 80, request: "?" } as const;
      deepEqual(await ask(client, { ...request, timeoutMs: 200 }), {
        connected: true,
        error: "TimedOut",
      });
    }),
);

kernelTest(
  "[L13] a step that fails is named, with the namespace and the tool's own words",
  () =>
    withTopology("wrong", async (topology) => {
      const a = topology.namespace("a");
      a.route("10.0.0.0/8 dev lo", "10.1.0.0/16 dev nowhere");
      await rejects(topology.apply(), {
        code: "lab_build_failed",
        message: `Cannot build the lab: "ip route add 10.1.0.0/16 dev nowhere" in "${a.name}" ` +
          `answered "Cannot find device "nowhere"", must succeed`,
      });
    }),
);

kernelTest(
  "[L12] a listener is ready also when its owner is slow to write it down",
  () =>
    withTopology("slow", async (topology) => {
      const a = topology.namespace("a");
      await topology.apply();
      const isBound = async () => (await a.run(["ss", "-Hltn"])).stdout.includes(":80 ");
      let notedAt = "";
      const owner = {
        kept: false,
        async own(pid: number, ended: Promise<unknown>) {
          // The word "ready" is written by the time that the port is bound.
          while (!await isBound()) { /* asked again */ }
          await a.run(["true"]);
          await topology.own(pid, ended);
          notedAt = "own";
        },
      };
      const listener = await startListener(a.name, owner, {
        protocol: "tcp",
        port: 80,
        answer: "",
      });
      equal(notedAt, "own");
      await listener.stop();
    }),
);

kernelTest("[L13] a port already taken is said", () =>
  withTopology("taken", async (topology) => {
    const a = topology.namespace("a");
    await topology.apply();
    await a.listen({ protocol: "tcp", port: 80, answer: "" });
    await rejects(a.listen({ protocol: "tcp", port: 80, answer: "" }), (error: Error) => {
      return error.message.includes("Address already in use");
    });
  }));

kernelTest(
  "[L14] the machine's own namespace never gets a device",
  () =>
    withTopology("own", async (topology) => {
      const a = topology.namespace("a");
      topology.veth(a, "lht-one", a, "lht-two");
      a.bridge("lht-bridge", { ports: ["lht-two"] });
      a.vxlan("lht-vxlan", { id: 7, port: 4789, dev: "lht-one" });
      await topology.apply();
      // A device made elsewhere keeps its number when it moves in; these were counted in here.
      const links = JSON.parse((await a.run(["ip", "-j", "link"])).stdout);
      deepEqual(links.map((link: { ifindex: number }) => link.ifindex), [1, 2, 3, 4, 5]);
    }),
);
