/** From what the command line says of a cluster to its API. */
import { LasthopError } from "../event/error.ts";
import { type Access, type AccessWords, readAccess } from "./access.ts";
import { KubeApi } from "./api.ts";
import { carriedByKubectl } from "./kubectl.ts";

/**
 * The API that a kubeconfig or a service account is for; nothing is asked of it yet. The signal
 * ends waiting for kubectl, which is ended then, too. Rejects with
 * LasthopError `kubeconfig_unreadable`, and `kubectl_failed` where kubectl is to carry what is said and does not.
 */
export async function openApi(words: AccessWords, signal?: AbortSignal): Promise<KubeApi> {
  const access = await readAccess(words);
  const { byKubectl } = access;
  return byKubectl ? await carriedByKubectl(access, byKubectl, signal) : direct(access);
}

function direct(access: Access): KubeApi {
  const { authority, certificate, key, token, basic } = access;
  const client = httpClient({
    ...(authority === undefined ? {} : { caCerts: [authority] }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
  });
  const authorization = () => {
    const own = token?.();
    if (own) return `Bearer ${own}`;
    return basic === undefined ? undefined : `Basic ${btoa(basic)}`;
  };
  return new KubeApi(access.cluster, access.server, client, authorization);
}

function httpClient(options: Parameters<typeof Deno.createHttpClient>[0]): Deno.HttpClient {
  try {
    return Deno.createHttpClient(options);
  } catch (error) {
    throw new LasthopError(
      "kubeconfig_unreadable",
      `Cannot use the certificates of the kubeconfig: ${(error as Error).message}`,
    );
  }
}
