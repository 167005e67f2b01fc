/// <reference lib="dom" />
/** The keyboard: what each key does, and the help that says so. */
import { copyLink } from "./clipboard.ts";
import { filterBy, typed } from "./filter.ts";
import { focusSoon } from "./focus.ts";
import { closeHandingOn, handingOn, toggleHandingOn } from "./handing_on.ts";
import {
  closeFlow,
  closeFold,
  helpOpen,
  move,
  openActive,
  pane,
  problems,
  showList,
  wantedProblem,
} from "./model.ts";
import { closeMap, toggleMap } from "./map.ts";
import { togglePin } from "./pin.ts";
import { cardIds } from "./same_cause.ts";

/** Each key and what it does, for the help. */
export const KEYS: readonly (readonly [string, string])[] = [
  ["↓ ↑ or j k", "next, previous flow"],
  ["Home End", "worst flow, last flow"],
  ["Enter or →", "open the flow"],
  ["Esc or ←", "back to the flows"],
  ["p", "next problem"],
  ["m", "map, or back from it"],
  ["c", "pin the flow, to compare others with it"],
  ["/", "filter"],
  ["t", "choose a stretch of time"],
  ["l", "copy the link to what is shown"],
  ["e", "export: a file to hand on"],
  ["?", "this help"],
];

/** More rows than any list has. */
const FAR = 1_000_000;

const IN_LIST: Record<string, () => void> = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  PageDown: () => move(8),
  PageUp: () => move(-8),
  Home: () => move(-FAR),
  End: () => move(FAR),
  Enter: openActive,
  ArrowRight: openActive,
  ArrowLeft: closeFold,
};

const ANYWHERE: Record<string, () => void> = {
  j: () => move(1),
  k: () => move(-1),
  p: nextProblem,
  c: togglePin,
  m: toggleMap,
  l: copyLink,
  e: toggleHandingOn,
  t: () => document.getElementById("time-from")?.focus(),
  "/": () => {
    // On a narrow page the filter is in the other pane.
    showList();
    focusSoon("filter");
  },
  "?": () => helpOpen.value = !helpOpen.value,
};

/** Moves the focus to the next card of a problem, after the last one to the first. */
function nextProblem(): void {
  showList();
  const { known, unknown } = problems.value;
  const isOpen = document.querySelector(".problems > details[open]") !== null;
  const ids = [...cardIds(known), ...isOpen ? cardIds(unknown) : []];
  const here = document.activeElement?.closest<HTMLElement>("[data-problem]")?.dataset.problem;
  const next = ids[(ids.indexOf(here ?? "") + 1) % ids.length];
  if (next === undefined) return;
  wantedProblem.value = next;
  focusSoon(() => {
    const cards = document.querySelectorAll<HTMLElement>(".problems .card");
    const card = [...cards].find(({ dataset }) => dataset.problem === next);
    card?.scrollIntoView({ block: "nearest" });
    return card;
  });
}

/** What a key does, depending on where it is pressed. */
export function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const action = actionFor(event.key, event.target as HTMLElement);
  if (action === undefined) return;
  event.preventDefault();
  action();
}

function actionFor(key: string, target: HTMLElement): (() => void) | undefined {
  if (helpOpen.value) return key === "Escape" || key === "?" ? closeHelp : undefined;
  if (handingOn.value) return key === "Escape" || key === "e" ? closeHandingOn : undefined;
  if (target.matches("#filter")) return inFilter(key);
  if (target.matches("input, textarea, select")) return undefined;
  const flow = document.getElementById("flow");
  if (flow?.contains(target)) {
    if (key === "Escape" || (key === "ArrowLeft" && target === flow)) return closeFlow;
  } else if (key === "Escape" && pane.value === "map") return closeMap;
  else if (key === "Escape" && pane.value === "flow") return closeFlow;
  const inList = target === document.body || target.id === "flows";
  return (inList ? IN_LIST[key] : undefined) ?? ANYWHERE[key];
}

function inFilter(key: string): (() => void) | undefined {
  const leave = () => document.getElementById("flows")?.focus();
  if (key === "Enter" || key === "ArrowDown") return leave;
  if (key !== "Escape") return undefined;
  return () => {
    if (typed.value === "") leave();
    else filterBy("");
  };
}

/** Closes the help. */
export function closeHelp(): void {
  helpOpen.value = false;
}
