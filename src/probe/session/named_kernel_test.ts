/** A filter that names a pod, on a real kernel. Needs root; skipped without. */
import { ok } from "node:assert/strict";
import { decodeTsv } from "../../event/codec.ts";
import { kernelTest, startInCgroup, withScene } from "../state/kernel_testing.ts";
import { resolveNodes, startSession } from "./mod.ts";

const ID = "0123456789abcdef".repeat(4);
/** Where kubelet keeps the logs of pods, by their namespace, name and uid. */
const LOGS = "/var/log/pods";

/** `A` and `B` are pods, one after the other, that this machine asks and that both answer. */
const NET = `
for n in A:nm0:10.77.1:$A B:nm1:10.77.2:$B; do
  netns=\${n##*:}; rest=\${n#*:}; dev=\${rest%%:*}; net=\${rest#*:}; net=\${net%%:*}
  ip link add $dev-$ID type veth peer name eth0 netns $netns
  ip addr add $net.254/24 dev $dev-$ID; ip link set $dev-$ID up
  ip -n $netns addr add $net.1/24 dev eth0; ip -n $netns link set eth0 up
done
`;

async function startPod(netns: string, name: string) {
  const uid = crypto.randomUUID();
  const folder = `${LOGS}/${name.replace("/", "_")}_${uid}`;
  const hadLogs = await Deno.stat(LOGS).then(() => true, () => false);
  await Deno.mkdir(folder, { recursive: true });
  const cgroup = `kubepods/besteffort/pod${uid}/${ID}`;
  const held = await startInCgroup(cgroup, ["ip", "netns", "exec", netns]);
  return {
    async stop() {
      await held.stop();
      await Deno.remove(folder);
      if (!hadLogs) await Deno.remove(LOGS).catch(() => {});
    },
  };
}

kernelTest(
  "a pod is traced by its name, and its successor of the same name as well",
  () =>
    withScene(async (scene) => {
      const id = crypto.randomUUID().slice(0, 6);
      const name = `lhst/web-${id}`;
      await scene.sh(`ID=${id}; ${NET}`);
      let pod = await startPod(scene.a, name);
      const seen = new Set<string>();
      const session = await startSession({
        nodes: await resolveNodes([], "worker"),
        filter: `pod ${name}`,
        incident: "named",
        onBatch: ({ lines }) => {
          for (const line of lines) {
            if (line.startsWith("{")) continue;
            const { source, destination } = decodeTsv(line);
            for (const address of [source, destination]) if (address) seen.add(address);
          }
        },
        onProgress: () => {},
      });
      try {
        await session.ready;
        await scene.sh("ping -c 2 -i 0.2 10.77.1.1; ping -c 2 -i 0.2 10.77.2.1");
        await pod.stop();
        pod = await startPod(scene.b, name);
        for (let tries = 0; tries < 60 && !seen.has("10.77.2.1"); tries++) {
          await scene.sh("ping -c 3 -i 0.3 10.77.2.1");
          if (tries === 0) ok(!seen.has("10.77.2.1"), "another pod's packets were asked for");
        }
      } finally {
        await session.stop();
        await pod.stop();
      }
      ok(seen.has("10.77.1.1"), "the first is asked for");
      ok(seen.has("10.77.2.1"), "its successor is asked for");
    }),
);
