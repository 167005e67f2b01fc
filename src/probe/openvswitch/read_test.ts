/** What is made of answers that a daemon may well give; a real one is asked in `read_network_test.ts`. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { Control } from "./control.ts";
import { readDaemon, readOpenvswitch } from "./read.ts";

const TRACE = (actions: string) =>
  `bridge("br0")\n-------\n 0. icmp, priority 3\n    drop\n\nDatapath actions: ${actions}\n`;
const flow = (port: number, actions: string, used: string) =>
  `recirc_id(0),in_port(${port}), packets:${port}, bytes:0, used:${used}, actions:${actions}\n`;

/** What it answers where a test says nothing else. */
const ANSWERS: Record<string, unknown> = {
  "dpctl/show": "system@ovs-system:\n  lookups: hit:1 missed:2 lost:3\n  flows: 4\n" +
    "  port 1: pa\n  port 2: pb\n",
  "dpif/show": "system@ovs-system: hit:1 missed:2\n  br0:\n    pa 1/1: (system)\n",
  "dpctl/dump-flows": flow(1, "2", "1.5s") + flow(1, "drop", "never") + flow(2, "drop", "0.5s"),
  "ofproto/trace": TRACE("drop"),
};

/** A socket on which requests are answered by their methods, `cut` characters at a time. */
async function withFake(
  answers: Record<string, unknown>,
  use: (path: string, asked: string[][]) => Promise<void>,
  cut = Infinity,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-fake-ovs-" });
  const asked: string[][] = [];
  const listener = Deno.listen({ transport: "unix", path: `${folder}/control` });
  const serve = async (connection: Deno.UnixConn) => {
    const reader = connection.readable.pipeThrough(new TextDecoderStream()).getReader();
    const writer = connection.writable.getWriter();
    for (;;) {
      const { value } = await reader.read();
      if (value === undefined) break;
      const { id, method, params } = JSON.parse(value);
      asked.push([method, ...params]);
      const given = answers[method] ?? ANSWERS[method];
      const said = given instanceof Error
        ? { id, result: null, error: given.message }
        : { id, result: given, error: null };
      const text = new TextEncoder().encode(JSON.stringify(said));
      for (let at = 0; at < text.length; at += cut) {
        await writer.write(text.subarray(at, at + cut));
      }
    }
    await writer.close();
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    // Who hangs up while it is answered makes its connection fail, and no other.
    for await (const connection of listener) serving.push(serve(connection).catch(() => {}));
  })();
  try {
    await use(`${folder}/control`, asked);
  } finally {
    listener.close();
    await accepting;
    await Promise.all(serving);
    await Deno.remove(folder, { recursive: true });
  }
}

const down = new Set(["pb"]);
const macs = new Map([["br0", "02:00:00:00:00:b0"]]);

Deno.test("flows that lose packets are told, those used last first, with ports by their devices", () =>
  withFake({}, async (control, asked) => {
    const gaps: { what: string; why: string }[] = [];
    const told = await readDaemon(
      { control, database: undefined },
      { down, macs, withinMs: 60_000 },
      gaps,
    );
    deepEqual(told.losing?.map(({ match, actions, steps }) => [match, actions, steps?.length]), [
      ["recirc_id(0),in_port(pb)", "drop", 1],
      // The tables say that the packet is dropped by now: they are not why it is sent to pb.
      ["recirc_id(0),in_port(pa)", "pb", undefined],
      ["recirc_id(0),in_port(pa)", "drop", 1],
    ]);
    deepEqual(gaps, [{ what: "openvswitch database", why: "its socket can't be reached" }]);
    deepEqual(asked.at(-1), ["ofproto/trace", "ovs-system", "recirc_id(0),in_port(1)"]);
  }));

Deno.test("a flow has no steps where the tables forward by now, or the daemon does not understand", async () => {
  for (const answer of [TRACE("2"), new Error("syntax error"), "nonsense"]) {
    await withFake({ "ofproto/trace": answer }, async (control) => {
      const told = await readDaemon(
        { control, database: undefined },
        { down, macs, withinMs: 60_000 },
        [],
      );
      const dropping = told.losing?.filter(({ actions }) => actions === "drop");
      deepEqual(dropping?.map(({ steps }) => steps), [undefined, undefined]);
    });
  }
});

Deno.test("flows that hand packets to a controller and to no port are told, with what asked for it", async () => {
  const controller = "userspace(pid=7,controller(reason=1,rule_cookie=0x5,max_len=65535))";
  await withFake({
    "dpctl/dump-flows": flow(1, controller, "1s") + flow(2, `${controller},1`, "2s"),
    "ofproto/trace":
      `bridge("br0")\n 0. icmp, priority 3, cookie 0x5\n    controller(userdata=00)` +
      `\n\nDatapath actions: ${controller}\n`,
  }, async (control) => {
    const told = await readDaemon(
      { control, database: undefined },
      { down: new Set(), macs, withinMs: 60_000 },
      [],
    );
    deepEqual(told.losing?.map(({ match, steps }) => [match, steps?.[0]?.cookie]), [
      ["recirc_id(0),in_port(pa)", "0x5"],
    ]);
  });
});

