/// <reference lib="dom" />
/** Which nodes watch, and what was lost there: each by name, or many in a list that opens. */
import type { ReportNode } from "../../event/report.ts";
import { isOver, told as incident } from "../state/model.ts";
import { began, nodes } from "../state/told.ts";
import { Chunked, type Item } from "../parts/chunked.tsx";
import { Name, Text } from "../parts/text.tsx";
import { grouped, plural, timeOfDayHere } from "../parts/writing.ts";
import { Joining } from "./joining.tsx";

/** So many nodes are told one by one; of more, only those that saw less than all. */
const TOLD_MAX = 12;
/** Of those, so many: they would fill the page otherwise. */
const GAPS_MAX = 6;
/** Pixels of a node in the list that opens, and how many are drawn together. */
const LISTED = { height: 25, size: 25 };

/** The line, or lines, of the nodes. */
export function Nodes() {
  const all = nodes.value;
  const isMany = all.length > TOLD_MAX;
  const told = isMany ? all.filter((node) => !isWhole(node)).slice(0, GAPS_MAX) : all;
  return (
    <div class="nodes" role="list" aria-label="nodes that watch">
      {isMany && <All />}
      {told.map((node) => <Node key={node.name} node={node} item={ITEM} />)}
      <Later />
      <Joining />
    </div>
  );
}

/** [D10] More comes than can be judged at once, so that not all is shown as it is. */
function Later() {
  const { postponed = 0 } = incident.value.accounting;
  if (postponed === 0) return null;
  return (
    <div class="node" {...ITEM}>
      <strong class="lost">{plural(postponed, "flow")} shown as before</strong>
      <span class="quiet">more comes than can be judged at once; what is new goes first</span>
    </div>
  );
}

const ITEM = { role: "listitem" } as const;

/** All nodes in one line, which opens. */
function All() {
  const all = nodes.value;
  const events = all.reduce((sum, node) => sum + node.events, 0);
  const lost = all.reduce((sum, node) => sum + node.lost, 0);
  const gaps = all.filter((node) => !isWhole(node)).length;
  return (
    <div class="node all-nodes" {...ITEM}>
      <details>
        <summary>
          <b>{plural(all.length, "node")}</b>
          <span>{grouped(events)} events</span>
          {lost > 0
            ? <strong class="lost">{grouped(lost)} lost</strong>
            : <span class="quiet">none lost</span>}
          {gaps > 0
            ? <strong class="lost">{plural(gaps, "node")} did not see all</strong>
            : <span class="quiet">all watch without a gap</span>}
        </summary>
        <div class="node-card">
          <Chunked items={all} {...LISTED} label="all nodes">
            {(node, item) => <Node key={node.name} node={node} item={item} />}
          </Chunked>
        </div>
      </details>
    </div>
  );
}

/** Whether nothing on a node was lost or not watched. */
const isWhole = ({ lost, scripts, gaps = [], endedAt }: ReportNode): boolean =>
  lost === 0 && gaps.length === 0 && (endedAt === undefined || isOver.value) &&
  scripts.every(({ state }) => state === "attached");

function Node({ node, item }: { node: ReportNode; item: Partial<Item> }) {
  const missing = node.scripts.filter(({ state }) => state === "unavailable");
  const attached = node.scripts.length - missing.length;
  const { gaps = [] } = node;
  return (
    <div class={isWhole(node) ? "node" : "node gap"} {...item}>
      <details>
        <summary>
          <Name value={node.name} max={32} />
          <span>{grouped(node.events)} events</span>
          {node.lost > 0
            ? <strong class="lost">{grouped(node.lost)} lost</strong>
            : <span class="quiet">none lost</span>}
          <span class={missing.length > 0 ? "lost" : "quiet"}>
            {attached}/{node.scripts.length} scripts
          </span>
          {node.endedAt !== undefined && !isOver.value && (
            <strong class="lost">probe ended {timeOfDayHere(node.endedAt, began.value)}</strong>
          )}
          {gaps.length > 0 && <strong class="lost">watched with gaps</strong>}
        </summary>
        <div class="node-card">
          {gaps.map((gap) => (
            <p key={gap} class="lost">
              <Text value={gap} max={300} />
            </p>
          ))}
          <p>
            Linux <Text value={node.kernel || "unknown"} max={80} />, bpftrace{" "}
            <Text value={node.bpftrace || "unknown"} max={40} />,{" "}
            {plural(node.netns.length, "network namespace")}
          </p>
          {node.endedAt !== undefined && (
            <p>Its probe ended at {timeOfDayHere(node.endedAt, null)}.</p>
          )}
          <ul>
            {node.scripts.map(({ name, state, why }) => (
              <li key={name}>
                <Name value={name} /> {state === "attached" ? "attached" : <b>not attached</b>}
                {why !== undefined && (
                  <>
                    : <Text value={why} max={300} />
                  </>
                )}
              </li>
            ))}
          </ul>
        </div>
      </details>
    </div>
  );
}
