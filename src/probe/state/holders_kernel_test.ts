/** Whose a namespace is, with real control groups and processes. Needs root; skipped without. */
import { deepEqual, equal, ok } from "node:assert/strict";
import { execa } from "execa";
import { ContainerNames } from "./container_names.ts";
import { Holders } from "./holders.ts";
import { kernelTest, startInCgroup } from "./kernel_testing.ts";
import { inodeOf, listNetns } from "./netns.ts";
import { asOwnTool } from "./own_tools.ts";

const UID = "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";
const ID = "0123456789abcdef".repeat(4);

/** A process in a namespace of its own and in a control group, for the length of `use`. */
async function withProcess(
  path: string,
  use: (pid: number, inode: number) => Promise<void> | void,
) {
  const held = await startInCgroup(path, ["unshare", "--net"]);
  try {
    await use(held.pid, inodeOf(`/proc/${held.pid}/ns/net`)!);
  } finally {
    await held.stop();
  }
}

async function withRoot(use: (root: string) => Promise<void>) {
  const root = Deno.makeTempDirSync({ prefix: "lhst-" });
  try {
    await use(root);
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
}

kernelTest(
  "holders: a pod by the control group of its process and by the folder of its logs",
  () =>
    withRoot((root) =>
      withProcess(`kubepods/burstable/pod${UID}/${ID}`, (pid, inode) => {
        const holders = new Holders(new ContainerNames([root]));
        const holder = () => holders.addTo([{ inode }], new Map([[inode, [pid]]]))[0]?.holder;
        const process = { pid, program: "sleep" };
        deepEqual(holder(), { ...process, pod: { uid: UID } });
        Deno.mkdirSync(`${root}/var/log/pods/shop_checkout-0_${UID}`, { recursive: true });
        const pod = { namespace: "shop", name: "checkout-0", uid: UID };
        deepEqual(holder(), { ...process, pod });
        Deno.removeSync(`${root}/var/log/pods/shop_checkout-0_${UID}`);
        deepEqual(holder(), { ...process, pod }, "its logs are gone before it is");
      })
    ),
);

kernelTest(
  "holders: a container of no pod by what its runtime wrote, else by its id",
  () =>
    withRoot((root) =>
      withProcess(`docker/${ID}`, (pid, inode) => {
        const holders = new Holders(new ContainerNames([root]));
        const holder = () => holders.addTo([{ inode }], new Map([[inode, [pid]]]))[0]?.holder;
        deepEqual(holder()?.container, { id: ID, runtime: "docker" });
        const folder = `${root}/var/lib/docker/containers/${ID}`;
        Deno.mkdirSync(folder, { recursive: true });
        Deno.writeTextFileSync(`${folder}/config.v2.json`, `{"Name":`);
        deepEqual(holder()?.container, { id: ID, runtime: "docker" }, "half a file");
        Deno.writeTextFileSync(`${folder}/config.v2.json`, JSON.stringify({ Name: "/web\u202e" }));
        deepEqual(holder()?.container, { id: ID, runtime: "docker", name: "web\u202e" });
      })
    ),
);

kernelTest(
  "holders: found with all namespaces; the machine's own has none, nor has a tool's",
  () =>
    withProcess(`kubepods/pod${UID}/${ID}`, async (_pid, inode) => {
      const all = await listNetns();
      deepEqual(all.find((one) => one.inode === inode)?.holder?.pod, { uid: UID });
      equal(all.find((one) => one.own)?.holder, undefined);
      const tool = execa("timeout", [
        "60",
        "unshare",
        "--net",
        "sh",
        "-c",
        "readlink /proc/self/ns/net; exec sleep 60",
      ], {
        buffer: false,
        stdin: "ignore",
        reject: false,
      });
      const reading = asOwnTool(tool);
      try {
        let printed = "";
        for await (const chunk of tool.stdout) {
          printed = new TextDecoder().decode(chunk as Uint8Array);
          break;
        }
        const found = (await listNetns()).find((one) => printed.includes(String(one.inode)));
        ok(found, printed);
        equal(found.holder, undefined);
      } finally {
        Deno.kill(tool.pid!, "SIGTERM");
        await reading;
      }
    }),
);

kernelTest(
  "holders: a process that ended is passed over for the next one of its namespace",
  () =>
    withProcess(`kubepods/pod${UID}/${ID}`, async (pid, inode) => {
      const ended = execa("true");
      await ended;
      const holders = new Holders(new ContainerNames([]));
      const [one] = holders.addTo([{ inode }], new Map([[inode, [ended.pid!, pid]]]));
      equal(one?.holder?.pid, pid);
      deepEqual(holders.addTo([{ inode }], new Map([[inode, [ended.pid!]]])), [{ inode }]);
    }),
);
