/** `-n NAMESPACE` and `-A` before a filter, as kubectl has them, and `src` before a name. */
import type { ReportFilter, ReportTerm, Side, Term } from "./ast.ts";
import { join, NAMESPACED_FIELDS } from "./ast.ts";
import type { Reader } from "./tokens.ts";

/**
 * Takes `-n NAMESPACE` or `-A`, when the filter begins so and names may stand in it. Throws
 * `LasthopError` `filter_malformed` when no name follows.
 */
export function readNamespace(reader: Reader): string | undefined {
  if (!reader.keywords.includes("pod")) return undefined;
  if (reader.accept("-a", "--all-namespaces")) return undefined;
  if (!reader.accept("-n", "--namespace")) return undefined;
  const token = reader.takeName();
  if (token === null || !/^[\w.*-]+$/.test(token.raw)) {
    return reader.fail(token ?? reader.peek(), "is no namespace", "the name of a namespace");
  }
  return token.raw;
}

/**
 * The filter with its pods, services and deployments looked for in this namespace; one that names none is
 * of all pods and services there.
 */
export function inNamespace(node: ReportFilter, namespace: string | undefined): ReportFilter {
  if (namespace === undefined) return node;
  if (hasNamespaced(node)) return qualified(node, namespace);
  const parts = `${namespace}/*`.split("*");
  const all = join<Term | ReportTerm>("or", [
    { kind: "report", field: "pod", parts },
    { kind: "report", field: "svc", parts },
  ]);
  return node.kind === "all" ? all : join("and", [all, node]);
}

function hasNamespaced(node: ReportFilter): boolean {
  if (node.kind === "not") return hasNamespaced(node.node);
  if (node.kind === "and" || node.kind === "or") return node.nodes.some(hasNamespaced);
  return node.kind === "report" && NAMESPACED_FIELDS.has(node.field);
}

function qualified(node: ReportFilter, namespace: string): ReportFilter {
  if (node.kind === "not") return { ...node, node: qualified(node.node, namespace) };
  if (node.kind === "and" || node.kind === "or") {
    return { ...node, nodes: node.nodes.map((child) => qualified(child, namespace)) };
  }
  if (node.kind !== "report" || !NAMESPACED_FIELDS.has(node.field)) return node;
  if (node.parts.some((part) => part.includes("/"))) return node;
  const [first, ...rest] = `${namespace}/`.split("*");
  const last = rest.pop() ?? first!;
  const before = rest.length > 0 || last !== first ? [first!, ...rest] : [];
  return { ...node, parts: [...before, last + node.parts[0]!, ...node.parts.slice(1)] };
}

/** The names of a term, of this end of the packet. */
export function withSide(node: ReportFilter, side: Side): ReportFilter {
  if (node.kind === "not") return { ...node, node: withSide(node.node, side) };
  if (node.kind === "and" || node.kind === "or") {
    return { ...node, nodes: node.nodes.map((child) => withSide(child, side)) };
  }
  return node.kind === "report" ? { ...node, side } : node;
}
