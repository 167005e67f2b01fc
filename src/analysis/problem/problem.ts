/** Problems of an incident, each with what it rests on. Rules P1 to P4. */
import { foldTroubles } from "./fold.ts";
import { type Healing, healingOf } from "./healing.ts";
import type { Pass, Passing } from "./passing.ts";
import type { Trouble } from "./trouble.ts";

/** What belongs to one fault. */
export interface Problem {
  /** Why its troubles are one problem: the same in every run over the same events. */
  key: string;
  /** At least one; the first shows it best. */
  troubles: Trouble[];
  /** What got through of the same kind, seen at the place or not. */
  passes: Pass[];
  healing: Healing;
}

/** All problems of an incident. `passingOf`: what got through, which only problems ask for. */
export function problemsOf(all: readonly Trouble[], passingOf: () => Passing): Problem[] {
  if (all.length === 0) return [];
  const passing = passingOf();
  return foldTroubles(all).map(({ key, troubles }) => {
    const parts = byPlace(troubles).map((part) => {
      const others = passing.of(part);
      return { passes: others.passes, healing: healingOf(part, others) };
    });
    return {
      key,
      troubles,
      passes: parts.flatMap(({ passes }) => passes),
      healing: both(parts.map(({ healing }) => healing)),
    };
  });
}

/** A problem may be at several places; times of one are not those of another. */
function byPlace(troubles: readonly Trouble[]): Trouble[][] {
  const places = new Map<string, Trouble[]>();
  for (const trouble of troubles) {
    const { node, netns } = trouble.place;
    const key = `${node.name} ${netns}`;
    const list = places.get(key);
    if (list) list.push(trouble);
    else places.set(key, [trouble]);
  }
  return [...places.values()];
}

/** It is healed when it is active nowhere, and since when its last place is. */
function both(parts: readonly Healing[]): Healing {
  const has = (state: Healing["state"]) => parts.some((part) => part.state === state);
  const state = has("active") ? "active" : has("healed") ? "healed" : "ended";
  const times = parts.flatMap(({ healedMs }) => healedMs ?? []);
  return {
    state,
    courses: parts.flatMap(({ courses }) => courses),
    ...(state === "healed" ? { healedMs: Math.max(...times) } : {}),
    deliveredSince: parts.reduce((total, part) => total + part.deliveredSince, 0),
  };
}
