/**
 * `deno task cluster`: a real Kubernetes of two nodes on this machine. Without an argument its incidents
 * are traced by `lasthop cluster trace`, and what was typed and said is printed; `times` prints how long
 * each step of a trace takes, `up` keeps it until Ctrl-C, `build` only builds what it is made of. `--image
 * FILE`: of the probe, else it is built. `--nodes 3`: a third one, which is no end of what is traced. `--only
 * WORD`: incidents of that name alone; `--repeat 5`: so often. `--dual`: it has IPv6, too.
 */
import { run } from "../../deploy/image/root.ts";
import { bring } from "./build.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { KUBE } from "./home.ts";
import { runIncidents } from "./incidents.ts";
import { printTimes } from "./times.ts";

const ROOT = new URL("../../../", import.meta.url).pathname;
const OBJECTS = new URL("./objects.yaml", import.meta.url).pathname;
const isNamed = Deno.args[0] !== undefined && !Deno.args[0].startsWith("--");
const action = isNamed ? Deno.args[0] : "incidents";
const more = isNamed ? Deno.args.slice(1) : Deno.args;

const beganMs = performance.now();
const tell = (text: string) => {
  console.log(`${((performance.now() - beganMs) / 1000).toFixed(1).padStart(6)} s  ${text}`);
};

const option = (name: string) => more.includes(name) ? more[more.indexOf(name) + 1] : undefined;

async function image(): Promise<string> {
  const given = option("--image");
  if (given !== undefined) return given;
  tell("building the probe's image…");
  const words = ["run", "-A", "--no-check", `${ROOT}deploy/image/build.ts`];
  await run([Deno.execPath(), ...words, "--only", "lasthop-probe", "--to", `${KUBE}/img`]);
  const processor = Deno.build.arch === "aarch64" ? "arm64" : "amd64";
  return `${KUBE}/img/lasthop-probe-${processor}.tar`;
}

async function withCluster(use: (cluster: Cluster) => Promise<number>): Promise<number> {
  const path = await image();
  const cluster = await startCluster(tell, Number(option("--nodes") ?? 2), more.includes("--dual"));
  try {
    await cluster.load(path);
    tell("the probe's image is on all nodes");
    await cluster.kubectl("apply", "-f", OBJECTS);
    await cluster.until(
      "pods of the shop run",
      async () =>
        (await cluster.kubectl("-n", "shop", "get", "pods", "--no-headers")).match(/ Running /g)
          ?.length === 2,
    );
    return await use(cluster);
  } finally {
    await cluster.stop();
    tell("stopped");
  }
}

async function keep({ kubeconfig, laptop }: Cluster): Promise<number> {
  console.log(`${laptop.join(" ")} kubectl --kubeconfig ${kubeconfig} …`);
  await new Promise<void>((resolve) => Deno.addSignalListener("SIGINT", resolve));
  return 0;
}

if (action === "build") await bring(tell);
else if (action === "up") Deno.exit(await withCluster(keep));
else if (action === "times") {
  Deno.exit(await withCluster(async (cluster) => (await printTimes(cluster), 0)));
} else {
  Deno.exit(
    await withCluster(async (cluster) => {
      let faults = 0;
      for (let i = 0; i < Number(option("--repeat") ?? 1); i++) {
        faults += await runIncidents(cluster, tell, option("--only"));
      }
      return faults;
    }),
  );
}
