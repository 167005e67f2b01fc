/// <reference lib="dom" />
/** The parts below the verdict: what was not seen, what to do, what it rests on, how many. */
import { computed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import type { Cause, Flow } from "../../event/report.ts";
import { CauseCode } from "../parts/cause_code.tsx";
import { announce } from "./announce.tsx";
import { COUNT_WORDS } from "../../words/outcome.ts";
import { grouped, plural } from "../parts/writing.ts";
import { told } from "../state/model.ts";
import { nodes } from "../state/told.ts";
import { gapsOf, lostAtIngest, toldLater } from "./sentence.ts";
import { Name, Text } from "../parts/text.tsx";

const lost = computed(() => lostAtIngest(told.value.accounting));
const later = computed(() => toldLater(told.value.accounting));
const missed = computed(() => told.value.missed);

/**
 * What was not seen on the way. It stands beside the verdict, because silence proves something
 * only where it was watched.
 */
export function Coverage({ flow }: { flow: Flow }) {
  const gaps = gapsOf(flow, nodes.value);
  const atIngest = lost.value;
  if (gaps.length === 0 && atIngest === null && later.value === null) {
    const onPath = new Set(flow.path.map(({ node }) => node)).size;
    return (
      <p class="coverage whole">
        Watched without a gap on {plural(onPath, "node")}{" "}
        of its path: no event lost, every script attached.
      </p>
    );
  }
  return (
    <div class="coverage gaps">
      <h3>What was not seen</h3>
      <ul>
        {gaps.map(({ node, text }) => (
          <li key={node + text}>
            <b>{node}</b> {text}
          </li>
        ))}
        {atIngest !== null && <li>{atIngest}</li>}
        {later.value !== null && <li>{later.value}</li>}
        {missed.value > 0 && (
          <li>This page fell behind once and was given the whole report again.</li>
        )}
      </ul>
    </div>
  );
}

/** The commands that mend a cause; nothing when there are none, or when it is mended. */
export function Remedy({ cause, mended }: { cause: Cause; mended: boolean }) {
  if (mended || cause.remedy === undefined || cause.remedy.length === 0) return null;
  return (
    <section class="remedy">
      <h3>What to do</h3>
      <ul>{cause.remedy.map((command) => <Command key={command} command={command} />)}</ul>
    </section>
  );
}

/** A command with a button that copies it. */
function Command({ command }: { command: string }) {
  const code = useRef<HTMLElement>(null);
  const [copied, setCopied] = useState(false);
  async function copy() {
    const done = await copyText(command, code.current!);
    setCopied(done);
    announce(done ? "command copied" : "command selected, press Control C to copy");
  }
  return (
    <li class="command">
      <code ref={code}>
        <Text value={command} max={500} />
      </code>
      <button type="button" onClick={copy} aria-label="copy command">
        {copied ? "copied" : "copy"}
      </button>
    </li>
  );
}

/** True when it is copied. Without TLS or loopback there is no clipboard: then it is selected. */
async function copyText(text: string, element: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    return false;
  }
}

/** What a cause rests on. All but the first cause say their sentence, too. */
export function Evidence({ cause, first }: { cause: Cause; first: boolean }) {
  return (
    <section class="evidence">
      <h3>{first ? "Evidence" : "Other packets of this flow"}</h3>
      {!first && (
        <p>
          <CauseCode code={cause.code} /> <Text value={cause.sentence} />
        </p>
      )}
      {cause.evidence.length === 0 && <p class="quiet">None was given.</p>}
      <ul>
        {cause.evidence.map(({ node, kind, text }, i) => (
          <li key={i}>
            <span class={`kind ${kind}`}>{kind === "state" ? "state read" : "event seen"}</span>
            <span class="on">
              on <Name value={node} max={32} />
            </span>
            <span class="what">
              <Text value={text} max={300} mono />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const COUNTS = ["seen", "dropped", "vanished", "unknown", "inFlight", "delivered"] as const;

/** How many packets met which end. */
export function Packets({ flow: { packets } }: { flow: Flow }) {
  return (
    <section class="counts">
      <h3>Packets</h3>
      <dl>
        {COUNTS.map((key) => (
          <div key={key} class={key !== "seen" && packets[key] > 0 ? `some ${key}` : ""}>
            <dt>{COUNT_WORDS[key]}</dt>
            <dd>{grouped(packets[key])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
