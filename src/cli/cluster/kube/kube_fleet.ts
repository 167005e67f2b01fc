/** Nodes of Kubernetes, through the user's kubectl: the ingest is a pod, and each probe is one. */
import { setTimeout as pause } from "node:timers/promises";
import { LasthopError } from "../../../event/error.ts";
import { createClient } from "../../../ingest/client/client.ts";
import { plainWords } from "../../../ingest/client/answer.ts";
import { VERSION } from "../../version.ts";
import type { Fleet, Place, ProbeEnd, ProbeOrder, ProbeThere } from "../fleet.ts";
import { Kubectl, type KubectlOptions, type KubeObject } from "./kubectl.ts";
import * as objects from "./objects.ts";
import { podState } from "./pod_state.ts";
import { forward, hold, type Running } from "./tunnel.ts";

/** How a fleet of a cluster is opened. */
export interface KubeOptions extends KubectlOptions {
  /** The namespace that is used; absent: one is made. */
  into?: string;
  image?: string;
  /** Another ingest, with an operator's token; absent: a pod. */
  ingest?: { url: string; token: string };
  /** Nodes that are watched; absent: all that can be. */
  nodes?: readonly string[];
  /** Seconds; absent: until it is ended. */
  forSeconds?: number;
  progress(text: string): void;
}

/** How often pods are looked at. Milliseconds. */
const LOOK_MS = 1_000;
/** How long the ingest may take to be ready: an image may have to come. Milliseconds. */
const READY_MS = 180_000;
/** A pod outlives its trace by so much, should nobody remove it. Seconds. */
const AFTER_SECONDS = 900;
/** Of a trace without an end. Seconds. */
const LONGEST_SECONDS = 4 * 3600;
const LAST_LINES = 4;
/** Probes were waited for already. Seconds. */
const GRACE_SECONDS = 3;

/** The image that is asked for when nobody names one. */
export const USUAL_IMAGE = `localhost/lasthop-probe:${VERSION}`;

/**
 * Makes what a trace needs. Throws LasthopError as kubectl does, and `ingest_unready` when the ingest does
 * not come; what was made until then is removed.
 */
export async function openKube(options: KubeOptions): Promise<Fleet> {
  const fleet = new KubeFleet(options);
  try {
    await fleet.open();
    return fleet;
  } catch (error) {
    for (const left of await fleet.close()) options.progress(left);
    throw error;
  }
}

class KubeFleet implements Fleet {
  client!: Fleet["client"];
  readonly #kubectl: Kubectl;
  readonly #plan: objects.Plan;
  #owner: objects.Owner = {};
  /** Where probes reach the ingest. */
  #ingest = "";
  #token = "";
  #running: Running[] = [];
  #isMade = false;
  #count = 0;
  #watching: { pod: string; end: (end: ProbeEnd) => void }[] = [];
  /** Pods that were told to end, and those of them for which no command was given yet. */
  #leaving = new Set<string>();
  #toLeave: string[] = [];
  #isClosed = false;
  #sharesKernel = false;

