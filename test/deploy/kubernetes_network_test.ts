/** What stands in deploy/kubernetes, and what `lasthop cluster` makes, is what Kubernetes takes. */
import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { CLUSTER_RESOURCES } from "../../src/event/cluster/state.ts";
import { createRequire } from "node:module";
import { build } from "esbuild";
import { npmTool } from "../../deploy/npm_tool.ts";
import { rendered } from "../../deploy/kubernetes/chart.ts";
import * as objects from "../../src/cli/cluster/kube/objects.ts";
import { rightsOfDocs } from "./image/container.ts";

const FOLDER = new URL("../../deploy/kubernetes/", import.meta.url).pathname;

interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  // deno-lint-ignore no-explicit-any
  [more: string]: any;
}

interface Tools {
  parse(text: string): Manifest[];
  /** Rejects with Error for what is not of its schema. */
  validate(object: Manifest): Promise<void>;
}

async function tools(): Promise<Tools> {
  const modules = await npmTool("kubernetes_schemas");
  const require = createRequire(`${modules}/tools.js`);
  const { parseAllDocuments } = require("yaml");
  return {
    parse: (text) =>
      parseAllDocuments(text).map((one: { toJS(): Manifest; errors: unknown[] }) => {
        deepEqual(one.errors, []);
        return one.toJS();
      }).filter((one: unknown) => one !== null),
    async validate(object) {
      const { apiVersion, kind } = object;
      const isMonitor = apiVersion.startsWith("monitoring.");
      const home = isMonitor ? "@kubernetes-models/prometheus-operator" : "kubernetes-models";
      const path = `${home}/${apiVersion}/${kind}`;
      kinds.set(path, kinds.get(path) ?? await bundled(modules, path));
      new (kinds.get(path)![kind]!)(object).validate();
    },
  };
}

type Kinds = Record<string, new (object: Manifest) => { validate(): void }>;
const kinds = new Map<string, Kinds>();

/** Its own imports are those of another folder of packages than this checkout's. */
async function bundled(modules: string, path: string): Promise<Kinds> {
  const { outputFiles } = await build({
    stdin: { contents: `export * from "${path}";`, resolveDir: modules },
    ...{ bundle: true, write: false, format: "esm", platform: "node" },
    banner: {
      js: `import { createRequire } from "node:module";\n` +
        `const require = createRequire(${JSON.stringify(`${modules}/tools.js`)});`,
    },
  });
  const file = await Deno.makeTempFile({ suffix: ".mjs" });
  try {
    await Deno.writeFile(file, outputFiles[0]!.contents);
    return await import(file);
  } finally {
    await Deno.remove(file);
  }
}

async function manifests(
  { parse }: Tools,
  parts: readonly string[] = ["base", "monitoring"],
): Promise<Manifest[]> {
  const all: Manifest[] = [];
  for (const part of parts) {
    for (const { name } of Deno.readDirSync(`${FOLDER}${part}`)) {
      if (name === "kustomization.yaml") continue;
      all.push(...parse(await Deno.readTextFile(`${FOLDER}${part}/${name}`)));
    }
  }
  return all;
}

const PLAN: objects.Plan = {
  ...{ name: "lasthop-1a2b3c", namespace: "lasthop-1a2b3c", makesNamespace: true },
  ...{ image: "localhost/lasthop-probe:0.1.0", port: 20_000, deadlineSeconds: 900 },
};
const OWNER = { apiVersion: "v1", kind: "Namespace", name: PLAN.name, uid: crypto.randomUUID() };
const PROBE = { node: "node1", name: "lasthop-1a2b3c-1", words: ["probe", "$(X)", "`x`"] };

function ofCommand(plan: objects.Plan): Manifest[] {
  return [
    objects.namespaceOf(plan),
    objects.accountOf(plan),
    ...objects.rightsOf(plan, OWNER),
    objects.secretOf(plan, "s", "token", OWNER),
    objects.ingestPod(plan, "s", OWNER),
    objects.probePod(plan, PROBE, OWNER),
  ] as Manifest[];
}

