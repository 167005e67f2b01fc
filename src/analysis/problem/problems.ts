/** All problems of an incident, from one report to the next. Rules P1 to P4 and D5. */
import type { NodeView } from "../view/timeline.ts";
import type { Change } from "./course.ts";
import { keyOf } from "./fold.ts";
import { Part } from "./part.ts";
import { type Passed, Passing } from "./passing.ts";
import { Problem } from "./problem.ts";
import type { Trouble } from "./trouble.ts";

/** What went wrong in a part of an incident, and what got through there. */
export interface Outcomes {
  troubles: readonly Trouble[];
  passed: Passed;
}

/** Problems that may be told otherwise than before, and those that are no more. */
export interface ProblemsChange {
  told: Set<Problem>;
  ended: Problem[];
}

/** The problems of one incident. */
export class Problems {
  readonly #all = new Map<string, Problem>();
  readonly #passing = new Passing();
  /** Parts in which something happened. */
  readonly #noted = new Set<Part>();
  readonly #problemOf = new Map<Part, Problem>();
  readonly #partsOn = new Map<NodeView, Set<Part>>();
  /** Up to when each of these nodes was watched when it was looked at last, an `at`. */
  readonly #untilAt = new Map<NodeView, number>();

  /** Takes what is other, and says which problems that touches. */
  change(troubles: Change<Trouble>, passed: Change<Passed>): ProblemsChange {
    this.#passing.change(passed);
    const told = new Set<Problem>();
    for (const [problem, change] of this.#changesOf(troubles)) {
      problem.change(change);
      told.add(problem);
    }
    for (const part of [...this.#noted]) {
      this.#noted.delete(part);
      const problem = this.#problemOf.get(part)!;
      problem.pass(part.settle());
      told.add(problem);
      if (part.troubles.length === 0) this.#end(part, problem);
    }
    this.#noted.clear();
    this.#lookAtStates(told);
    const ended = [...told].filter(({ isNone }) => isNone);
    for (const problem of ended) {
      told.delete(problem);
      this.#all.delete(problem.key);
    }
    return { told, ended };
  }

  #changesOf({ gone, come }: Change<Trouble>): Map<Problem, Change<Trouble>> {
    const changes = new Map<Problem, Change<Trouble>>();
    const changeOf = (trouble: Trouble) => {
      const key = keyOf(trouble);
      let problem = this.#all.get(key);
      if (!problem) this.#all.set(key, problem = new Problem(key));
      let change = changes.get(problem);
      if (!change) changes.set(problem, change = { gone: [], come: [] });
      return { problem, change };
    };
    for (const trouble of gone) {
      const { problem, change } = changeOf(trouble);
      change.gone.push(trouble);
      problem.parts.get(placeKey(trouble))!.remove(trouble);
    }
    for (const trouble of come) {
      const { problem, change } = changeOf(trouble);
      change.come.push(trouble);
      this.#partOf(problem, trouble).add(trouble);
    }
    return changes;
  }

  #partOf(problem: Problem, trouble: Trouble): Part {
    const key = placeKey(trouble);
    let part = problem.parts.get(key);
    if (part) return part;
    part = new Part(trouble, this.#passing, this.#noted);
    problem.parts.set(key, part);
    this.#problemOf.set(part, problem);
    const { node } = trouble.place;
    const here = this.#partsOn.get(node);
    if (here) here.add(part);
    else this.#partsOn.set(node, new Set([part]));
    return part;
  }

  #end(part: Part, problem: Problem): void {
    part.end(this.#passing);
    const key = placeKey(part);
    problem.parts.delete(key);
    this.#problemOf.delete(part);
    const here = this.#partsOn.get(part.place.node)!;
    here.delete(part);
    if (here.size === 0) this.#partsOn.delete(part.place.node);
  }

  /** A problem is active until its node was watched for long enough. */
  #lookAtStates(told: Set<Problem>): void {
    for (const [node, parts] of this.#partsOn) {
      const { untilAt } = node;
      if (this.#untilAt.get(node) === untilAt) continue;
      this.#untilAt.set(node, untilAt);
      for (const part of parts) if (part.isOver()) told.add(this.#problemOf.get(part)!);
    }
  }
}

/** A problem may be at several places. */
const placeKey = ({ place: { node, netns } }: Pick<Trouble, "place">): string =>
  `${node.name} ${netns}`;
