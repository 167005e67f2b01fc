/**
 * What a trace makes in a cluster. All of it goes with one object: its namespace, where it made one, else
 * its service account, which owns the rest.
 */
import type { KubeObject } from "./kubectl.ts";

/** Rights of a probe: as docs/deploy.md has them. */
const CAPABILITIES = [
  ...["SYS_ADMIN", "NET_ADMIN", "BPF", "PERFMON", "SYS_PTRACE", "SYSLOG", "IPC_LOCK"],
  ...["DAC_READ_SEARCH", "DAC_OVERRIDE"],
];
/** Nobody's number, as in the image of `serve`. */
const NOBODY = 64_680;

/** Names and numbers of one trace. */
export interface Plan {
  /** Of everything that is made: `lasthop-1a2b3c`. */
  name: string;
  namespace: string;
  /** The namespace is made, and goes with the rest. */
  makesNamespace: boolean;
  image: string;
  /** TCP port of the ingest on its node. */
  port: number;
  /** After so long the cluster ends the pods by itself. */
  deadlineSeconds: number;
}

/** What is owned by something, so that it goes with it. */
export type Owner = Record<string, unknown>;

const meta = ({ name, namespace }: Plan, own: string, more: Record<string, unknown> = {}) => ({
  ...{ name: own, namespace },
  labels: { "app.kubernetes.io/name": "lasthop", "lasthop/trace": name },
  ...more,
});

const named = ({ name, labels }: ReturnType<typeof meta>, more: Record<string, unknown> = {}) => ({
  ...{ name, labels },
  ...more,
});

/** The namespace, where one is made: probes are on the node's network and see its processes. */
export const namespaceOf = (plan: Plan): KubeObject => ({
  ...{ apiVersion: "v1", kind: "Namespace" },
  metadata: {
    name: plan.namespace,
    labels: {
      ...meta(plan, plan.name).labels,
      "pod-security.kubernetes.io/enforce": "privileged",
    },
  },
});

/** Who removes what is left when nobody holds the tether any more. */
export const accountOf = (plan: Plan): KubeObject => ({
  ...{ apiVersion: "v1", kind: "ServiceAccount" },
  metadata: meta(plan, plan.name),
  automountServiceAccountToken: false,
});

/** The right to remove that one object, and nothing else. */
export function rightsOf(plan: Plan, owner: Owner): KubeObject[] {
  const { name, namespace, makesNamespace } = plan;
  const prefix = makesNamespace ? "Cluster" : "";
  const own = meta(plan, name, { ownerReferences: [owner] });
  const metadata = makesNamespace ? named(own, { ownerReferences: [owner] }) : own;
  const api = { apiVersion: "rbac.authorization.k8s.io/v1" };
  const resource = makesNamespace
    ? { resources: ["namespaces"], resourceNames: [namespace] }
    : { resources: ["serviceaccounts"], resourceNames: [name] };
  return [
    {
      ...api,
      kind: `${prefix}Role`,
      metadata,
      rules: [{ apiGroups: [""], verbs: ["delete"], ...resource }],
    },
    {
      ...api,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: `${prefix}Role`, name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

/** A token as a Secret of its own. */
export const secretOf = (plan: Plan, name: string, token: string, owner: Owner): KubeObject => ({
  ...{ apiVersion: "v1", kind: "Secret", type: "Opaque" },
  metadata: meta(plan, name, { ownerReferences: [owner] }),
  stringData: { token },
});

const tokenFrom = (secret: string) => ({
  name: "LASTHOP_TOKEN",
  valueFrom: { secretKeyRef: { name: secret, key: "token" } },
});

/**
 * The ingest: on its node's network, which is whole when that of pods is not. What it and probes write is
 * in the container itself: a volume for scratch is open to everybody, which neither accepts.
 */
export function ingestPod(plan: Plan, secret: string, owner: Owner): KubeObject {
  const { name, namespace, makesNamespace, image, port, deadlineSeconds } = plan;
  const removes = makesNamespace ? `namespaces/${namespace}` : `serviceaccounts/${name}`;
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: meta(plan, `${name}-ingest`, { ownerReferences: [owner] }),
    spec: {
      ...{ serviceAccountName: name, automountServiceAccountToken: true, hostNetwork: true },
      ...{ restartPolicy: "Never", activeDeadlineSeconds: deadlineSeconds },
      ...{ terminationGracePeriodSeconds: 15, enableServiceLinks: false },
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: NOBODY, runAsGroup: NOBODY, fsGroup: NOBODY },
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [{
        ...{ name: "ingest", image, imagePullPolicy: "IfNotPresent", stdin: true },
        args: [
          "cluster-ingest",
          "--listen",
          `0.0.0.0:${port}`,
          "--data",
          "/tmp/data",
          "--removes",
          removes,
        ],
        env: [
          tokenFrom(secret),
          { name: "HOME", value: "/tmp" },
        ],
        ports: [{ containerPort: port, hostPort: port }],
        readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
        resources: {
          requests: { cpu: "50m", memory: "128Mi" },
          limits: { memory: "1Gi", "ephemeral-storage": "4Gi" },
        },
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      }],
    },
  };
}

/** What a probe's pod is told. */
export interface ProbeWords {
  node: string;
  /** Of the pod and its Secret. */
  name: string;
  /** After `lasthop`. */
  words: readonly string[];
}

/** A probe on one node, whatever keeps other pods away from it. */
export function probePod(plan: Plan, { node, name, words }: ProbeWords, owner: Owner): KubeObject {
  const { image, deadlineSeconds } = plan;
  return {
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: meta(plan, name, { ownerReferences: [owner] }),
    spec: {
      ...{ nodeName: node, hostPID: true, hostNetwork: true, restartPolicy: "Never" },
      ...{ automountServiceAccountToken: false, enableServiceLinks: false },
      ...{ activeDeadlineSeconds: deadlineSeconds, terminationGracePeriodSeconds: 15 },
      tolerations: [{ operator: "Exists" }],
      containers: [{
        ...{ name: "probe", image, imagePullPolicy: "IfNotPresent", args: [...words] },
        env: [tokenFrom(name), { name: "HOME", value: "/tmp" }],
        resources: {
          requests: { cpu: "50m", memory: "128Mi" },
          limits: { memory: "768Mi", "ephemeral-storage": "1Gi" },
        },
        securityContext: {
          ...{ allowPrivilegeEscalation: false, runAsUser: 0 },
          seccompProfile: { type: "Unconfined" },
          capabilities: { drop: ["ALL"], add: CAPABILITIES },
        },
        volumeMounts: [
          { name: "netns", mountPath: "/run/netns" },
        ],
      }],
      volumes: [
        { name: "netns", hostPath: { path: "/run/netns", type: "DirectoryOrCreate" } },
      ],
    },
  };
}
