/** What went wrong with packets that were never made. Rule G6. */
import { exchangeOf, type Trouble, troubleOf, type Troubles } from "./trouble.ts";
import { speaksFor } from "./trouble_told.ts";

/** A trouble of packets that are in no flow that was judged. */
export interface NeverMade {
  trouble: Trouble;
  /** Id of the question that they would have answered. */
  answers?: string;
}

/** What was never made, as troubles of what was asked, and what these leave nothing to say for. */
export interface NeverMadeTroubles {
  troubles: Trouble[];
  silenced: Set<Trouble>;
}

/** `troublesOf`: what went wrong in the flow with this id and all that was judged with it. */
export function neverMadeTroubles(
  neverMade: readonly NeverMade[],
  troublesOf: (flow: string) => Troubles | undefined,
): NeverMadeTroubles {
  const silenced = new Set<Trouble>();
  const troubles = neverMade.map(({ trouble, answers }) => {
    const own = answers === undefined ? undefined : troublesOf(answers);
    const exchange = own && exchangeOf(own, answers!);
    if (!exchange) return trouble;
    // The question's own flow may know why, too, where of the exchange no more is known than that.
    const told = [troubleOf(own, exchange), ...own.all.filter(({ flow }) => flow === answers)];
    for (const one of told) if (one && speaksFor(trouble, one)) silenced.add(one);
    return { ...trouble, exchange };
  });
  return { troubles, silenced };
}
