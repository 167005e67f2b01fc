/** A rule as `nft -j` prints it: its statements one after the other, as the kernel runs them. */
import type { NetfilterSet } from "../../event/state.ts";
import { anyMark, applyMark, type Effect, type Verdict } from "./effect.ts";
import { isJson, type Json } from "./json.ts";
import { compare, type Home, member } from "./nft_compare.ts";
import { elides } from "./elided.ts";
import { CHANCY, HARMLESS, isForeignMatch, looksOnly } from "./nft_statements.ts";
import { readValue, type Value } from "./nft_value.ts";
import { metElements } from "./set_index.ts";
import type { Traveller } from "./traveller.ts";
import { both, type Tri } from "../view/tri.ts";

/** Statements that end the packet's way through the chain. */
const ACCEPTING = new Set(["accept", "dnat", "snat", "masquerade", "redirect", "fwd"]);

/** What a rule in nft's JSON does to the packet. A change of the mark is made to `at`. */
export function nftEffect(expressions: readonly unknown[], at: Traveller, home: Home): Effect {
  let match: Tri = "yes";
  for (const expression of expressions) {
    if (match === "no") break;
    if (!isJson(expression)) return { match: "unknown", verdicts: [UNTOLD] };
    const [kind, body] = Object.entries(expression)[0] ?? ["", null];
    if (kind === "match" && isJson(body)) {
      const value = readValue(body.left, at);
      match = both(match, compare(value, String(body.op), body.right, at, home));
    } else if (kind === "mangle") {
      mangle(body, match, at);
    } else if (CHANCY.has(kind) || isForeignMatch(kind, body)) {
      match = both(match, "unknown");
    } else if (!HARMLESS.has(kind)) {
      return ending(kind, body, match, at, home);
    }
  }
  return { match, verdicts: [] };
}

/** Whatever the rule may do to any packet. */
export function nftVerdicts(
  expressions: readonly unknown[],
  at: Traveller,
  home: Home,
): Verdict[] {
  for (const expression of expressions) {
    if (!isJson(expression)) return [UNTOLD];
    const [kind, body] = Object.entries(expression)[0] ?? ["", null];
    if (kind === "mangle" || looksOnly(kind, body)) continue;
    if (kind !== "vmap" || !isJson(body)) return [verdictOf(kind, body)];
    const { elements, whole, elided } = elementsOf(body.data, at, home);
    const verdicts = elements.map((each) => Array.isArray(each) ? elementVerdict(each[1]) : null);
    return [
      ...verdicts.filter((each) => each !== null),
      ...(whole ? [] : [UNTOLD]),
      ...(elided ? elidedVerdicts(elided) : []),
    ];
  }
  return [];
}

const UNTOLD: Verdict = { do: "unknown" };

function ending(kind: string, body: unknown, match: Tri, at: Traveller, home: Home): Effect {
  if (kind === "vmap" && isJson(body)) return mapped(body, match, at, home);
  return { match, verdicts: [verdictOf(kind, body)] };
}

function verdictOf(kind: string, body: unknown): Verdict {
  if (ACCEPTING.has(kind)) return { do: "accept" };
  switch (kind) {
    case "drop":
    case "return":
    case "queue":
      return { do: kind };
    case "reject":
      return { do: "reject", with: rejection(body) };
    case "jump":
    case "goto":
      return isJson(body) && typeof body.target === "string"
        ? { do: kind, chain: body.target }
        : { do: "unknown" };
    default:
      return { do: "unknown" };
  }
}

function rejection(body: unknown): string {
  if (!isJson(body)) return "icmp port-unreachable";
  return [body.type, body.expr].filter((word) => typeof word === "string").join(" ");
}

/** A verdict map: the verdict of the element that the key is, or of any that it may be. */
function mapped({ key, data }: Json, match: Tri, at: Traveller, home: Home): Effect {
  const value = readValue(key, at);
  if (value.kind === "absent") return { match: "no", verdicts: [] };
  const { elements, whole, elided } = elementsOf(data, at, home);
  const verdicts: Verdict[] = [];
  let fallback: Verdict | null = null;
  for (const element of metElements(elements, value)) {
    if (!Array.isArray(element)) continue;
    const verdict = elementVerdict(element[1]);
    if (element[0] === "*") {
      fallback = verdict;
      continue;
    }
    const found = member(value, element[0], at, home);
    // A key is in one element at most, so a sure hit leaves no other.
    if (found === "yes") return { match, verdicts: [verdict] };
    if (found === "unknown") verdicts.push(verdict);
  }
  if (fallback) verdicts.push(fallback);
  if (!whole) return { match: both(match, "unknown"), verdicts: [...verdicts, UNTOLD] };
  if (elided && mayBeAmong(value, elided)) {
    applyMark(at, both(match, "unknown"), anyMark);
    return { match: both(match, "unknown"), verdicts: [...verdicts, ...elidedVerdicts(elided)] };
  }
  if (verdicts.length === 0) return { match: "no", verdicts: [] };
  return { match: fallback ? match : both(match, "unknown"), verdicts };
}

function elementsOf(data: unknown, at: Traveller, home: Home) {
  if (isJson(data) && Array.isArray(data.set)) return { elements: data.set, whole: true };
  if (typeof data !== "string") return { elements: [], whole: false };
  const set = at.set(home.family, home.table, data.replace(/^@/, ""));
  return {
    elements: set?.elements ?? [],
    whole: set !== null && !set.truncated,
    elided: set?.elided,
  };
}

type Elided = NonNullable<NetfilterSet["elided"]>;

/** Elements that the probe left out begin with one of these addresses. */
function mayBeAmong(value: Value, elided: Elided): boolean {
  const first = value.kind === "tuple" ? value.parts[0] : value;
  return first?.kind !== "text" || first.domain !== "address" || elides(elided, first.value);
}

const elidedVerdicts = ({ refuses }: Elided): Verdict[] =>
  refuses ? [UNTOLD] : [{ do: "accept" }, { do: "return" }];

function elementVerdict(value: unknown): Verdict {
  const [kind, body] = isJson(value) ? Object.entries(value)[0] ?? ["", null] : ["", null];
  return verdictOf(kind, body);
}

/** A changed mark can be followed; a changed packet shows in its later sightings. */
function mangle(body: unknown, match: Tri, at: Traveller): void {
  if (!isJson(body) || !isJson(body.key) || !isJson(body.key.meta)) return;
  if (body.key.meta.key !== "mark") return;
  const value = typeof body.value === "number"
    ? { kind: "number" as const, value: body.value >>> 0, known: 0xffffffff }
    : readValue(body.value, at);
  if (value.kind !== "number") return applyMark(at, match, anyMark);
  applyMark(at, match, {
    mask: 0xffffffff,
    value: { value: value.value, known: value.known },
  });
}
