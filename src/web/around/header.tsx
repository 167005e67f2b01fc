/// <reference lib="dom" />
/** The top of the page: which incident, is it live, and who watched. */
import { computed } from "@preact/signals";
import type { Connection } from "../live/follow.ts";
import { copyLink, linkCopied } from "../state/clipboard.ts";
import { nodesNowMs } from "../state/clock.ts";
import { toggleHandingOn } from "../state/handing_on.ts";
import { connection, incident, isOver, told, updatedMs } from "../state/model.ts";
import { plainAge } from "../../words/age.ts";
import { spanHere, timeHere } from "../../words/time.ts";
import { Name } from "../parts/text.tsx";
import { began } from "../state/told.ts";
import { Nodes } from "./nodes.tsx";

const ended = computed(() => told.value.to);

/** The top of the page of one incident. */
export function Header({ id }: { id: string }) {
  const filter = incident.value?.filter;
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="/" title="all incidents">
          <Logo /> lasthop
        </a>
        <h1>
          <span class="quiet">incident</span> <Name value={id} max={40} />
        </h1>
        {filter !== undefined && (
          <p class="filter-of">
            <span class="quiet">filter</span>{" "}
            {filter === "" ? "everything" : <Name value={filter} max={80} />}
          </p>
        )}
        <p class="span">{spanHere(began.value, ended.value)}</p>
        <State connection={connection.value} />
        <p class="tools">
          <CopyLink />
          <button
            type="button"
            class="copy-link"
            title="a file to hand on"
            onClick={toggleHandingOn}
          >
            export
          </button>
        </p>
      </div>
      <Nodes />
    </header>
  );
}

/** The mark of lasthop. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 28 14" aria-hidden="true">
      <path class="line" d="M1 7h16" />
      <circle class="stop" cx="6" cy="7" r="2.6" />
      <circle class="end" cx="20" cy="7" r="5.4" />
      <path class="end" d="m17.9 4.9 4.2 4.2m0-4.2-4.2 4.2" />
    </svg>
  );
}

function CopyLink() {
  const copied = linkCopied.value;
  return (
    <button
      type="button"
      class="copy-link"
      title="copy the link to what is shown"
      onClick={copyLink}
    >
      <span role="status">
        {copied === null ? "copy link" : copied ? "copied" : "no clipboard: copy the address"}
      </span>
    </button>
  );
}

const STATE_WORDS: Record<string, string> = {
  connecting: "connecting",
  live: "live",
  unwatched: "no probe watches",
  disconnected: "disconnected",
  "token-needed": "token needed",
  missing: "no such incident",
  ended: "closed",
  deleted: "deleted",
  replay: "replay",
};

/** What is true of the incident, which an open connection alone does not tell. */
function stateOf({ state }: Connection): string {
  const { ended, nodes, known } = told.value;
  if (ended === "deleted") return "deleted";
  if (state !== "live" && state !== "ended") return state;
  if (incident.value?.imported) return "replay";
  if (isOver.value || state === "ended") return "ended";
  const isWatched = nodes.some(({ endedAt }) => endedAt === undefined);
  return known && nodes.length > 0 && !isWatched ? "unwatched" : "live";
}

function State({ connection }: { connection: Connection }) {
  const state = stateOf(connection);
  return (
    <p class={`state ${state}`} role="status">
      <span class="lamp" aria-hidden="true" />
      <b>{STATE_WORDS[state]}</b>
      {state === "live" && <Lag />}
      {connection.state === "disconnected" && (
        <>
          {updatedMs.value !== null && (
            <span class="quiet">last update {timeHere(new Date(updatedMs.value))}</span>
          )}
          <span class="why">{connection.why}; retrying</span>
        </>
      )}
    </p>
  );
}

/** How old the newest of what is shown is. A text that changes each second is told to no screen reader. */
function Lag() {
  const last = Date.parse(told.value.to ?? "");
  const now = nodesNowMs.value;
  if (Number.isNaN(last)) return null;
  return (
    <span class="quiet" aria-hidden="true">
      last event {now === null ? timeHere(new Date(last)) : `${plainAge(now - last)} ago`}
    </span>
  );
}
