/// <reference lib="dom" />
/** The page: one incident, or the list of them. */
import { effect } from "@preact/signals";
import { render } from "preact";
import { announceVerdicts, LiveRegion } from "./flow/announce.tsx";
import { readIncident, request } from "./live/api.ts";
import { lendToken, takeTokenFromUrl } from "./live/token.ts";
import { visible } from "../words/escape.ts";
import { FlowDetail } from "./flow/flow_detail.tsx";
import { FlowList } from "./list/flow_list.tsx";
import { Ended } from "./around/ended.tsx";
import { HandOn } from "./around/hand_on.tsx";
import { Header } from "./around/header.tsx";
import { Help } from "./around/help.tsx";
import { Incidents } from "./around/incidents.tsx";
import { PrintReport } from "./around/print_report.tsx";
import { watchPrints } from "./state/printing.ts";
import { watchFind } from "./state/finding.ts";
import { onKey } from "./state/keys.ts";
import { followJoining } from "./state/joining.ts";
import { followTime } from "./state/clock.ts";
import { follow } from "./live/follow.ts";
import { connection, followAddress, followList, incident, pane } from "./state/model.ts";
import { followEnd, hear, known, toldProblems } from "./state/told.ts";
import { MapPane } from "./map/map_pane.tsx";
import { watchAddress } from "./state/url.ts";
import { TimeStrip } from "./time/time_strip.tsx";
import { plural } from "./parts/writing.ts";
import { TokenForm } from "./around/token_form.tsx";

function Page({ id }: { id: string }) {
  const { state } = connection.value;
  const blocked = state === "token-needed" || (state === "missing" && !known.value);
  return (
    <>
      <Header id={id} />
      {!blocked && <Ended />}
      {!blocked && <TimeStrip />}
      <main class={`panes show-${pane.value}`}>
        {blocked ? <Blocked id={id} /> : (
          <>
            <FlowList />
            {pane.value === "map" ? <MapPane /> : <FlowDetail />}
          </>
        )}
      </main>
      <PrintReport id={id} />
      <Help />
      <HandOn id={id} />
      <LiveRegion />
    </>
  );
}

function Blocked({ id }: { id: string }) {
  const now = connection.value;
  if (now.state === "token-needed") {
    return <TokenForm why={now.why} onToken={() => start(id)} />;
  }
  return (
    <p class="nothing" role="alert">
      There is no incident of this name here. <a href="/">All incidents</a>
    </p>
  );
}

/** `2 problems · `: what still fails, for a tab that is not looked at. */
function titleStart(): string {
  const active = toldProblems.value.filter(({ state, severity }) =>
    state === "active" && severity !== "unknown"
  );
  return active.length === 0 ? "" : `${plural(active.length, "problem")} · `;
}

let stop = () => {};
let stopJoining = () => {};

function start(id: string): void {
  stop();
  stopJoining();
  stop = follow({
    incident: id,
    onConnection: (now) => {
      connection.value = now;
      if (now.state === "live") {
        stopJoining();
        stopJoining = followJoining(id);
      }
      // An ingest that ends with its incident answers no more.
      if (now.state === "live" || (now.state === "ended" && incident.value === null)) describe(id);
    },
    onEvents: hear,
  });
}

/** Reads filter and state, which are no part of the stream. Without them the page still works. */
async function describe(id: string): Promise<void> {
  try {
    const response = await request(`/v1/incidents/${encodeURIComponent(id)}`);
    if (!response.ok) return;
    incident.value = readIncident(await response.json());
  } catch { /* the stream's own state says what is wrong */ }
}

takeTokenFromUrl();
lendToken();
const root = document.getElementById("app")!;
const match = /^\/incidents\/([^/]+)\/?$/.exec(location.pathname);
if (match === null) {
  watchAddress();
  render(<Incidents />, root);
} else {
  const id = decodeURIComponent(match[1]!);
  followAddress();
  followList();
  followEnd();
  watchPrints();
  document.addEventListener("keydown", onKey);
  document.addEventListener("keydown", watchFind);
  announceVerdicts();
  followTime();
  effect(() => {
    document.title = `${titleStart()}${visible(id).slice(0, 60)} · lasthop`;
  });
  render(<Page id={id} />, root);
  start(id);
}
