/** All packets of an incident in their families, from one report to the next. Rule D5. */
import { claimOf } from "../correlate/chains.ts";
import { hasSameInvariants, invariants } from "../correlate/identity.ts";
import type { Packet } from "../correlate/packets.ts";
import { askAllAgain } from "../view/asked.ts";
import { Asides } from "../view/evidence.ts";
import type { Sighting } from "../view/timeline.ts";
import { Alike } from "./alike.ts";
import { Doubted } from "./doubted.ts";
import { Family, type Home, keysOf } from "./family.ts";
import type { World } from "./judgement.ts";
import { Others } from "./others.ts";
import { inTurn, type Turn } from "./turn.ts";

/** Families that are judged anew, and those that are no more. */
export interface FamiliesChange {
  judged: Family[];
  ended: Family[];
}

/** While a report is made so many times as many packets are awake as afterwards. */
const AWAKE_TIMES = 2;

/** The packets of one incident. */
export class Families {
  readonly all = new Set<Family>();
  readonly others = new Others();
  /** Sightings of no packet that is followed: lookups, ICMP errors, neighbours. */
  readonly evidence = new Asides();
  /** Events of no packet that could be understood. */
  unclaimed = 0;
  readonly #alike = new Map<string, Alike>();
  readonly #byKey = new Map<string, Family>();
  readonly #familyOf = new Map<Packet, Family>();
  /** Those that may be stale, so that nobody looks at the others, and those that do not rest. */
  readonly #home: Home = { inDoubt: new Doubted(), urgent: new Set(), awake: new Set() };
  /** [D10] Those that had to wait in the last turn and did not before. */
  #late: Family[] = [];
  #ended: Family[] = [];

  /** Takes sightings that were not there before, in the order of the nodes and of time, and gives up others. */
  take(added: Iterable<readonly Sighting[]>, gone: readonly Sighting[]): void {
    const grown = this.#giveUp(gone);
    for (const sightings of added) {
      const evidence: Sighting[] = [];
      let before: Sighting | null = null;
      let alike: Alike | undefined;
      // Those of one packet mostly come one after the other.
      const run: Sighting[] = [];
      let length = 0;
      for (const event of sightings) {
        const claim = claimOf(event);
        if (claim === "evidence") evidence.push(event);
        if (claim === "unclaimed") this.unclaimed++;
        if (claim !== "packet") continue;
        if (before === null || !hasSameInvariants(before, event)) {
          alike?.take(run.slice(0, length));
          length = 0;
          const key = invariants(event);
          alike = this.#alike.get(key);
          if (!alike) this.#alike.set(key, alike = new Alike());
          grown.set(key, alike);
        }
        run[length++] = event;
        before = event;
      }
      alike?.take(run.slice(0, length));
      this.evidence.add(evidence);
    }
    const [left, come]: [Packet[], Packet[]] = [[], []];
    for (const [key, alike] of grown) {
      alike.correlate(key, left, come);
      if (alike.isEmpty) this.#alike.delete(key);
      for (const packet of left) this.leave(packet);
      for (const packet of come) this.add(packet);
      left.length = come.length = 0;
    }
  }

