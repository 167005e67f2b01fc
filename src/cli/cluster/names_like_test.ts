import { deepEqual, equal } from "node:assert/strict";
import { gone, runLasthop } from "../../../test/fake/lasthop.ts";
import { FakeApi } from "../../../test/kube/fake_api.ts";
import { pod, service } from "../../../test/kube/objects.ts";
import { namesLike } from "./names_like.ts";

async function withApi(use: (api: FakeApi, kube: { kubeconfig: string }) => Promise<void>) {
  const api = new FakeApi();
  const kubeconfig = await Deno.makeTempFile();
  await Deno.writeTextFile(kubeconfig, api.kubeconfig());
  try {
    await use(api, { kubeconfig });
  } finally {
    await api.close();
    await Deno.remove(kubeconfig);
  }
}

Deno.test("complete: names that begin so, of the kind and namespace that were typed", () =>
  withApi(async (api, kube) => {
    api.put("pods", pod("checkout-0", "10.0.0.1"), pod("cart", "10.0.0.2"), pod("web", "10.0.0.3"));
    api.put("services", service("checkout", "10.96.0.1"));
    deepEqual(await namesLike("pod/c", kube, "shop"), ["pod/cart", "pod/checkout-0"]);
    deepEqual(api.asked.at(-1), "/api/v1/namespaces/shop/pods?limit=5000");
    deepEqual(await namesLike("svc/", kube), ["svc/checkout"]);
    for (const word of ["host", "constructor/x", "pod", ""]) {
      deepEqual(await namesLike(word, kube), []);
    }
  }));

Deno.test("complete: a name that a shell would read as more than a word is not told", () =>
  withApi(async (api, kube) => {
    for (const name of ["a$(id)", "a;b", "a b", "a`id`", "a\nb", "-a", "a'", "a\u001b[1m", "ab"]) {
      api.put("pods", pod(name, "10.0.0.1"));
    }
    deepEqual(await namesLike("pod/", kube), ["pod/ab"]);
    const asked = api.asked.length;
    deepEqual(await namesLike("pod/", kube, "../../secrets"), []);
    deepEqual(api.asked.length, asked);
  }));

Deno.test("complete: silent where nobody may ask, and where nobody answers", () =>
  withApi(async (api, kube) => {
    api.forbidden.add("pods");
    deepEqual(await namesLike("pod/", kube), []);
    deepEqual(await namesLike("pod/", { kubeconfig: "/nowhere/config" }), []);
    const never = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    try {
      const url = `http://127.0.0.1:${(never.addr as Deno.NetAddr).port}`;
      const text = api.kubeconfig().replace(api.url, url);
      await Deno.writeTextFile(kube.kubeconfig, text);
      deepEqual(await namesLike("pod/", kube), []);
    } finally {
      never.close();
    }
  }));

Deno.test("complete: a kubectl that carries the question and never answers is gone with it", async () => {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-complete-" });
  try {
    const kubectl =
      `#!/bin/sh\ntrap '' TERM\necho $$ >${folder}/pid\nwhile :; do read -r _ </dev/zero; done\n`;
    await Deno.writeTextFile(`${folder}/kubectl`, kubectl, { mode: 0o700 });
    await Deno.mkdir(`${folder}/tmp`);
    const api = new FakeApi();
    const text = api.kubeconfig();
    await api.close();
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "aws" };
    const config = JSON.parse(text);
    config.users = [{ name: config.users[0].name, user: { exec } }];
    await Deno.writeTextFile(`${folder}/config`, JSON.stringify(config));
    const env = { PATH: `${folder}:${Deno.env.get("PATH")}`, TMPDIR: `${folder}/tmp` };
    const { code, stdout } = await runLasthop(
      ["complete", "pod/c", "--kubeconfig", `${folder}/config`],
      { env },
    );
    deepEqual([code, stdout], [0, ""]);
    const pid = Number(await Deno.readTextFile(`${folder}/pid`));
    await gone(pid);
    const left = [...Deno.readDirSync(`${folder}/tmp`)].map(({ name }) => name)
      .filter((name) => name.startsWith("lasthop-kubectl-"));
    equal(left.length, 0, left.join());
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
