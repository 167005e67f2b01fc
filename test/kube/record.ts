/**
 * `deno task kube-record KUBECONFIG`: applies `scene.yaml` to a cluster, writes what its API answers to
 * `recorded/`, and deletes the scene. To be run where the API is reached; kubectl must be there.
 */
import { execa } from "execa";
import { openApi } from "../../src/kube/open.ts";
import { discover } from "../../src/kube/resources.ts";

const here = (name: string) => new URL(name, import.meta.url).pathname;
const [kubeconfig] = Deno.args;
if (kubeconfig === undefined) throw new Error("which KUBECONFIG?");

const kubectl = (...words: string[]) => execa("kubectl", ["--kubeconfig", kubeconfig, ...words]);
const api = await openApi({ kubeconfig });
const signal = AbortSignal.timeout(120_000);
const write = (name: string, value: unknown) =>
  Deno.writeTextFile(here(`recorded/${name}.json`), JSON.stringify(value, null, 1) + "\n");

try {
  await kubectl("apply", "-f", here("scene.yaml"));
  await kubectl("-n", "recorded", "rollout", "status", "deployment/web", "--timeout=60s");
  await write("apis", await api.json("/apis", { signal }));
  for (const { resource, path } of await discover(api, signal)) {
    const list = await api.json(`${path}?limit=500`, { signal }) as {
      metadata: { resourceVersion: string };
    };
    await write(resource, list);
    if (resource === "services") await write("watch", await watched(path, list.metadata));
  }
} finally {
  await kubectl("delete", "-f", here("scene.yaml"), "--wait=false").catch(() => {});
  await api.close();
}

/** A watch of two seconds, in which a service is changed, one is made, and one deleted. */
async function watched(path: string, { resourceVersion }: { resourceVersion: string }) {
  const query = `watch=true&allowWatchBookmarks=true&timeoutSeconds=3`;
  const lines: unknown[] = [];
  const reading = (async () => {
    for await (
      const line of api.lines(`${path}?${query}&resourceVersion=${resourceVersion}`, signal)
    ) {
      lines.push(JSON.parse(line));
    }
  })();
  await kubectl("-n", "recorded", "label", "service", "web", "tier=front");
  await kubectl("-n", "recorded", "create", "service", "clusterip", "late", "--tcp=80");
  await kubectl("-n", "recorded", "delete", "service", "late");
  await reading;
  return lines;
}
