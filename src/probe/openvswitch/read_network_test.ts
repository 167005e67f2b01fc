/** What is read of a daemon of Debian's Open vSwitch, with the datapath that it has in itself. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { execa } from "execa";
import { programOrWhy } from "../../../test/debian/unpacked.ts";
import { findNetns, readState } from "../state/mod.ts";

const found = await programOrWhy({
  name: "openvswitch-switch",
  program: "usr/lib/openvswitch-switch/ovs-vswitchd",
  withDependencies: true,
});
if (found.why !== undefined) console.log(`openvswitch left out: ${found.why}`);
const root = "root" in found && found.root !== undefined ? found.root : "";

interface Scene {
  netns: string;
  sh(script: string): Promise<string>;
}

/** A namespace with a daemon in it, for the length of `use`: `$N`, and `vs`, `flow`, `ask` in scripts. */
async function withDaemon(use: (scene: Scene) => Promise<void>): Promise<void> {
  const netns = `lhst-${crypto.randomUUID().slice(0, 6)}`;
  const home = await Deno.makeTempDir({ prefix: "lasthop-ovs-" });
  const env = {
    ...{ N: netns, H: home, R: root, OVS_RUNDIR: home, OVS_LOGDIR: home, OVS_DBDIR: home },
    LD_LIBRARY_PATH: ["x86_64", "aarch64"].map((cpu) => `${root}/usr/lib/${cpu}-linux-gnu`)
      .join(":"),
    PATH: ["usr/lib/openvswitch-switch", "usr/bin", "usr/sbin"].map((path) => `${root}/${path}`)
      .concat(Deno.env.get("PATH") ?? "", "/usr/sbin", "/sbin").join(":"),
  };
  const functions = `
    vs() { ovs-vsctl --db=unix:$H/db.sock --timeout=20 "$@"; }
    flow() { ovs-ofctl -O OpenFlow14 add-flow unix:$H/$1.mgmt "$2"; }
  `;
  const sh = async (script: string) => {
    const { stdout } = await execa("bash", ["-euc", functions + script], { env, stdin: "ignore" });
    return stdout;
  };
  try {
    await sh(`
      ip netns add $N; ip -n $N link set lo up
      ip netns exec $N sysctl -qw net.ipv6.conf.default.disable_ipv6=1
      ovsdb-tool create $H/conf.db $R/usr/share/openvswitch/vswitch.ovsschema
      ip netns exec $N ovsdb-server $H/conf.db --remote=punix:$H/db.sock --detach --no-chdir \\
        --pidfile=$H/db.pid --log-file=$H/db.log
      vs --no-wait init
      ip netns exec $N ovs-vswitchd unix:$H/db.sock --detach --no-chdir --pidfile=$H/vs.pid \\
        --log-file=$H/vs.log
      vs set Open_vSwitch . other_config:max-idle=600000
      vs add-br br0 -- set bridge br0 datapath_type=netdev fail_mode=secure
      vs add-br br1 -- set bridge br1 datapath_type=netdev
      ip -n $N link add out type veth peer name p0
      ip -n $N link set out up; ip -n $N link set p0 up
      ip -n $N addr add 10.9.0.1/24 dev out
      ip -n $N neigh add 10.9.0.2 dev out lladdr 02:00:00:00:00:02 nud permanent
      vs add-port br0 p0 -- set interface p0 ofport_request=7
      vs add-port br0 a -- set interface a type=patch options:peer=b ofport_request=2
      vs add-port br1 b -- set interface b type=patch options:peer=a
      # A device that is not there.
      vs --no-wait add-port br1 gone
    `);
    await use({ netns, sh });
  } finally {
    await sh(`
      for file in vs db; do [ ! -f $H/$file.pid ] || kill -KILL "$(cat $H/$file.pid)"; done
      ip netns del $N
    `);
    await Deno.remove(home, { recursive: true });
  }
}

const PING = "ip netns exec $N ping -n -c 1 -W 1 10.9.0.2 || true";

Deno.test({
  name: "the state has bridges, patch ports, the flow that drops and the tables that made it",
  ignore: Deno.uid() !== 0 || found.run === undefined,
  fn: () =>
    withDaemon(async ({ netns, sh }) => {
      await sh(`
        flow br0 cookie=0x77,priority=10,icmp,actions=resubmit\\(,5\\)
        flow br0 table=5,priority=20,icmp,icmp_type=8,actions=output:2
        flow br1 cookie=0x79,priority=400,icmp,nw_dst=10.9.0.0/24,actions=drop
        ${PING}
      `);
      const { openvswitch, gaps } = await readState(await findNetns(netns));
      deepEqual(gaps.filter(({ what }) => what.startsWith("openvswitch")), []);
      deepEqual(openvswitch?.bridges.map(({ name, failMode }) => [name, failMode]), [
        ["br0", "secure"],
        ["br1", undefined],
      ]);
      equal(openvswitch?.idleMs, 600_000);
      const ports = openvswitch!.bridges.flatMap((bridge) => bridge.ports);
      const port = (name: string) => ports.find((one) => one.name === name);
      deepEqual(port("p0"), { name: "p0", number: 7, type: "system", device: "p0" });
      equal(port("a")?.peer, "b");
      match(port("gone")?.error ?? "", /gone/);
      const flow = openvswitch?.losing?.find(({ match }) => match.includes("10.9.0."));
      equal(flow?.actions, "drop");
      ok(flow!.match.includes("in_port(p0)"), flow!.match);
      const text = flow?.steps?.map(({ bridge, table, priority, cookie, says }) =>
        [bridge, table, priority, cookie ?? "-", ...says].join(" ")
      );
      deepEqual(text, [
        "br0 0 10 0x77 resubmit(,5)",
        "br0 5 20 - output:2",
        "br1 0 400 0x79 drop",
      ]);
    }),
});

Deno.test({
  name:
    "what a flow drops and a mirror has goes to the mirror's port alone, by the flow that drops",
  ignore: Deno.uid() !== 0 || found.run === undefined,
  fn: () =>
    withDaemon(async ({ netns, sh }) => {
      await sh(`
        ip -n $N link add m0 type veth peer name m1
        ip -n $N link set m0 up; ip -n $N link set m1 up
        vs add-port br0 m0
        vs -- --id=@m get port m0 -- --id=@mirror create mirror name=w select-all=true \\
          output-port=@m -- set bridge br0 mirrors=@mirror
        flow br0 cookie=0x5,priority=300,icmp,actions=drop
        ${PING}
      `);
      const { openvswitch } = await readState(await findNetns(netns));
      deepEqual(openvswitch?.bridges.map(({ mirrors }) => mirrors), [["m0"], undefined]);
      const flow = openvswitch?.losing?.find(({ actions }) => actions === "m0");
      ok(flow?.match.includes("in_port(p0)"), flow?.match);
      deepEqual(flow?.steps?.map(({ cookie, says }) => [cookie, says]), [["0x5", ["drop"]]]);
    }),
});

Deno.test({
  name: "a daemon that is stopped is a gap, and the rest of the state is read",
  ignore: Deno.uid() !== 0 || found.run === undefined,
  fn: () =>
    withDaemon(async ({ netns, sh }) => {
      await sh("kill -STOP $(cat $H/vs.pid)");
      const state = await readState(await findNetns(netns), { timeoutMs: 5_000 });
      equal(state.openvswitch, undefined);
      match(
        state.gaps.find(({ what }) => what === "openvswitch")?.why ?? "",
        /^dpctl\/show: no answer within 500 ms$/,
      );
      ok(state.links.some(({ name }) => name === "p0"));
    }),
});
