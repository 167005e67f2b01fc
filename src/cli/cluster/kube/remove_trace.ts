/**
 * The last thing that the pod of a trace does: it removes what owns all of the trace, itself included, by
 * the right that it was given for that alone. Whoever began the trace does so first where it can.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { Environment } from "../../user_folders.ts";

const ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";
/** How long one attempt may take, and how many there are. */
const ATTEMPT_MS = 5_000;
const ATTEMPTS = 5;
/** Between two attempts. Milliseconds. */
const AGAIN_MS = 1_000;

/** Removes `what`: `namespaces/NAME`, or `serviceaccounts/NAME` of its own namespace. */
export async function removeTrace(
  what: string,
  env: Environment,
  progress: (text: string) => void,
  { folder = ACCOUNT, fetch: doFetch = fetch, againMs = AGAIN_MS }: {
    folder?: string;
    fetch?: typeof fetch;
    /** Between two attempts. */
    againMs?: number;
  } = {},
): Promise<void> {
  const [host, port] = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"].map(env);
  const isNamespace = what.startsWith("namespaces/");
  if (!host) return progress(`cannot remove ${what}: this is no pod`);
  const base = `https://${host.includes(":") ? `[${host}]` : host}:${port}/api/v1`;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    try {
      const token = (await Deno.readTextFile(`${folder}/token`)).trim();
      const client = Deno.createHttpClient({
        caCerts: [await Deno.readTextFile(`${folder}/ca.crt`)],
      });
      const own = (await Deno.readTextFile(`${folder}/namespace`)).trim();
      const url = isNamespace ? `${base}/${what}` : `${base}/namespaces/${own}/${what}`;
      const response = await doFetch(`${url}?propagationPolicy=Background`, {
        method: "DELETE",
        headers: { authorization: `Bearer ${token}` },
        signal: AbortSignal.timeout(ATTEMPT_MS),
        client,
      } as RequestInit);
      await response.body?.cancel();
      // Where the right is gone, somebody else has begun to remove all of it.
      if (response.ok || [401, 403, 404, 409].includes(response.status)) return;
      progress(`cannot remove ${what}: ${response.status}`);
    } catch (error) {
      progress(`cannot remove ${what}: ${error instanceof Error ? error.message : error}`);
    }
    await pause(againMs);
  }
}
