/// <reference lib="dom" />
/** The shown flow beside the pinned one: where it parts from it, and what differs there. */
import { useMemo } from "preact/hooks";
import type { Flow, Hop } from "../../event/report.ts";
import {
  type ComparedHops,
  compareFlows,
  type Comparison as Compared,
  type Difference,
  partingText,
} from "../../words/compare.ts";
import { flowName } from "../../words/ends.ts";
import { visible } from "../../words/escape.ts";
import { OUTCOME_WORDS, STAGE_WORDS } from "../../words/outcome.ts";
import { roomWords } from "../../words/place.ts";
import { OutcomeIcon } from "../parts/icons.tsx";
import { Name, Text } from "../parts/text.tsx";
import { LABELLED, PAGE, plural } from "../parts/writing.ts";
import { choose } from "../state/model.ts";
import { pinned, pinnedId, togglePin, unpin } from "../state/pin.ts";

/** Pins the shown flow, or unpins it. */
export function PinButton({ flow }: { flow: Flow }) {
  const isPinned = pinnedId.value === flow.id;
  return (
    <button
      type="button"
      class="pin"
      aria-pressed={isPinned}
      title="hold other flows against this one: key c"
      onClick={togglePin}
    >
      {isPinned ? "pinned to compare" : "pin to compare"}
    </button>
  );
}

/** What differs from the pinned flow; what to do next while that one is shown itself. */
export function Comparison({ flow }: { flow: Flow }) {
  const first = pinned.value;
  const compared = useMemo(
    () => first === null ? null : compareFlows(first, flow, PAGE),
    [first, flow],
  );
  if (pinnedId.value === null) return null;
  if (first === null || compared === null) {
    return (
      <p class="comparison">
        The pinned flow is no longer in the report. <Unpin />
      </p>
    );
  }
  if (first.id === flow.id) {
    return (
      <p class="comparison">
        Pinned. Choose another flow to see where its way parts from this one. <Unpin />
      </p>
    );
  }
  return (
    <section class="comparison" aria-label="compared with the pinned flow">
      <p>
        Compared with{" "}
        <button type="button" onClick={() => choose(first.id)}>
          <OutcomeIcon outcome={first.outcome} /> {visible(flowName(first, PAGE)).slice(0, 160)}
        </button>{" "}
        <Unpin />
      </p>
      <p class="parting">{partingText(compared, LABELLED)}</p>
      <Sides first={first} flow={flow} compared={compared} />
    </section>
  );
}

const Unpin = () => <button type="button" onClick={unpin}>unpin</button>;

function Sides({ first, flow, compared }: { first: Flow; flow: Flow; compared: Compared }) {
  return (
    <table>
      <thead>
        <tr>
          <td />
          <Side name="pinned" flow={first} />
          <Side name="this one" flow={flow} />
        </tr>
      </thead>
      <tbody>
        {compared.flows.map((one) => <Differs key={one.what} difference={one} />)}
      </tbody>
      <tbody class="ways">{waysOf(compared)}</tbody>
    </table>
  );
}

const Side = ({ name, flow }: { name: string; flow: Flow }) => (
  <th scope="col">
    {name} <span class={`o-${flow.outcome} word`}>{OUTCOME_WORDS[flow.outcome] ?? "unknown"}</span>
  </th>
);

const Differs = ({ difference: { what, pinned, other } }: { difference: Difference }) => (
  <tr class="differs">
    <th scope="row">{what}</th>
    {[pinned, other].map((text, i) => (
      <td key={i}>
        {text === "" ? <span class="quiet">none</span> : <Text value={text} max={200} />}
      </td>
    ))}
  </tr>
);

/** How a row is told: both alike, one path alone has a hop, or both have different ones. */
const kindOf = ({ pinned, other, differences }: ComparedHops): string =>
  differences.length === 0
    ? "alike"
    : pinned === undefined
    ? "only other"
    : other === undefined
    ? "only pinned"
    : "apart";

/** Rows that are told together: those that are alike, and those of one path alone after the parting. */
function waysOf({ rows, partsAt }: Compared) {
  const runs: { at: number; kind: string; rows: ComparedHops[] }[] = [];
  for (const [at, row] of rows.entries()) {
    const kind = kindOf(row);
    const before = runs.at(-1);
    const goesOn = kind !== "apart" && before?.kind === kind && at - 1 !== partsAt;
    if (goesOn) before.rows.push(row);
    else runs.push({ at, kind, rows: [row] });
  }
  return runs.map(({ at, kind, rows }) =>
    kind === "alike"
      ? <Alike key={at} rows={rows} />
      : rows.length > 1
      ? <Alone key={at} rows={rows} />
      : <Apart key={at} row={rows[0]!} first={at === partsAt} />
  );
}

/** Hops that only one of both paths has. */
function Alone({ rows }: { rows: readonly ComparedHops[] }) {
  const sides = [rows.map(({ pinned }) => pinned), rows.map(({ other }) => other)];
  return (
    <tr>
      <th scope="row">{plural(rows.length, "hop")} alone</th>
      {sides.map((hops, i) => (
        <td key={i}>
          {hops[0] === undefined
            ? <span class="quiet">no hop</span>
            : <FromTo from={hops[0]} to={hops.at(-1)!} />}
        </td>
      ))}
    </tr>
  );
}

const FromTo = ({ from, to }: { from: Hop; to: Hop }) => (
  <>
    <HopName hop={from} />
    {from !== to && (
      <>
        {" … "}
        <HopName hop={to} />
      </>
    )}
  </>
);

function Alike({ rows }: { rows: readonly ComparedHops[] }) {
  return (
    <tr class="alike">
      <th scope="row">{plural(rows.length, "hop")} alike</th>
      <td colSpan={2}>
        <FromTo from={rows[0]!.pinned!} to={rows.at(-1)!.pinned!} />
      </td>
    </tr>
  );
}

function Apart(
  { row: { pinned, other, differences }, first }: { row: ComparedHops; first: boolean },
) {
  const details = differences.filter(({ what }) => !IN_NAME.has(what));
  return (
    <>
      <tr class={first ? "apart parts" : "apart"}>
        <th scope="row">{first ? "here they part" : "apart"}</th>
        {[pinned, other].map((hop, i) => (
          <td key={i}>
            {hop === undefined ? <span class="quiet">no hop</span> : <HopName hop={hop} />}
          </td>
        ))}
      </tr>
      {details.map((one) => <Differs key={one.what} difference={one} />)}
    </>
  );
}

/** What the name of a hop says already. */
const IN_NAME = new Set(["hop", "node", "namespace", "device", "what happened"]);

const HopName = ({ hop }: { hop: Hop }) => (
  <>
    {STAGE_WORDS[hop.stage] ?? "seen"} at <Name value={hop.device} max={24} /> in{" "}
    <Name value={roomWords(hop)} max={64} /> on <Name value={hop.node} max={32} />
  </>
);