Deno.test("flows that send to a mirror's port alone are told, and that port is known for it", async () => {
  const named = (id: string) => ["uuid", id];
  const none = ["set", []];
  const bridge = { name: "br0", fail_mode: none, controller: none, external_ids: ["map", []] };
  const vlans = { tag: none, trunks: ["set", [4, 1, 2]], vlan_mode: none };
  const row = (id: string, name: string) => ({
    ...{ _uuid: named(`i-${id}`), name, type: "", error: none, external_ids: ["map", []] },
  });
  const transact = [
    [{ ...bridge, ports: ["set", [named("a"), named("b")]], mirrors: named("m") }],
    [],
    [
      { _uuid: named("a"), name: "pa", interfaces: named("i-a"), ...vlans },
      { _uuid: named("b"), name: "pb", interfaces: named("i-b"), ...vlans, tag: 7 },
    ],
    [row("a", "pa"), row("b", "pb")],
    [{ external_ids: ["map", []], other_config: ["map", []] }],
    [{ _uuid: named("m"), output_port: named("b") }],
  ].map((rows) => ({ rows }));
  await withFake({
    transact,
    "dpif/show": "system@ovs-system: hit:1 missed:2\n  br0:\n    pa 1/1: (system)\n" +
      "    pb 2/2: (system)\n",
    "dpctl/dump-flows": flow(1, "2", "1s") + flow(1, "2,1", "2s") + flow(1, "ct(zone=1),2", "3s"),
  }, async (control) => {
    const gaps: { what: string; why: string }[] = [];
    const told = await readDaemon(
      { control, database: control },
      { down: new Set(), macs, withinMs: 60_000 },
      gaps,
    );
    deepEqual(gaps, []);
    deepEqual(told.bridges.map(({ mirrors }) => mirrors), [["pb"]]);
    const trunks = [{ id: 1, idEnd: 2 }, { id: 4 }];
    deepEqual(told.bridges[0]?.ports.map(({ vlan }) => vlan), [
      { mode: "trunk", trunks },
      { mode: "access", tag: 7, trunks },
    ]);
    // What also goes to another port is not lost.
    deepEqual(told.losing?.map(({ actions }) => actions), ["pb", "ct(zone=1),pb"]);
  });
});

Deno.test("flows that give a bridge's own device what is for another link address are told", () =>
  withFake({
    "dpctl/show": "system@ovs-system:\n  lookups: hit:1 missed:2 lost:3\n  flows: 4\n" +
      "  port 0: br0\n  port 1: pa\n",
    "dpif/show": "system@ovs-system: hit:1 missed:2\n  br0:\n    br0 65534/0: (internal)\n",
    "dpctl/dump-flows": ["02:00:00:00:00:0b", "02:00:00:00:00:b0", "ff:ff:ff:ff:ff:ff"]
      .map((mac, i) => flow(1, "0", `${i}s`).replace(",", `,eth(dst=${mac}),`)).join("") +
      flow(1, "0", "5s"),
  }, async (control) => {
    const told = await readDaemon(
      { control, database: undefined },
      { down: new Set(), macs, withinMs: 60_000 },
      [],
    );
    deepEqual(told.losing?.map(({ match }) => match), [
      "recirc_id(0),eth(dst=02:00:00:00:00:0b),in_port(pa)",
    ]);
  }));

Deno.test("of a datapath with too many flows none is read, and that is a gap", () =>
  withFake(
    { "dpctl/show": "system@ovs-system:\n  lookups: hit:1 missed:2 lost:3\n  flows: 40000\n" },
    async (control, asked) => {
      const gaps: { what: string; why: string }[] = [];
      const told = await readDaemon(
        { control, database: control },
        { down, macs, withinMs: 60_000 },
        gaps,
      );
      equal(told.losing, undefined);
      equal(asked.some(([method]) => method === "dpctl/dump-flows"), false);
      equal(gaps.at(-1)?.why, "system@ovs-system has 40000 flows, 10000 are read at most");
    },
  ));

Deno.test("an answer in many pieces is read whole; one that is too long is refused", () =>
  withFake({ text: "a}".repeat(500) }, async (path) => {
    using control = await Control.open(path, { withinMs: 60_000, bytesMax: 2_000 });
    equal(await control.text("text", []), "a}".repeat(500));
    using strict = await Control.open(path, { withinMs: 60_000, bytesMax: 500 });
    await rejects(strict.text("text", []), /text: the answer is longer than 500 characters/);
  }, 7));

Deno.test("a namespace without a daemon has no Open vSwitch, and no gap", async () => {
  const question = { netns: 1, down, macs, withinMs: 60_000 };
  deepEqual(await readOpenvswitch({ ...question, paths: "\n" }), { gaps: [] });
  const gone = await readOpenvswitch({ ...question, paths: "/nowhere/ovs-vswitchd.1.ctl\n" });
  deepEqual(gone, { gaps: [{ what: "openvswitch", why: "its control socket can't be reached" }] });
});