  /** Those that have fewer sightings, by their keys. */
  #giveUp(gone: readonly Sighting[]): Map<string, Alike> {
    const smaller = new Map<string, Alike>();
    const evidence = new Set<Sighting>();
    let before: Sighting | null = null;
    let alike: Alike | null = null;
    for (const event of gone) {
      const claim = claimOf(event);
      if (claim === "evidence") evidence.add(event);
      if (claim === "unclaimed") this.unclaimed--;
      if (claim !== "packet") continue;
      if (alike === null || before === null || !hasSameInvariants(before, event)) {
        const key = invariants(event);
        alike = this.#alike.get(key)!;
        smaller.set(key, alike);
      }
      alike.leave(event);
      before = event;
    }
    this.evidence.remove(evidence);
    return smaller;
  }

  /** Takes a packet that was put together already. */
  add(packet: Packet): void {
    const keys = keysOf(packet);
    const family = typeof keys === "string"
      ? this.#byKey.get(keys) ?? this.#begin()
      : this.#oneOf(new Set([...keys].flatMap((key) => this.#byKey.get(key) ?? [])));
    family.take(packet);
    this.#familyOf.set(packet, family);
    if (typeof keys === "string") this.#give(keys, family);
    else for (const key of keys) this.#give(key, family);
  }

  #give(key: string, family: Family): void {
    if (this.#byKey.get(key) === family) return;
    this.#byKey.set(key, family);
    // Nearly all have one: a list that grows by itself has room for sixteen more.
    if (family.keys.length === 0) family.keys = [key];
    else family.keys.push(key);
  }

  /** Gives up a packet. */
  leave(packet: Packet): void {
    this.#familyOf.get(packet)!.leave(packet);
    this.#familyOf.delete(packet);
  }

  /** The family of a packet that was seen. */
  familyOf(packet: Packet): Family | undefined {
    return this.#familyOf.get(packet);
  }

  /** The packet that a sighting belongs to, also one that is in no family because it was not seen itself. */
  packetOf(sighting: Sighting): Packet | undefined {
    return this.#alike.get(invariants(sighting))?.packetOf(sighting);
  }

  /** [D11] Whatever falls into doubt from now on came after the report with this mark. */
  mark(mark: number): void {
    this.#home.inDoubt.mark = mark;
  }

  /** Judges the packets of families that are stale; of `packetsMax` or more those whose turn it is. */
  judge(world: World, packetsMax = Infinity): FamiliesChange {
    const change = this.judgeAlone(world, packetsMax);
    for (const family of change.judged) family.revise(this.others);
    return change;
  }

  /** Judges each packet of families that are stale by itself. */
  judgeAlone(world: World, packetsMax = Infinity): FamiliesChange {
    const { inDoubt, urgent } = this.#home;
    const now = new Set<Family>();
    const judge = (turn: Turn): number => {
      for (const family of turn.now) {
        now.add(family);
        inDoubt.delete(family);
      }
      for (const family of turn.now) family.judge(world, this.others);
      return turn.left;
    };
    const stale = this.#settle();
    // What is urgent never waits, so that of those that wait only what became so since is.
    for (const family of stale) if (family.isUrgent) urgent.add(family);
    const first = [...urgent].filter((family) => inDoubt.isWaiting(family));
    urgent.clear();
    const left = judge(inTurn(first, inDoubt.waiting, packetsMax));
    // What these brought may be news to others. One that was judged just now stays in doubt, and is asked
    // again with what is yet to come.
    const others = this.#settle(now);
    judge(inTurn(others.filter(({ isUrgent }) => isUrgent), others, left));
    this.#late = [...stale, ...others].filter((family) => inDoubt.isWaiting(family));
    const judged: Family[] = [];
    for (const family of now) {
      if (family.size > 0) judged.push(family);
      else this.#end(family);
    }
    const ended = this.#ended;
    this.#ended = [];
    return { judged, ended };
  }

  /** [D10] Those that wait since the last turn and did not before. */
  get late(): Iterable<Family> {
    return this.#late;
  }

  /** [D10] It is stale and waits for its turn. */
  isPostponed(family: Family): boolean {
    return this.#home.inDoubt.isWaiting(family);
  }

  /** [D11] The mark of the last report that one of those who wait was not in doubt in; Infinity: none waits. */
  get judgedTo(): number {
    return this.#home.inDoubt.since;
  }

  /** Judges one that was postponed. False: it has no packets any more, and is gone. */
  judgePostponed(family: Family, world: World): boolean {
    this.#home.inDoubt.delete(family);
    if (family.size === 0) {
      this.#end(family);
      // Whoever asked for it knows.
      this.#ended.pop();
      return false;
    }
    family.judge(world, this.others);
    family.revise(this.others);
    return true;
  }

  /**
   * Lets families rest, those first that were used longest ago, until no more than so many packets are awake.
   * What is asked of one that rests is the same, at the price that its packets are judged again.
   */
  rest(packetsAwakeMax: number): void {
    const { awake } = this.#home;
    let packets = 0;
    for (const family of awake) packets += family.size;
    for (const family of awake) {
      if (packets <= packetsAwakeMax) return;
      packets -= family.size;
      family.rest();
      awake.delete(family);
    }
  }

  /**
   * Lets families rest at once, each when all has been told of it, while many more packets are awake than `rest`
   * leaves so: those of a first report would all be awake until its end.
   */
  restTold(packetsAwakeMax: number): (told: readonly Family[]) => void {
    const { awake } = this.#home;
    let packets = 0;
    for (const family of awake) packets += family.size;
    return (told) => {
      for (const family of told) {
        // Of a few more it is those that were used longest ago that are to rest.
        if (packets <= AWAKE_TIMES * packetsAwakeMax || !awake.delete(family)) continue;
        packets -= family.size;
        family.rest();
      }
    };
  }

  /** Those that turn out to be stale now. Nobody looks at the others again, but for those `apart`. */
  #settle(apart?: ReadonlySet<Family>): Family[] {
    askAllAgain();
    return this.#home.inDoubt.settle(
      (family) => this.all.has(family) && family.isStale(),
      apart,
    );
  }

  /** Families that a packet belongs to are one: the one with most packets takes the others. */
  #oneOf(families: ReadonlySet<Family>): Family {
    const [first, ...others] = [...families].sort((a, b) => b.size - a.size);
    const family = first ?? this.#begin();
    for (const other of others) {
      for (const packet of other.packets) {
        family.take(packet);
        this.#familyOf.set(packet, family);
      }
      for (const key of other.keys) this.#give(key, family);
      this.#end(other);
      // What was told of the other is told of this one, or not at all.
      family.urge();
    }
    return family;
  }

  #begin(): Family {
    const family = new Family(this.#home);
    this.all.add(family);
    return family;
  }

  #end(family: Family): void {
    family.end(this.others);
    this.#home.inDoubt.delete(family);
    this.all.delete(family);
    this.#ended.push(family);
    for (const key of family.keys) if (this.#byKey.get(key) === family) this.#byKey.delete(key);
  }
}
