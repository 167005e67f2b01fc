/** A lookup of the node's own that failed: `report/unsent.ts` makes flows of them. */
import type { RuleText } from "../rule.ts";

/** There is no packet to judge, since none was made: the flow itself gets the cause. */
export const failedLookup: RuleText = {
  id: "R60",
  statement:
    "A lookup of the node's own failed (G6): `no-route` or `route-blackhole`. A route of its table " +
    "whose lifetime was over is as good as none, likely, as in R3.",
  yields: ["no-route", "route-blackhole"],
};
