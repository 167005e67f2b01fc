/** A packet's way through the chains of a hook: where it can have been refused. */
import type { NetfilterRule } from "../../event/state.ts";
import type { Verdict } from "./effect.ts";
import { evaluate, possibleVerdicts } from "./evaluate.ts";
import type { CtState } from "./hook_packet.ts";
import type { Pass } from "./pass.ts";
import { metBy } from "./rule_index.ts";
import { type Base, type ChainName, chainOfRule, type Ruleset } from "./ruleset.ts";
import type { Traveller } from "./traveller.ts";
import type { Tri } from "../view/tri.ts";

/** A place that can have refused the packet. */
export interface Candidate {
  pass: Pass;
  base: Base;
  /** Null: the base chain's policy. */
  rule: NetfilterRule | null;
  verdict: Verdict;
  /** Rules that led there by jump or goto, outermost first. */
  path: NetfilterRule[];
  match: Tri;
  /** Rules with a counter that it must have met before, if it was refused here. */
  passed: NetfilterRule[];
}

/** Most rules that are asked for one packet; those that the index leaves out cost nothing. */
const RULES_MAX = 50_000;
/** As the kernel's NFT_JUMP_STACK_SIZE. */
const DEPTH_MAX = 16;
/** Where connection tracking stands in prerouting and output. */
export const CONNTRACK_PRIORITY = -200;

/** What connection tracking says of packets that the rules of NAT may see. */
const BEGINNING: readonly CtState[] = ["new", "related"];

/** Ways a packet can have left a chain. */
interface Flow {
  /** By its end, or by `return`. */
  back: boolean;
  accepted: boolean;
  refused: boolean;
}

interface Place {
  pass: Pass;
  base: Base;
}

/**
 * A packet on its way through hooks: which rules and policies can have refused it. Hooks are gone
 * through in the order of calls.
 */
export class Walk {
  readonly candidates: Candidate[] = [];
  /** True when a bound ended the walk before its end. */
  cut = false;
  /** True when a hook that the packet is known to have passed refuses it: it was not like this. */
  impossible = false;
  #left = RULES_MAX;
  #passed: NetfilterRule[] = [];

  /**
   * `ctState` is what conntrack is taken to say of the packet. With `blind` no match is asked:
   * everything that could refuse any packet is a candidate. With `linear` every rule of a chain is
   * asked, for tests of the index.
   */
  constructor(
    readonly ruleset: Ruleset,
    readonly at: Traveller,
    readonly ctState: CtState | null,
    readonly options: { blind?: boolean; linear?: boolean } = {},
  ) {}

  /** False when no packet can have gone on from here. */
  hook(pass: Pass, bases: readonly Base[]): boolean {
    Object.assign(this.at, pass.view);
    // Where it may not have been, nothing must have counted it.
    if (pass.guessed) this.#passed = [];
    for (const group of byPriority(bases)) {
      // Chains of one priority run in the order they were made, which no snapshot tells.
      const before = this.#passed;
      const after: NetfilterRule[] = [...before];
      let on = true;
      for (const base of group) {
        this.#passed = [...before];
        on = this.#see({ pass, base }) && on;
        after.push(...this.#passed.slice(before.length));
      }
      this.#passed = after;
      if (!on) return false;
    }
    return true;
  }

  /** Lets the chain see the packet as it was there; what it survived there did not refuse it. */
  #see(place: Place): boolean {
    const { pass, base } = place;
    const isEarly = pass.early !== undefined && isBefore(base, pass.early.until);
    const headers = isEarly ? pass.early!.headers : pass.view.headers;
    // Nobody knows what it looked like before NAT.
    if (!headers) {
      this.#forget();
      return true;
    }
    this.at.headers = headers;
    const count = this.candidates.length;
    const on = base.chain.type === "nat" ? this.#nat(place) : this.#base(place);
    if (!isEarly) return on;
    this.candidates.length = count;
    this.impossible ||= !on;
    return on;
  }

