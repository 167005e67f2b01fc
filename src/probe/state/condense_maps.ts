/** Verdict maps of nft, without elements for addresses that nobody asked about. */
import type { NetfilterRule, NetfilterSet } from "../../event/state.ts";

type Json = Record<string, unknown>;

const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const ADDRESS = /^(\d+\.\d+\.\d+\.\d+|[0-9a-f:]+:[0-9a-f:.]*)$/i;

/** Elements of a map that can be left out: those whose key begins with a single other address. */
export function splitMap(set: NetfilterSet, wanted: ReadonlySet<string>) {
  const kept: unknown[] = [];
  const left: unknown[] = [];
  const addresses = new Set<string>();
  for (const element of set.elements) {
    const address = set.map && isVerdict(element) ? addressOf(element) : null;
    if (address === null || wanted.has(address)) {
      kept.push(element);
      continue;
    }
    left.push(element);
    addresses.add(address);
  }
  return { kept, left, addresses: [...addresses] };
}

const isVerdict = (element: unknown) => Array.isArray(element) && isJson(element[1]);

function addressOf(element: unknown): string | null {
  let key: unknown = Array.isArray(element) ? element[0] : null;
  if (isJson(key) && isJson(key.elem)) {
    // An element with statements of its own decides by them, too.
    if (!Object.keys(key.elem).every((name) => name === "val" || name === "comment")) return null;
    key = key.elem.val;
  }
  if (isJson(key) && Array.isArray(key.concat)) key = key.concat[0];
  return typeof key === "string" && ADDRESS.test(key) ? key : null;
}

/** What a rule of nft may lead to, and whether it can refuse a packet by itself. */
export interface Leads {
  chains: string[];
  refuses: boolean;
  /** It can't be told: its expressions, or a map that it looks into, are not known. */
  open: boolean;
}

const HARMLESS = new Set([
  ...["match", "counter", "mangle", "accept", "return", "continue", "dnat", "snat", "masquerade"],
  ...["redirect", "set", "log", "limit"],
]);

/** Where a rule leads; `mapOf` finds the maps of its table by name. */
export function leadsOf(
  rule: NetfilterRule,
  mapOf: (name: string) => NetfilterSet | undefined,
): Leads {
  const leads: Leads = { chains: [], refuses: false, open: rule.expressions === undefined };
  for (const expression of rule.expressions ?? []) {
    const [kind = "", body] = isJson(expression) ? Object.entries(expression)[0] ?? [] : [];
    if (kind !== "vmap") {
      follow(leads, kind, body);
      continue;
    }
    const data = isJson(body) ? body.data : undefined;
    const named = typeof data === "string" ? mapOf(data.replace(/^@/, "")) : undefined;
    const elements = isJson(data) && Array.isArray(data.set) ? data.set : named?.elements;
    if (!elements || named?.truncated) leads.open = true;
    for (const element of elements ?? []) addElement(leads, element);
  }
  return leads;
}

/** Adds what the verdict of a map's element leads to. */
export function addElement(leads: Leads, element: unknown): void {
  const verdict = Array.isArray(element) && isJson(element[1]) ? element[1] : {};
  const [kind = "", body] = Object.entries(verdict)[0] ?? [];
  follow(leads, kind, body);
}

function follow(leads: Leads, kind: string, body: unknown): void {
  if (kind === "jump" || kind === "goto") {
    if (isJson(body) && typeof body.target === "string") leads.chains.push(body.target);
    else leads.open = true;
  } else if (!HARMLESS.has(kind)) leads.refuses = true;
}
