/** Kubeconfigs that kubectl itself must read and carry: Debian's kubectl, and an API of this process. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { unpacked } from "../../test/cluster/debian.ts";
import { AUTHORITY, FakeApi } from "../../test/kube/fake_api.ts";
import { pod } from "../../test/kube/objects.ts";
import { openApi } from "./open.ts";

const kubectl = `${await unpacked("kubectl", ["kubernetes-client"])}/usr/bin`;

/** A kubeconfig in YAML, in a folder of its own, with kubectl in the PATH. */
async function withConfig(
  api: FakeApi,
  user: (folder: string) => string,
  use: (kubeconfig: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const path = Deno.env.get("PATH")!;
  try {
    await Deno.writeTextFile(`${folder}/ca.pem`, AUTHORITY);
    await Deno.writeTextFile(
      `${folder}/config`,
      `# As people write it.
apiVersion: v1
kind: Config
current-context: test
contexts: [{ name: test, context: { cluster: kind, user: me } }]
clusters:
  - name: kind
    cluster: { server: "${api.url}", certificate-authority: ca.pem }
users:
  - name: me
    user: ${user(folder)}
`,
    );
    Deno.env.set("PATH", `${kubectl}:${path}`);
    await use(`${folder}/config`);
  } finally {
    Deno.env.set("PATH", path);
    await Deno.remove(folder, { recursive: true });
  }
}

const namesOf = (answer: unknown) =>
  (answer as { items: { metadata: { name: string } }[] }).items.map(({ metadata }) =>
    metadata.name
  );

Deno.test("kubeconfig in YAML: kubectl reads it, its authority beside it, and the API is asked directly", async () => {
  const api = new FakeApi();
  api.put("pods", pod("web-0", "10.244.0.5"));
  try {
    await withConfig(api, () => `{ token: "${api.token}" }`, async (kubeconfig) => {
      const asked = await openApi({ kubeconfig });
      equal(asked.server, api.url);
      deepEqual(namesOf(await asked.json("/api/v1/pods")), ["web-0"]);
      await asked.close();
    });
  } finally {
    await api.close();
  }
});

Deno.test("kubeconfig with an exec plugin: kubectl starts it and carries lists and watches", async () => {
  const api = new FakeApi();
  api.put("pods", pod("web-0", "10.244.0.5"));
  const plugin = (folder: string) => {
    const said = JSON.stringify({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1beta1",
      status: { token: api.token },
    });
    Deno.writeTextFileSync(`${folder}/plugin`, `#!/bin/sh\necho '${said}'\n`, { mode: 0o755 });
    return `{ exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: "${folder}/plugin" } }`;
  };
  try {
    await withConfig(api, plugin, async (kubeconfig) => {
      const asked = await openApi({ kubeconfig });
      deepEqual(namesOf(await asked.json("/api/v1/pods")), ["web-0"]);
      const over = new AbortController();
      const lines = asked.lines("/api/v1/pods?watch=true&resourceVersion=101", over.signal);
      const first = lines.next();
      while (api.watches("pods") === 0) await api.nextWatch;
      api.put("pods", pod("web-1", "10.244.0.6"));
      match(String((await first).value), /"web-1"/);
      over.abort();
      await lines.return(undefined);
      await asked.close();
    });
  } finally {
    await api.close();
  }
});

Deno.test("kubeconfig with an exec plugin that fails: the refusal is told, and no list is empty", async () => {
  const api = new FakeApi();
  const plugin = () =>
    `{ exec: { apiVersion: client.authentication.k8s.io/v1beta1, command: /nowhere/plugin } }`;
  try {
    await withConfig(api, plugin, async (kubeconfig) => {
      const asked = await openApi({ kubeconfig });
      await rejects(asked.json("/api/v1/pods"));
      await asked.close();
    });
  } finally {
    await api.close();
  }
});