  /** The rules of NAT see a connection's first packet only, and which one that was is not known. */
  #nat(place: Place): boolean {
    if (this.ctState !== null && !BEGINNING.includes(this.ctState)) return true;
    const before = this.at.mark;
    const count = this.#passed.length;
    this.#base(place);
    this.#passed.length = count;
    const { value, known } = this.at.mark;
    this.at.mark = { value, known: (known & before.known & ~(value ^ before.value)) >>> 0 };
    return true;
  }

  /** What was not asked may have marked the packet. */
  #forget(): void {
    if (this.ruleset.marks) this.at.mark = { value: 0, known: 0 };
  }

  #base(place: Place): boolean {
    const { chain, legacy } = place.base;
    this.at.ctState = this.#ctStateAt(place);
    const flow = this.#chain(place, { ...chain, legacy: legacy === true }, [], true);
    if (!flow.back || chain.policy !== "drop") return flow.accepted || flow.back;
    const sure = !flow.accepted && !flow.refused;
    this.#add(place, null, { do: "drop" }, [], sure ? "yes" : "unknown");
    return flow.accepted;
  }

  /** Before connection tracking has seen a packet, rules take it for an invalid one. */
  #ctStateAt({ pass, base: { chain } }: Place): CtState | null {
    if (pass.view.layer !== "ip") return null;
    if (pass.view.hook !== "prerouting" && pass.view.hook !== "output") return this.ctState;
    const priority = chain.priority ?? 0;
    if (priority > CONNTRACK_PRIORITY || this.at.input === "lo") return this.ctState;
    return priority < CONNTRACK_PRIORITY ? "invalid" : null;
  }

  #chain(place: Place, name: ChainName, path: NetfilterRule[], sure: boolean): Flow {
    const flow: Flow = { back: false, accepted: false, refused: false };
    for (const rule of this.#met(name)) {
      if (this.#left-- <= 0 || path.length > DEPTH_MAX) {
        this.cut = true;
        return { back: true, accepted: true, refused: true };
      }
      const { match, verdicts } = this.#ask(rule);
      if (match === "no") continue;
      const here = sure && match === "yes" && !flow.back && !flow.accepted && !flow.refused;
      if (here && rule.packets !== undefined) this.#passed.push(rule);
      if (verdicts.length === 0) continue;
      const only = here && verdicts.length === 1;
      // All ways are followed: each leaves its candidates.
      const on = verdicts.map((verdict) =>
        this.#follow(place, rule, verdict, path, match, flow, only)
      );
      if (match === "yes" && !on.includes(true)) return flow;
    }
    flow.back = true;
    return flow;
  }

  /** The rules of a chain without those that the packet surely passes by. */
  #met(name: ChainName): readonly NetfilterRule[] {
    const rules = this.ruleset.rules(name);
    const { blind, linear } = this.options;
    return blind || linear ? rules : metBy(rules, this.at.headers);
  }

  #ask(rule: NetfilterRule) {
    const isChain = (name: string) => this.ruleset.isChain({ ...chainOfRule(rule), name });
    if (!this.options.blind) return evaluate(rule, this.at, isChain);
    const verdicts = possibleVerdicts(rule, this.at, isChain);
    return { match: "unknown" as const, verdicts };
  }

  /** Whether the packet can go on to the next rule after this verdict. */
  #follow(
    place: Place,
    rule: NetfilterRule,
    verdict: Verdict,
    path: NetfilterRule[],
    match: Tri,
    flow: Flow,
    sure: boolean,
  ): boolean {
    switch (verdict.do) {
      case "accept":
        flow.accepted = true;
        return false;
      case "return":
        flow.back = true;
        return false;
      case "jump":
      case "goto": {
        const target = { ...chainOfRule(rule), name: verdict.chain };
        const inner = this.#chain(place, target, [...path, rule], sure);
        flow.accepted ||= inner.accepted;
        flow.refused ||= inner.refused;
        if (verdict.do === "jump") return inner.back;
        flow.back ||= inner.back;
        return false;
      }
      default:
        this.#add(place, rule, verdict, path, match);
        flow.refused = true;
        if (verdict.do === "queue" || verdict.do === "unknown") flow.accepted = true;
        return verdict.do === "unknown";
    }
  }

  #add(
    place: Place,
    rule: NetfilterRule | null,
    verdict: Verdict,
    path: NetfilterRule[],
    match: Tri,
  ): void {
    this.candidates.push({ ...place, rule, verdict, path, match, passed: [...this.#passed] });
  }
}

/** Chains of NAT run where NAT stands, whatever their own priority is. */
function isBefore({ chain }: Base, until: number): boolean {
  return chain.type === "nat" || (chain.priority ?? 0) < until;
}

function byPriority(bases: readonly Base[]): Base[][] {
  const groups = new Map<number, Base[]>();
  for (const base of bases) {
    const priority = base.chain.priority ?? 0;
    const group = groups.get(priority);
    if (group) group.push(base);
    else groups.set(priority, [base]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
