/// <reference lib="dom" />
/** The incidents this ingest holds, those with the latest activity first. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import {
  type IncidentSummary,
  problemOf,
  readIncidents,
  request,
  whyUnanswered,
} from "../live/api.ts";
import { adjust, inAddress } from "../state/url.ts";
import { IncidentTable } from "./incident_table.tsx";
import { loadOverviews, overviews } from "./overviews.ts";
import { Logo } from "./header.tsx";
import { TokenForm } from "./token_form.tsx";

type Listed =
  | { state: "loading" }
  | { state: "token-needed"; why: string }
  | { state: "failed"; why: string }
  | { state: "listed" };

const listed = signal<Listed>({ state: "loading" });
const incidents = signal<readonly IncidentSummary[]>([]);
const search = inAddress("search");
const EVERY_MS = 5_000;

/** Those that have every word that is searched for, in their name, filter or nodes. */
const found = computed(() => {
  const words = (search.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  return incidents.value.filter(({ id, title, filter }) => {
    const nodes = overviews.value.get(id)?.overview.nodes ?? [];
    const text = [id, title, filter, ...nodes].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
});

async function load(): Promise<void> {
  try {
    const response = await request("/v1/incidents", { accept: "application/json" });
    if (response.status === 401 || response.status === 403) {
      listed.value = { state: "token-needed", why: await problemOf(response) };
    } else if (!response.ok) listed.value = { state: "failed", why: await problemOf(response) };
    else {
      const all = readIncidents(await response.json());
      all.sort((a, b) => b.lastActivityAt < a.lastActivityAt ? -1 : 1);
      const [only] = all;
      // A list of one incident is of no use: that incident is opened at once.
      if (all.length === 1 && listed.value.state !== "listed") {
        location.replace(`/incidents/${encodeURIComponent(only!.id)}`);
      }
      incidents.value = all;
      listed.value = { state: "listed" };
      // Names of nodes are searched, too: those that are not found yet may be so then.
      await loadOverviews([...new Set([...found.value, ...all])]);
    }
  } catch (error) {
    listed.value = { state: "failed", why: whyUnanswered(error) };
  }
}

/** The page that lists the incidents. */
export function Incidents() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const again = async () => {
      if (!document.hidden && listed.value.state !== "token-needed") await load();
      timer = setTimeout(again, EVERY_MS);
    };
    again();
    document.addEventListener("keydown", onKey);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("keydown", onKey);
    };
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
      {(now.state === "listed" || now.state === "failed") && <List />}
    </main>
  );
}

function List() {
  if (incidents.value.length === 0) {
    return listed.value.state === "failed" ? null : (
      <p>
        None yet. <code>sudo ./lasthop trace</code> on the node in question opens one, or{" "}
        <code>lasthop probe --ingest URL --incident ID</code> on several.
      </p>
    );
  }
  return (
    <>
      <input
        id="search"
        type="search"
        aria-label="search the incidents"
        placeholder="search: name, filter, node"
        autocomplete="off"
        spellcheck={false}
        value={search.value ?? ""}
        onInput={(event) => adjust({ search: event.currentTarget.value })}
      />
      {found.value.length === 0
        ? <p class="nothing">No incident has these words.</p>
        : <IncidentTable incidents={found.value} />}
    </>
  );
}

/** `/` searches; arrows go from one incident to the next. */
function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const target = event.target as HTMLElement;
  const isTyping = target.matches("input");
  const links = [...document.querySelectorAll<HTMLElement>(".incident-list a")];
  const at = links.indexOf(target);
  if (event.key === "/" && !isTyping) document.getElementById("search")?.focus();
  else if (event.key === "ArrowDown" || (event.key === "j" && !isTyping)) links[at + 1]?.focus();
  else if (event.key === "ArrowUp" || (event.key === "k" && !isTyping)) links[at - 1]?.focus();
  else return;
  event.preventDefault();
}