Deno.test("kubernetes: manifests, and what the command makes, are of the API's schema", async () => {
  const all = await tools();
  const files = await manifests(all);
  ok(files.length === 9, `${files.length} manifests`);
  const made = [...ofCommand(PLAN), ...ofCommand({ ...PLAN, makesNamespace: false })];
  for (const object of [...files, ...made]) await all.validate(object);
  const wrong = structuredClone(files.find(({ kind }) => kind === "DaemonSet")!);
  wrong.spec.template.spec.containers[0].args = "record";
  await rejects(all.validate(wrong));
});

Deno.test("kubernetes: an ingest that asks for names is the base's, with the account and those rights alone", async () => {
  const all = await tools();
  const [base] = (await manifests(all, ["base"])).filter(({ kind }) => kind === "Deployment");
  const names = await manifests(all, ["names"]);
  const patch = names.find(({ kind }) => kind === "Deployment")!;
  for (const object of names) if (object !== patch) await all.validate(object);
  equal(patch.metadata.name, base!.metadata.name);
  const [own, its] = [patch, base!].map(({ spec }) => spec.template.spec.containers[0]);
  deepEqual([own.name, own.args], [its.name, [...its.args, "--kubeconfig", "in-cluster"]]);
  equal(patch.spec.template.spec.automountServiceAccountToken, true);
  const { rules } = names.find(({ kind }) => kind === "ClusterRole") as unknown as {
    rules: Record<"resources" | "verbs" | "apiGroups", string[]>[];
  };
  for (const { verbs } of rules) deepEqual(verbs, ["list", "watch"]);
  deepEqual(rules.flatMap(({ resources }) => resources).sort(), [...CLUSTER_RESOURCES].sort());
});

Deno.test("kubernetes: the chart makes what stands in the base", async () => {
  const all = await tools();
  const base = (await manifests(all)).filter(({ apiVersion, kind }) =>
    kind !== "Namespace" && !apiVersion.startsWith("monitoring.")
  );
  const values = all.parse(await Deno.readTextFile(`${FOLDER}chart/values.yaml`))[0]!;
  const made = all.parse(await rendered({ values, namespace: "lasthop" }));
  const keyOf = ({ kind, metadata }: Manifest) => `${kind} ${metadata.name}`;
  deepEqual(made.map(keyOf).sort(), base.map(keyOf).sort());
  for (const object of made) {
    await all.validate(object);
    const same = base.find((one) => keyOf(one) === keyOf(object))!;
    deepEqual(plain(object), plain(same), keyOf(object));
  }
});

/** Without what a chart or kustomize puts in. */
function plain(object: Manifest): unknown {
  return JSON.parse(
    JSON.stringify(object, (key, value) => {
      if (key === "namespace" || key === "app.kubernetes.io/managed-by") return undefined;
      return key === "image" ? String(value).replace(/^.*\//, "").replace(/:.*$/, "") : value;
    }),
  );
}

Deno.test("kubernetes: probes have the rights that docs/deploy.md shows, and nobody more", async () => {
  const { capabilities } = await rightsOfDocs();
  const all = await tools();
  const [daemon] = (await manifests(all)).filter(({ kind }) => kind === "DaemonSet");
  const pods = [daemon!.spec.template.spec, objects.probePod(PLAN, PROBE, OWNER).spec];
  for (const { containers, hostPID, hostNetwork, automountServiceAccountToken } of pods) {
    const { capabilities: own, privileged, allowPrivilegeEscalation } = containers[0]
      .securityContext;
    deepEqual(own.add.map((name: string) => `CAP_${name}`), capabilities);
    deepEqual(own.drop, ["ALL"]);
    equal(privileged ?? false, false);
    deepEqual({ allowPrivilegeEscalation, hostPID, hostNetwork, automountServiceAccountToken }, {
      ...{ allowPrivilegeEscalation: false, hostPID: true, hostNetwork: true },
      automountServiceAccountToken: false,
    });
  }
});

Deno.test("kubernetes: a trace may delete the one object that owns it, and nothing else", () => {
  for (const makesNamespace of [true, false]) {
    const [role, binding] = objects.rightsOf({ ...PLAN, makesNamespace }, OWNER) as Manifest[];
    deepEqual(role!.rules, [{
      apiGroups: [""],
      verbs: ["delete"],
      resources: [makesNamespace ? "namespaces" : "serviceaccounts"],
      resourceNames: [PLAN.name],
    }]);
    equal(binding!.kind, makesNamespace ? "ClusterRoleBinding" : "RoleBinding");
    equal(binding!.subjects.length, 1);
  }
});
