/// <reference lib="dom" />
/**
 * What the live stream told, as signals. Maps of flows and exchanges are changed in place: who looks at
 * them reads `version`, or `calmVersion` where it looks at all of them.
 */
import { batch, computed, effect, signal, untracked } from "@preact/signals";
import type { ReceivedServerSentEvent } from "../../event/sse.ts";
import type { IncidentSummary } from "../live/api.ts";
import type { Connection } from "../live/follow.ts";
import { EMPTY_STATE, type IncidentState } from "../live/incident_state.ts";
import { LiveIncident } from "../live/live_incident.ts";
import { Grouping } from "./grouping.ts";

const live = new LiveIncident();
/** Which flows belong together. */
export const grouping = new Grouping(live);

/** The incident as the live stream has reported it so far: another object after each change. */
export const told = signal<IncidentState>(EMPTY_STATE);
/** State of the connection to the live stream. */
export const connection = signal<Connection>({ state: "connecting" });
/** When something last came from the ingest, in milliseconds since 1970; null before that. */
export const updatedMs = signal<number | null>(null);
/** Filter and state of the incident; null until they are read. */
export const incident = signal<IncidentSummary | null>(null);
/** Whether nothing more can come: it was closed or deleted, or is an archive that was imported. */
export const isOver = computed(() =>
  told.value.ended !== null || incident.value?.closed === true || incident.value?.imported === true
);
/** Rises with each change. */
export const version = signal(0);
/** Rises with changes as well, but so seldom that who looks at all flows then costs little. */
export const calmVersion = signal(0);

/** Whether a report has come. */
export const known = computed(() => told.value.known);
/** What watches, as it was told: the same object while it does not change, as those below. */
export const nodes = computed(() => told.value.nodes);
/** What is wrong, worst first. */
export const toldProblems = computed(() => told.value.problems);
/** What changed on the nodes, in the order of time. */
export const changes = computed(() => told.value.changes);
/** When the first thing reported was, in UTC as ISO 8601; null before there is one. */
export const began = computed(() => told.value.from);

/** Who keeps what follows from all groups; told before anyone can look. */
type Follower = (regrouped: ReturnType<Grouping["update"]> | null) => void;
let follower: Follower = () => {};

/** Tells `next` what was regrouped with each change; null: everything. */
export function onRegrouped(next: Follower): void {
  follower = next;
}

/** Time between two looks at all flows: ms, at least, and for each flow. */
const CALM = { leastMs: 1_000, perFlowMs: 0.05 };
/** A change of which the last word has not come is shown after so long all the same, ms. */
const UNFINISHED_MS = 50;
/** No more often than a screen can show it, ms. */
const FRAME_MS = 16;

let lastMs = -Infinity;
let calmMs = -Infinity;
let waiting: ReturnType<typeof setTimeout> | undefined;
let calming: ReturnType<typeof setTimeout> | undefined;

/** Takes what the live stream said. True: the incident has ended. */
export function hear(events: readonly ReceivedServerSentEvent[]): boolean {
  const isWhole = live.take(events);
  updatedMs.value = Date.now();
  if (isOver.value) live.settle();
  const { ended } = live.state;
  // Its pieces come one by one: a list that is drawn for each of them is drawn in vain.
  const pauseMs = isWhole ? lastMs + FRAME_MS - performance.now() : UNFINISHED_MS;
  if (pauseMs <= 0 || ended !== null) publish();
  else waiting ??= setTimeout(publish, pauseMs);
  return ended !== null;
}

/** Follows whether the incident is over: then nothing can be on its way any more. */
export function followEnd(): void {
  effect(() => {
    if (!isOver.value) return;
    live.settle();
    untracked(publish);
  });
}

function publish(): void {
  clearTimeout(waiting);
  waiting = undefined;
  lastMs = performance.now();
  const touched = live.touched();
  if (touched.isAll) {
    grouping.joinAll();
    follower(null);
  } else follower(grouping.update(touched));
  batch(() => {
    told.value = live.state;
    version.value += 1;
    if (touched.isAll) calm();
    else {
      const pauseMs = Math.max(CALM.leastMs, live.flows.size * CALM.perFlowMs);
      calming ??= setTimeout(calm, Math.max(0, calmMs + pauseMs - lastMs));
    }
  });
}

function calm(): void {
  clearTimeout(calming);
  calming = undefined;
  calmMs = performance.now();
  calmVersion.value = version.peek();
}
