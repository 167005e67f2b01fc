/// <reference lib="dom" />
/** The boxes of the map: nodes, places in them, and what is lost there. */
import type { Problem } from "../../event/report.ts";
import { label, visible } from "../../words/escape.ts";
import { problemOutcome } from "../../words/problem.ts";
import { lookOf, OutcomeIcon } from "../parts/icons.tsx";
import { grouped, LABELLED, plural } from "../parts/writing.ts";
import { sizeWords } from "../parts/problem_size.tsx";
import { inShownTime, timeWindow } from "../state/model.ts";
import { listPlace, openProblem } from "../state/map.ts";
import type { Rect } from "./layout.ts";
import type { Place } from "./model.ts";
import { BADGES, openFold } from "./shown.ts";

/** Where a rectangle of the layout stands, as a style. */
export const placedAt = ({ x, y, width, height }: Rect) => ({
  left: `${x}px`,
  top: `${y}px`,
  width: `${width}px`,
  height: `${height}px`,
});

/** The name of a node, at the head of its frame and above the lines that cross it. */
export function NodeName({ name, rect }: { name: string; rect: Rect }) {
  const { left, top, width } = placedAt(rect);
  return (
    <p class="node-name" style={{ left, top, maxWidth: width }} title={label(name, 253)}>
      {visible(name.slice(0, 200))}
    </p>
  );
}

/** A namespace, or a fold of several. */
export function PlaceBox({ place, rect }: { place: Place; rect: Rect }) {
  const { id, node, netns, name, flows, failing, problems, folded } = place;
  const more = problems.length - BADGES.max;
  return (
    <div
      class={`map-place${folded ? " folded" : ""}${failing > 0 ? " failing" : ""}`}
      style={placedAt(rect)}
      role="group"
      aria-label={folded ? foldName(place) : `${label(name, 80)} on ${label(node ?? "", 80)}`}
    >
      {folded
        ? <button type="button" class="name" onClick={() => openFold(id)}>{foldName(place)}</button>
        : (
          <button
            type="button"
            class="name mono"
            title={`${label(name, 253)}: list the flows that were seen here`}
            onClick={() => listPlace(node ?? "", netns)}
          >
            {visible(name.slice(0, 200))}
          </button>
        )}
      <p class="quiet">
        {folded
          ? failing > 0 ? "failing flows pass" : "all well"
          : `${plural(flows, "flow")}${failing > 0 ? `, ${grouped(failing)} failing` : ""}`}
        {more > 0 && `, ${plural(more, "more problem")}`}
      </p>
      {problems.length > 0 && (
        <ul>
          {problems.slice(0, BADGES.max).map((problem) => (
            <li key={problem.id}>
              <Badge problem={problem} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function foldName({ node, folded }: Place): string {
  const { places, nodes } = folded!;
  return node === null ? plural(nodes, "node") : plural(places, "namespace");
}

/** How many flows are lost here; leads to the problem. */
function Badge({ problem }: { problem: Problem }) {
  const { state, outcome, flows, cause } = problem;
  const isHealed = state === "healed";
  const look = isHealed ? "delivered" : lookOf(outcome);
  const words = `${isHealed ? "healed, was " : ""}${problemOutcome(problem, LABELLED)}: ${
    sizeWords(inShownTime(problem), timeWindow.value !== null)
  }${cause === undefined ? "" : `, ${label(cause.code, 40)}`}`;
  return (
    <button
      type="button"
      class={`map-badge is-${state}`}
      aria-label={words}
      title={words}
      onClick={() => openProblem(problem)}
    >
      <OutcomeIcon outcome={look} /> {grouped(flows)}
    </button>
  );
}
