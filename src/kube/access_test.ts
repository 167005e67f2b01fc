import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { readAccess } from "./access.ts";

/** A kubeconfig with one user, as JSON. */
function config(user: Record<string, unknown>, cluster: Record<string, unknown> = {}): string {
  return JSON.stringify({
    "current-context": "prod",
    contexts: [
      { name: "prod", context: { cluster: "c1", user: "me" } },
      { name: "lost", context: { cluster: "c2", user: "me" } },
    ],
    clusters: [{ name: "c1", cluster: { server: "https://10.0.0.1:6443/", ...cluster } }],
    users: [{ name: "me", user }],
  });
}

async function accessOf(text: string, context?: string) {
  const kubeconfig = await Deno.makeTempFile();
  await Deno.writeTextFile(kubeconfig, text);
  try {
    const access = await readAccess({ kubeconfig, ...(context === undefined ? {} : { context }) });
    return { access, kubeconfig };
  } finally {
    await Deno.remove(kubeconfig);
  }
}

Deno.test("kubeconfig: client certificates, in the file before those in others", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const name of ["ca", "cert", "key"]) {
      await Deno.writeTextFile(`${folder}/${name}`, `the ${name} of a file`);
    }
    const { access } = await accessOf(config({
      "client-certificate": `${folder}/cert`,
      "client-certificate-data": btoa("the cert itself"),
      "client-key": `${folder}/key`,
    }, { "certificate-authority": `${folder}/ca` }));
    const { server, authority, certificate, key, byKubectl } = access;
    deepEqual({ server, authority, certificate, key, byKubectl }, {
      server: "https://10.0.0.1:6443",
      authority: "the ca of a file",
      certificate: "the cert itself",
      key: "the key of a file",
      byKubectl: undefined,
    });
    // Half of a pair proves nothing.
    const half = await accessOf(config({ "client-certificate": `${folder}/cert` }));
    equal(half.access.certificate, undefined);
    const missing = config({
      "client-certificate": `${folder}/none`,
      "client-key": `${folder}/key`,
    });
    await rejects(accessOf(missing), { code: "kubeconfig_unreadable" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("kubeconfig: a token's file is read each time, as it changes", async () => {
  const tokenFile = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(tokenFile, "first\n");
    const { access } = await accessOf(config({ token: "old", tokenFile }));
    equal(access.token!(), "first");
    await Deno.writeTextFile(tokenFile, "second\n");
    equal(access.token!(), "second");
  } finally {
    await Deno.remove(tokenFile);
  }
});

Deno.test("kubeconfig: what only kubectl knows to do is left to kubectl, by the same file and context", async () => {
  const kubectls: [Record<string, unknown>, Record<string, unknown>][] = [
    [{ exec: { command: "aws" } }, {}],
    [{ "auth-provider": { name: "gcp" } }, {}],
    [{ token: "t", as: "somebody" }, {}],
    [{ token: "t" }, { "tls-server-name": "api.internal" }],
    [{ token: "t" }, { "proxy-url": "http://proxy:3128" }],
    [{ token: "t" }, { "insecure-skip-tls-verify": true }],
  ];
  for (const [user, cluster] of kubectls) {
    const { access, kubeconfig } = await accessOf(config(user, cluster));
    deepEqual(access.byKubectl, ["--kubeconfig", kubeconfig, "--context", "prod"]);
    equal(access.token, undefined);
  }
  equal((await accessOf(config({ token: "t" }))).access.byKubectl, undefined);
});

Deno.test("kubeconfig: what it does not have is said by name", async () => {
  await rejects(accessOf(config({}), "dev"), /no context "dev", must be one of prod, lost/);
  await rejects(accessOf(config({}), "lost"), /no server for cluster "c2"/);
  await rejects(accessOf("{"), /it is no kubeconfig/);
  const gone = "/nowhere/config";
  await rejects(readAccess({ kubeconfig: gone }), (error: Error) => {
    match(error.message, /^Cannot read kubeconfig \/nowhere\/config: /);
    return true;
  });
});
