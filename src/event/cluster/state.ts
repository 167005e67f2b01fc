/**
 * What the API of a cluster told of one kind of its objects at one moment: a line of a batch, as the
 * state of a namespace is. Its times are of the wall clock of who asked.
 */
import { z } from "zod";
import {
  ClusterEndpoints,
  ClusterNamespace,
  ClusterNode,
  ClusterPod,
  ClusterPolicy,
  ClusterService,
} from "./objects.ts";

/** The kinds of objects that are asked for, as the API spells them in a path. */
export const CLUSTER_RESOURCES = [
  "pods",
  "nodes",
  "services",
  "endpointslices",
  "networkpolicies",
  "namespaces",
] as const;

/** Objects in one line at most. */
export const CLUSTER_LINE_OBJECTS_MAX = 500;

const wallMs = z.number().int().min(0);
const key = z.string().max(510);

const about = {
  kind: z.literal("cluster"),
  /** Name of the cluster. */
  cluster: z.string().min(1).max(253),
  /** Lines of one teller are numbered from 0: where one is missing, what it told is not known. */
  sequence: z.number().int().min(0),
  /** When the API was asked, by the clock of who asked. */
  wallMs,
  /**
   * `listed`: all objects that there are, in `parts` lines that have the same `wallMs`. `changed`: these came or are
   * other ones now, and `gone` are no more. `watched`: nothing else changed until `wallMs`. `broken`: what
   * changes from here on is not known, until it is listed again.
   */
  told: z.enum(["listed", "changed", "watched", "broken"]),
  /** Of a list: which of how many lines it is, from 0. */
  part: z.number().int().min(0).max(10_000).optional(),
  parts: z.number().int().min(1).max(10_000).optional(),
  /** Objects that found no room, or could not be read: what is not told may be there. */
  leftOut: z.number().int().min(0).optional(),
  /** Of `watched`: whoever asked has ended, and heard of everything until then. */
  final: z.boolean().optional(),
  /** Why it is broken. */
  why: z.string().max(500).optional(),
  /** `NAMESPACE/NAME`, or the name alone where there are no namespaces. */
  gone: z.array(key).max(CLUSTER_LINE_OBJECTS_MAX).optional(),
};

const objects = <T extends z.ZodType>(schema: T) =>
  z.array(schema).max(CLUSTER_LINE_OBJECTS_MAX).default([]);

/** What was told of one kind of objects. */
export const ClusterState = z.discriminatedUnion("resource", [
  z.object({ ...about, resource: z.literal("pods"), objects: objects(ClusterPod) }),
  z.object({ ...about, resource: z.literal("nodes"), objects: objects(ClusterNode) }),
  z.object({ ...about, resource: z.literal("services"), objects: objects(ClusterService) }),
  z.object({ ...about, resource: z.literal("endpointslices"), objects: objects(ClusterEndpoints) }),
  z.object({ ...about, resource: z.literal("networkpolicies"), objects: objects(ClusterPolicy) }),
  z.object({ ...about, resource: z.literal("namespaces"), objects: objects(ClusterNamespace) }),
]);

/** Such a line, read. */
export type ClusterState = z.infer<typeof ClusterState>;
/** One of these kinds. */
export type ClusterResource = typeof CLUSTER_RESOURCES[number];
/** Objects of one kind. */
export type ClusterObject<R extends ClusterResource = ClusterResource> = Extract<
  ClusterState,
  { resource: R }
>["objects"][number];

/** What tells an object from others of its kind. */
export const clusterKey = (object: { namespace?: string; name: string }): string =>
  object.namespace === undefined ? object.name : `${object.namespace}/${object.name}`;
