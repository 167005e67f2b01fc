/** Which API server, and who asks: from a kubeconfig as kubectl reads it, or a pod's service account. */
import { execa } from "execa";
import { z } from "zod";
import { LasthopError } from "../event/error.ts";

/** Where the API is and what is shown to it. */
export interface Access {
  /** Origin and path, without a trailing slash. */
  server: string;
  /** What people call the cluster. */
  cluster: string;
  /** PEM. Absent: the system's. */
  authority?: string;
  /** PEM. */
  certificate?: string;
  /** PEM. */
  key?: string;
  /** Given anew each time it is asked for: a service account's changes hourly. */
  token?: () => string | undefined;
  /** `user:password`. */
  basic?: string;
  /** Its own ways of proving who asks are kubectl's to know: it is asked to carry what is said. */
  byKubectl?: readonly string[];
}

/** What of a kubeconfig counts, as `kubectl config view` prints it. */
const KubeConfig = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({
    name: z.string(),
    context: z.object({ cluster: z.string(), user: z.string().optional() }),
  })).nullish(),
  clusters: z.array(z.object({
    name: z.string(),
    cluster: z.object({
      server: z.string().optional(),
      "certificate-authority-data": z.string().optional(),
      "certificate-authority": z.string().optional(),
      "insecure-skip-tls-verify": z.boolean().optional(),
      "tls-server-name": z.string().optional(),
      "proxy-url": z.string().optional(),
    }),
  })).nullish(),
  users: z.array(z.object({
    name: z.string(),
    user: z.object({
      "client-certificate-data": z.string().optional(),
      "client-certificate": z.string().optional(),
      "client-key-data": z.string().optional(),
      "client-key": z.string().optional(),
      token: z.string().optional(),
      tokenFile: z.string().optional(),
      username: z.string().optional(),
      password: z.string().optional(),
      exec: z.unknown().optional(),
      "auth-provider": z.unknown().optional(),
      as: z.string().optional(),
    }).nullable(),
  })).nullish(),
});
type KubeConfig = z.infer<typeof KubeConfig>;

/** What the command line says of it. */
export interface AccessWords {
  /** A file; `in-cluster` for the service account of a pod; "" for what kubectl takes without one. */
  kubeconfig: string;
  context?: string;
}

const SERVICE_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

/**
 * Reads it. Rejects with LasthopError `kubeconfig_unreadable` when there is none, when it can't be read, or
 * when what it names is not in it.
 */
export async function readAccess(
  words: AccessWords,
  folder = SERVICE_ACCOUNT,
): Promise<Access> {
  if (words.kubeconfig === "in-cluster") return serviceAccount(folder);
  const file = words.kubeconfig || (Deno.env.get("KUBECONFIG") ?? "");
  const text = await configText(file);
  return accessOf(text, words, file);
}

/**
 * As JSON. What is JSON is read here; the rest kubectl reads, which knows how several files are one, where
 * they are, and what else may stand in them.
 */
async function configText(file: string): Promise<string> {
  try {
    const own = file === "" ? "" : await Deno.readTextFile(file);
    if (own.trimStart().startsWith("{")) return own;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) || !file.includes(":")) {
      throw unreadable(file, (error as Error).message);
    }
  }
  const env = file === "" ? {} : { KUBECONFIG: file };
  const found = await execa("kubectl", ["config", "view", "--raw", "--flatten", "-o", "json"], {
    env,
    reject: false,
    timeout: 10_000,
    maxBuffer: 10 * 1024 * 1024,
    stdin: "ignore",
  });
  if (found.exitCode === 0) return found.stdout;
  if (found.code === "ENOENT") {
    throw unreadable(file, "kubectl reads what is not JSON, and is not here; must be installed");
  }
  throw unreadable(file, `kubectl says: ${(found.stderr ?? "").slice(0, 300).trim()}`);
}

async function accessOf(text: string, words: AccessWords, file: string): Promise<Access> {
  const config = parse(text, file);
  const name = words.context ?? config["current-context"] ?? "";
  const context = config.contexts?.find((one) => one.name === name)?.context;
  if (context === undefined) {
    const known = config.contexts?.map((one) => one.name).join(", ") || "none";
    throw unreadable(file, `it has no context "${name}", must be one of ${known}`);
  }
  const cluster = config.clusters?.find((one) => one.name === context.cluster)?.cluster;
  if (cluster?.server === undefined) {
    throw unreadable(file, `it has no server for cluster "${context.cluster}"`);
  }
  const user = config.users?.find((one) => one.name === context.user)?.user ?? {};
  const access: Access = { server: cluster.server.replace(/\/+$/, ""), cluster: context.cluster };
  const isKubectls = user.exec !== undefined || user["auth-provider"] !== undefined ||
    user.as !== undefined || cluster["insecure-skip-tls-verify"] === true ||
    cluster["tls-server-name"] !== undefined || cluster["proxy-url"] !== undefined;
  if (isKubectls) {
    const own = file === "" ? [] : ["--kubeconfig", file];
    return { ...access, byKubectl: [...own, "--context", name] };
  }
  const authority = await pem(
    cluster["certificate-authority-data"],
    cluster["certificate-authority"],
    file,
  );
  const certificate = await pem(user["client-certificate-data"], user["client-certificate"], file);
  const key = await pem(user["client-key-data"], user["client-key"], file);
  const { token, tokenFile, username, password } = user;
  return {
    ...access,
    ...(authority === undefined ? {} : { authority }),
    ...(certificate === undefined || key === undefined ? {} : { certificate, key }),
    ...(tokenFile === undefined
      ? token === undefined ? {} : { token: () => token }
      : { token: () => fromFile(tokenFile) }),
    ...(username === undefined ? {} : { basic: `${username}:${password ?? ""}` }),
  };
}

function parse(text: string, file: string): KubeConfig {
  try {
    return KubeConfig.parse(JSON.parse(text));
  } catch {
    throw unreadable(file, "it is no kubeconfig");
  }
}

/** What is in the file itself, in base64, counts before the name of another one. */
async function pem(
  data: string | undefined,
  path: string | undefined,
  file: string,
): Promise<string | undefined> {
  try {
    if (data !== undefined && data !== "") return atob(data.replace(/\s/g, ""));
    return path === undefined ? undefined : await Deno.readTextFile(path);
  } catch (error) {
    throw unreadable(file, `a certificate or key of it: ${(error as Error).message}`);
  }
}

function fromFile(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path).trim();
  } catch {
    // The request is refused then, and says so.
    return undefined;
  }
}

function serviceAccount(folder: string): Access {
  const host = Deno.env.get("KUBERNETES_SERVICE_HOST");
  const port = Deno.env.get("KUBERNETES_SERVICE_PORT") ?? "443";
  const authority = fromFile(`${folder}/ca.crt`);
  if (host === undefined || authority === undefined) {
    throw unreadable("in-cluster", "this is no pod of a cluster with a service account");
  }
  const name = host.includes(":") ? `[${host}]` : host;
  return {
    server: `https://${name}:${port}`,
    cluster: "this cluster",
    authority,
    token: () => fromFile(`${folder}/token`),
  };
}

const unreadable = (file: string, why: string) =>
  new LasthopError(
    "kubeconfig_unreadable",
    `Cannot read kubeconfig ${file || "of kubectl"}: ${why}`,
  );
