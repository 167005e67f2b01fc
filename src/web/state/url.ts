/// <reference lib="dom" />
/**
 * The page's address holds what its reader chose, so that a link shows another the same and Back goes
 * back. It stands behind the `#`, which a browser sends to no server: no log and no proxy has it.
 *
 * | name      | what                                                               |
 * | --------- | ------------------------------------------------------------------ |
 * | `flow`    | id of the flow that is shown                                       |
 * | `problem` | id of the problem whose flows are listed                           |
 * | `filter`  | the filter, docs/filter.md                                         |
 * | `time`    | the stretch of time that is looked at: two times with a slash      |
 * | `view`    | `flow`: a narrow page shows the flow; `map`; absent: the list      |
 * | `pin`     | id of the flow that others are compared with                       |
 *
 * To keep something else there: read `inAddress("pin")`, write `step({ pin: id })`, and add its line
 * above. A token never stands here.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";

/** Changes of the address: a text to set, null to take the name out. Other names stay. */
export type Changes = Readonly<Record<string, string | null>>;

/** Characters of the fragment; a longer one comes from no page of ours and is not read. */
const LENGTH_MAX = 8_000;
/** Browsers refuse a page that writes its address more than some 100 times in half a minute. */
const ADJUST_MS = 300;

const chosen = signal<ReadonlyMap<string, string>>(new Map());
let waiting: ReturnType<typeof setTimeout> | undefined;

/** What the address says of a name, as a signal; null where it says nothing. */
export const inAddress = (name: string): ReadonlySignal<string | null> =>
  computed(() => chosen.value.get(name) ?? null);

/**
 * Changes the address in a step that Back undoes: another flow, problem or view. Steps of one `run`,
 * such as all presses of an arrow key, are one step. `opened` marks one of which
 * `closesByBack` then says so.
 */
export function step(
  changes: Changes,
  { run, opened }: { run?: string; opened?: true } = {},
): void {
  const next = changed(changes);
  if (next === null) return;
  const state: unknown = history.state;
  const goesOn = run !== undefined && isEntry(state) && state.run === run;
  flush();
  chosen.value = next;
  const entry: Entry = { run, opened };
  if (goesOn) history.replaceState({ ...state, run }, "", hashOf(next));
  else history.pushState(entry, "", hashOf(next));
}

/** Changes the address without a step: what is typed or dragged, and what follows by itself. */
export function adjust(changes: Changes): void {
  const next = changed(changes);
  if (next === null) return;
  chosen.value = next;
  waiting ??= setTimeout(flush, ADJUST_MS);
}

/** Whether Back undoes the step that opened what is shown. */
export const closesByBack = (): boolean => isEntry(history.state) && history.state.opened === true;

/** The address of what is shown, with what the page chose by itself as `more`. */
export function linkHere(more: Changes = {}): string {
  const shown = changed(more) ?? chosen.value;
  return location.origin + location.pathname + location.search + hashOf(shown, "");
}

/** Reads the address, now and whenever Back, Forward or a hand changes it. */
export function watchAddress(): void {
  const read = () => {
    clearTimeout(waiting);
    waiting = undefined;
    chosen.value = readHash(location.hash);
  };
  read();
  addEventListener("popstate", read);
  addEventListener("pagehide", flush);
}

/** What an entry of the browser's history knows of how it was made. */
interface Entry {
  run?: string;
  opened?: true;
}

const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null;

/** What is chosen after these changes; null when that is the same as before. */
function changed(changes: Changes): Map<string, string> | null {
  const next = new Map(chosen.value);
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  }
  return hashOf(next) === hashOf(chosen.value) ? null : next;
}

/** Writes what `adjust` left waiting. */
function flush(): void {
  if (waiting === undefined) return;
  clearTimeout(waiting);
  waiting = undefined;
  history.replaceState(history.state, "", hashOf(chosen.value));
}

/** What a fragment says. Pure. */
export function readHash(hash: string): Map<string, string> {
  if (hash.length > LENGTH_MAX) return new Map();
  const pairs = [...new URLSearchParams(hash.replace(/^#/, ""))];
  return new Map(pairs.filter(([name, value]) => name !== "token" && value !== ""));
}

/** The fragment for what is chosen, spelled so that a person can read it; `none` for nothing. Pure. */
export function hashOf(values: ReadonlyMap<string, string>, none = "#"): string {
  const pairs = [...values].map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return pairs.length === 0 ? none : `#${pairs.join("&")}`;
}

/** As URLSearchParams reads it; what needs no escape in a fragment has none. */
const encode = (text: string) =>
  encodeURIComponent(text.toWellFormed())
    .replaceAll("%20", "+").replace(/%(?:3A|2F|2C|40)/g, decodeURIComponent);
