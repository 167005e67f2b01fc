/** A certificate authority, the API server's certificate and the key of service accounts. */
import { run } from "../../deploy/image/root.ts";

/** Makes all of it in a folder. `address`: of the API server. */
export async function makePki(folder: string, address: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const openssl = (...words: string[]) => run(["env", "-C", folder, "openssl", ...words]);
  await openssl(
    ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.crt"],
    ...["-subj", "/CN=lasthop-cluster", "-days", "30"],
  );
  await openssl(
    ...["req", "-newkey", "rsa:2048", "-nodes", "-keyout", "api.key", "-out", "api.csr"],
    // Its certificate is also what it shows to kubelets, which ask for more than any user.
    ...["-subj", "/O=system:masters/CN=kube-apiserver"],
  );
  const names = `subjectAltName=IP:${address},IP:127.0.0.1,IP:10.96.0.1,DNS:kubernetes.default.svc`;
  await Deno.writeTextFile(`${folder}/api.ext`, `${names}\n`);
  await openssl(
    ...["x509", "-req", "-in", "api.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"],
    ...["-out", "api.crt", "-days", "30", "-extfile", "api.ext"],
  );
  await openssl("genrsa", "-out", "sa.key", "2048");
  await openssl("rsa", "-in", "sa.key", "-pubout", "-out", "sa.pub");
}

/** A kubeconfig for a bearer of a token. */
export async function writeKubeconfig(
  path: string,
  { pki, server, token }: { pki: string; server: string; token: string },
): Promise<void> {
  const ca = new TextEncoder().encode(await Deno.readTextFile(`${pki}/ca.crt`)).toBase64();
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "c", cluster: { server, "certificate-authority-data": ca } }],
    users: [{ name: "u", user: { token } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    "current-context": "c",
  };
  await Deno.writeTextFile(path, JSON.stringify(config), { mode: 0o600 });
}
