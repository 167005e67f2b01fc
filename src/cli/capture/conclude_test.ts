import { equal } from "node:assert/strict";
import { ALL_OUTCOMES } from "../../event/codes.ts";
import type { Exchange, Flow } from "../../event/report.ts";
import { readOutcomes } from "../read_value.ts";
import { failsOn } from "./conclude.ts";

const ended = (flow: Flow["outcome"], exchange: Exchange["outcome"]) => ({
  flows: [{ outcome: flow } as Flow],
  exchanges: [{ outcome: exchange } as Exchange],
});

Deno.test("--fail-on knows the outcomes of exchanges, too", () => {
  const failOn = readOutcomes("refused,mis-answered,broken,slow");
  equal(failsOn(ended("delivered", "refused"), { failOn }), true);
  equal(failsOn(ended("delivered", "slow"), { failOn }), true);
  equal(failsOn(ended("delivered", "answered"), { failOn }), false);
  equal(failsOn(ended("dropped", "unanswered"), { failOn }), false);
});

Deno.test("a word that flows and exchanges share is there once, and counts for both", () => {
  const failOn = readOutcomes("unanswered");
  equal(failsOn(ended("unanswered", "answered"), { failOn }), true);
  equal(failsOn(ended("delivered", "unanswered"), { failOn }), true);
  equal(new Set(ALL_OUTCOMES).size, ALL_OUTCOMES.length);
});
