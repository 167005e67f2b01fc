/** The lookup that `rp_filter` makes against the kernel's: random rules, tables and settings. */
import { devicesOf } from "../../src/analysis/view/next_hops.ts";
import { deepEqual, ok } from "node:assert/strict";
import { modeOf, wayBackOf } from "../../src/analysis/rules/reverse-path-filter/way_back.ts";
import { refuses } from "../../src/analysis/view/routing.ts";
import type { NetnsState } from "../../src/event/state.ts";
import { caseFor } from "./case_fixture.ts";
import { randomOf } from "./rules.ts";
import { eventOf, routerState, type Scene, sceneOf } from "./scene.ts";

const SEED = Number(Deno.env.get("SEED") ?? 20_261_126);
const TRIES = Number(Deno.env.get("TRIES") ?? 25);

const RULES = [
  "from 10.2.0.2 lookup 5",
  "from 10.2.0.0/24 lookup 5",
  "not from 10.2.0.3 lookup 5",
  "to 10.7.0.0/24 lookup 5",
  "to 10.1.0.0/24 iif right lookup 5",
  "iif lo lookup 5",
  "iif left lookup 5",
  "oif left lookup 5",
  "fwmark 1 lookup 5",
  "not fwmark 1 lookup 5",
  "ipproto icmp lookup 5",
  "from all lookup main suppress_prefixlength 0",
  "from 10.2.0.0/24 goto 300",
  "from 10.1.0.1 prohibit",
];
const ROUTES = [
  "10.7.0.0/24 via 10.1.0.2 dev left",
  "10.7.0.0/24 via 10.2.0.2 dev right",
  "blackhole 10.7.0.0/24",
  "10.1.0.0/24 dev right table 5",
  "10.0.0.0/8 via 10.1.0.2 dev left table 5",
  "default via 10.2.0.2 dev right table 5",
  "throw 10.1.0.0/24 table 5",
  "default via 10.1.0.2 dev left",
];

const MARKED = ["-i left", "-s 10.7.0.0/24", "-d 10.2.0.2/32", "-p tcp", "-m limit --limit 1/s"];

async function refused({ router }: Scene): Promise<number> {
  const { stdout } = await router.run(["sh", "-c", "grep ^TcpExt: /proc/net/netstat"]);
  const [names = [], values = []] = stdout.trim().split("\n").map((line) => line.split(" "));
  return Number(values[names.indexOf("IPReversePathFilter")]);
}

/** Whether the tables as read would have refused it; null when a rule can't be decided. */
function predicted(state: NetnsState, from: string, to: string): boolean | null {
  const event = {
    ...eventOf({ protocol: "icmp", from: "client", to }),
    ...{ source: from, netns: state.netns, device: "left" },
    ifindex: state.links.find(({ name }) => name === "left")!.ifindex,
  };
  const subject = caseFor({
    events: [event, { ...event, kind: "drop", reason: "IP_RPFILTER" }],
    before: state,
  });
  const mode = modeOf(state, "left");
  const { answer: { route, certain } } = wayBackOf(subject, state);
  if (mode === 0) return false;
  if (!certain) return null;
  if (!route || refuses(route)) return true;
  return mode === 1 && !devicesOf(route).includes("left");
}

Deno.test({
  name: `[R4] seed ${SEED}: rp_filter refuses what the lookup says`,
  ignore: Deno.uid() !== 0,
  async fn() {
    const random = randomOf(SEED);
    const scene = sceneOf("back");
    const { client, router, topology } = scene;
    client.address("eth0", "10.7.0.2/24");
    const tally = { refused: 0, passed: 0, open: 0 };
    const wrong: string[] = [];
    try {
      await topology.apply();
      for (let i = 0; i < TRIES; i++) {
        const some = (list: readonly string[], count: number) =>
          Array.from({ length: random.int(count + 1) }, () => random.pick(list));
        const rules = some(RULES, 3).map((rule, j) => `rule add pref ${100 + 50 * j} ${rule}`);
        const routes = some(ROUTES, 4).map((route) => `route replace ${route}`);
        const settings = ["all", "left"].map((name) =>
          `net.ipv4.conf.${name}.rp_filter=${random.int(3)}`
        );
        await router.run([
          "sh",
          "-c",
          `ip rule flush; ip rule add pref 32766 lookup main
          ip route flush table 5; ip route flush root 10.7.0.0/24; ip route del default
          ip rule add pref 300 lookup main
          iptables -t mangle -F
          ${
            random.int(2) === 0
              ? ""
              : `iptables -t mangle -A PREROUTING ${random.pick(MARKED)} -j MARK --set-mark 1`
          }
          sysctl -qw net.ipv4.route.flush=1 ${
            settings.join(" ")
          } net.ipv4.conf.left.src_valid_mark=${random.int(2)}
          ${[...routes, ...rules].map((line) => `ip ${line}`).join("\n")}`,
        ]);
        const state = await routerState(scene);
        for (const from of ["10.1.0.2", "10.7.0.2"]) {
          const to = random.pick(["10.2.0.2", "10.2.0.3", "10.1.0.1", "10.2.0.1"]);
          const before = await refused(scene);
          await client.run(["ping", "-n", "-c", "1", "-W", "0.03", "-I", from, to]);
          const was = await refused(scene) > before;
          const said = predicted(state, from, to);
          if (said === null) tally.open++;
          else if (said !== was) {
            wrong.push(`${i} ${from} > ${to}: ${was}; ${[...settings, ...routes, ...rules]}`);
          } else tally[was ? "refused" : "passed"]++;
        }
      }
      console.log(`seed ${SEED}: ${JSON.stringify(tally)}`);
      deepEqual(wrong, []);
      ok(tally.refused > 5 && tally.passed > 5 && tally.open < TRIES / 2);
    } finally {
      await topology.down();
    }
  },
});