  constructor(readonly options: KubeOptions) {
    this.#kubectl = new Kubectl(options);
    const name = `lasthop-${crypto.randomUUID().slice(0, 6)}`;
    const { into, forSeconds, image = USUAL_IMAGE } = options;
    this.#plan = {
      ...{ name, image, namespace: into ?? name, makesNamespace: into === undefined },
      // Below the ports of services and those that the kernel gives out.
      port: 20_000 + crypto.getRandomValues(new Uint16Array(1))[0]! % 9_000,
      deadlineSeconds: forSeconds === undefined
        ? LONGEST_SECONDS
        : Math.ceil(forSeconds) + AFTER_SECONDS,
    };
  }

  async open(): Promise<void> {
    const { progress, ingest } = this.options;
    const plan = this.#plan;
    this.#isMade = true;
    const firsts = plan.makesNamespace ? [objects.namespaceOf(plan)] : [];
    const made = await this.#kubectl.create([...firsts, objects.accountOf(plan)]);
    const root = made[0]!;
    this.#owner = {
      apiVersion: "v1",
      kind: plan.makesNamespace ? "Namespace" : "ServiceAccount",
      name: root.metadata.name,
      uid: root.metadata.uid,
    };
    if (ingest !== undefined) {
      this.#ingest = ingest.url;
      this.#token = ingest.token;
      this.client = createClient(ingest);
      void this.#watch();
      return;
    }
    this.#token = crypto.getRandomValues(new Uint8Array(24)).toBase64({ alphabet: "base64url" });
    const secret = `${plan.name}-ingest`;
    await this.#kubectl.create([
      ...objects.rightsOf(plan, this.#owner),
      objects.secretOf(plan, secret, this.#token, this.#owner),
      objects.ingestPod(plan, secret, this.#owner),
    ]);
    progress(`waiting for the ingest, pod ${plan.namespace}/${secret}…`);
    const pod = await this.#ready(secret);
    const address = String(pod.status.hostIP);
    this.#ingest = `http://${address.includes(":") ? `[${address}]` : address}:${plan.port}`;
    const at = { namespace: plan.namespace, pod: secret };
    this.#running.push(hold(this.#kubectl, at));
    const way = await forward(this.#kubectl, { ...at, port: plan.port });
    this.#running.push(way);
    const url = `http://127.0.0.1:${way.port}`;
    this.client = createClient({ url, token: this.#token });
    void this.#watch();
  }

  page(incident: string): string {
    const { url } = this.client;
    return `${url}/incidents/${encodeURIComponent(incident)}#token=${this.#token}`;
  }

  async places(): Promise<Place[]> {
    const { nodes: wanted, progress } = this.options;
    const all = await this.#kubectl.list(["nodes"]);
    const names = all.map(({ metadata }) => metadata.name);
    const unknown = (wanted ?? []).find((name) => !names.includes(name));
    if (unknown !== undefined) {
      const message = `Cannot watch node "${unknown}": the cluster has no such node`;
      throw new LasthopError("name_unknown", message);
    }
    const chosen = all.filter(({ metadata }) => wanted?.includes(metadata.name) ?? true);
    const able: KubeObject[] = [];
    for (const node of chosen) {
      const why = unableToRun(node);
      if (why === null) able.push(node);
      else progress(`! ${plainWords(node.metadata.name)} is not watched: ${plainWords(why)}`);
    }
    const kernels = able.map(({ status }) => status?.nodeInfo?.bootID);
    this.#sharesKernel = new Set(kernels).size < kernels.length;
    if (this.#sharesKernel) progress("nodes share a kernel: each is what its processes are in");
    return able.map(({ metadata }) => ({ name: metadata.name }));
  }

  start(place: Place, { incident, token, words }: ProbeOrder): ProbeThere {
    const name = `${this.#plan.name}-${++this.#count}`;
    const { promise, resolve } = Promise.withResolvers<ProbeEnd>();
    const all = [
      ...["probe", "--ingest", this.#ingest, "--incident", incident, "--name", place.name],
      ...this.#sharesKernel ? ["--shared-kernel"] : [],
      ...words,
    ];
    void this.#kubectl.create([
      objects.secretOf(this.#plan, name, token, this.#owner),
      objects.probePod(this.#plan, { node: place.name, name, words: all }, this.#owner),
    ]).then(
      () => this.#watching.push({ pod: name, end: resolve }),
      (error) => resolve({ isWell: false, said: error.message }),
    );
    return { place, ended: promise, end: () => this.#leave(name) };
  }

  async close(): Promise<string[]> {
    this.#isClosed = true;
    if (!this.#isMade) return [];
    const { namespace, name, makesNamespace } = this.#plan;
    const left: string[] = [];
    const remove = async (what: string, words: readonly string[]) => {
      try {
        await this.#kubectl.run(["delete", "--ignore-not-found", ...words]);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        left.push(`${what} was asked to go, and is not gone: ${plainWords(why)}`);
      }
    };
    const all = ["--timeout=50s"];
    const mine = ["-n", namespace, "-l", `lasthop/trace=${name}`, ...all];
    if (makesNamespace) {
      // A namespace waits for the grace of its pods, and longer: without pods it goes at once.
      await this.#kubectl.run(["delete", "pods", ...mine, `--grace-period=${GRACE_SECONDS}`])
        .catch(() => {});
      await Promise.all([
        remove(`clusterrole ${name}`, [`clusterrole/${name}`, ...all]),
        remove(`clusterrolebinding ${name}`, [`clusterrolebinding/${name}`, ...all]),
        remove(`namespace ${namespace}`, [`namespace/${namespace}`, ...all]),
      ]);
    } else {
      const kinds = "pods,secrets,roles,rolebindings,serviceaccounts";
      await remove(`what trace ${name} made in ${namespace}`, [kinds, ...mine]);
    }
    await Promise.all(this.#running.map((one) => one.stop()));
    return left;
  }

  async #ready(pod: string): Promise<KubeObject> {
    const endMs = performance.now() + READY_MS;
    const words = [`pod/${pod}`, "-n", this.#plan.namespace];
    let told = "";
    while (true) {
      const [object] = await this.#kubectl.list(words);
      const state = podState(object!);
      const isReady = (object!.status?.conditions ?? []).some(
        ({ type, status }: { type: string; status: string }) =>
          type === "Ready" && status === "True",
      );
      if (isReady) return object!;
      const why = state.is === "running" ? "" : state.why ?? "";
      if (state.is === "ended" || performance.now() > endMs) {
        const said = state.is === "ended" ? await this.#lastWords(pod) : "";
        throw new LasthopError(
          "ingest_unready",
          `Cannot trace: the ingest's pod does not run: ${
            plainWords([why, said].filter(Boolean).join("; ")) || "it is not ready"
          }`,
        );
      }
      if (why !== "" && why !== told) this.options.progress(`the ingest waits: ${plainWords(why)}`);
      told = why;
      await pause(LOOK_MS / 2);
    }
  }

  /** Looks at the probes' pods until the fleet is closed. */
  async #watch(): Promise<void> {
    const words = ["pods", "-n", this.#plan.namespace, "-l", `lasthop/trace=${this.#plan.name}`];
    while (!this.#isClosed) {
      await pause(LOOK_MS);
      if (this.#watching.length === 0) continue;
      const looked = [...this.#watching];
      const pods = await this.#kubectl.list(words).catch(() => null);
      // An API that does not answer says nothing about pods.
      if (pods === null) continue;
      for (const one of looked) {
        const pod = pods.find(({ metadata }) => metadata.name === one.pod);
        const state = pod === undefined ? null : podState(pod);
        if (state !== null && state.is !== "ended") continue;
        this.#watching.splice(this.#watching.indexOf(one), 1);
        const isTold = this.#leaving.has(one.pod);
        const said = state === null || state.isWell ? "" : await this.#lastWords(one.pod);
        const why = state === null ? (isTold ? "" : "its pod was removed") : state.why;
        one.end({ isWell: isTold, said: [why, said].filter(Boolean).join("; ") });
      }
    }
    for (const { end } of this.#watching.splice(0)) end({ isWell: true, said: "" });
  }

  async #lastWords(pod: string): Promise<string> {
    const words = ["logs", "-n", this.#plan.namespace, `--tail=${LAST_LINES}`, pod];
    const text = await this.#kubectl.run(words).catch(() => "");
    return text.trim().split("\n").map((line) => line.replace(/^lasthop: /, "")).join("; ");
  }

  /** Pods that are told to end at the same time are one command. */
  #leave(pod: string): void {
    if (this.#leaving.has(pod)) return;
    this.#leaving.add(pod);
    if (this.#toLeave.push(pod) > 1) return;
    queueMicrotask(() => {
      const words = ["delete", "pod", "--wait=false", "-n", this.#plan.namespace];
      void this.#kubectl.run([...words, ...this.#toLeave.splice(0)]).catch(() => {});
    });
  }
}

/** Why no pod can be started on a node; null where one can. */
function unableToRun({ status, metadata }: KubeObject): string | null {
  const { operatingSystem, architecture } = status?.nodeInfo ?? {};
  if (operatingSystem !== "linux") return `its system is ${operatingSystem ?? "unknown"}`;
  const arch = architecture ?? metadata.labels?.["kubernetes.io/arch"];
  if (!["amd64", "arm64"].includes(arch)) return `its processor is ${arch}`;
  const ready = (status?.conditions ?? []).find(({ type }: { type: string }) => type === "Ready");
  if (ready?.status !== "True") return `it is not ready (${ready?.message ?? "unknown"})`;
  return null;
}
