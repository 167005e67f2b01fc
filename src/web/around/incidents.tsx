/// <reference lib="dom" />
/** The incidents this ingest holds, newest first. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  type IncidentSummary,
  problemOf,
  readIncidents,
  request,
  whyUnanswered,
} from "../live/api.ts";
import { timeHere } from "../../words/time.ts";
import { Logo } from "./header.tsx";
import { Name } from "../parts/text.tsx";
import { TokenForm } from "./token_form.tsx";

type Listed =
  | { state: "loading" }
  | { state: "token-needed"; why: string }
  | { state: "failed"; why: string }
  | { state: "listed"; incidents: IncidentSummary[] };

const listed = signal<Listed>({ state: "loading" });
const EVERY_MS = 5_000;

async function load(): Promise<void> {
  try {
    const response = await request("/v1/incidents", { accept: "application/json" });
    if (response.status === 401 || response.status === 403) {
      listed.value = { state: "token-needed", why: await problemOf(response) };
    } else if (!response.ok) listed.value = { state: "failed", why: await problemOf(response) };
    else {
      const incidents = readIncidents(await response.json());
      incidents.sort((a, b) => b.createdAt < a.createdAt ? -1 : 1);
      const [only] = incidents;
      // A list of one incident is of no use: that incident is opened at once.
      if (incidents.length === 1 && listed.value.state !== "listed") {
        location.replace(`/incidents/${encodeURIComponent(only!.id)}`);
      }
      listed.value = { state: "listed", incidents };
    }
  } catch (error) {
    listed.value = { state: "failed", why: whyUnanswered(error) };
  }
}

/** The page that lists the incidents. */
export function Incidents() {
  useEffect(() => {
    load();
    const timer = setInterval(() => {
      if (!document.hidden && listed.value.state !== "token-needed") load();
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const now = listed.value;
  return (
    <main class="incidents">
      <p class="brand">
        <Logo /> lasthop
      </p>
      <h1>Incidents</h1>
      {now.state === "loading" && <p class="quiet">loading …</p>}
      {now.state === "failed" && <p role="alert">Cannot list the incidents: {now.why}; retrying</p>}
      {now.state === "token-needed" && <TokenForm why={now.why} onToken={load} />}
      {now.state === "listed" && <List incidents={now.incidents} />}
    </main>
  );
}

function List({ incidents }: { incidents: IncidentSummary[] }) {
  if (incidents.length === 0) {
    return (
      <p>
        None yet. <code>sudo ./lasthop trace</code> on the node in question opens one, or{" "}
        <code>lasthop probe --ingest URL --incident ID</code> on several.
      </p>
    );
  }
  return (
    <ul class="incident-list">
      {incidents.map(({ id, title, filter, createdAt, closed, nodes }) => (
        <li key={id}>
          <a href={`/incidents/${encodeURIComponent(id)}`}>
            <Name value={title || id} max={60} />
            <span class={closed ? "quiet" : "open"}>{closed ? "closed" : "open"}</span>
            <span class="quiet">{createdAt === "" ? "" : timeHere(new Date(createdAt))}</span>
            <span class="quiet">
              {filter === "" ? "everything" : <Name value={filter} max={80} />}
            </span>
            <span class="quiet">
              {nodes.length > 0 && <Name value={nodes.join(", ")} max={80} />}
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
