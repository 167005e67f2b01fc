/// <reference lib="dom" />
/** The incidents as a table; on a narrow page each is a card. */
import type { IncidentSummary, Overview } from "../live/api.ts";
import { timeHere } from "../../words/time.ts";
import { Name } from "../parts/text.tsx";
import { grouped, plural } from "../parts/writing.ts";
import { overviews } from "./overviews.ts";

/** The table. */
export function IncidentTable({ incidents }: { incidents: readonly IncidentSummary[] }) {
  return (
    <table class="incident-list">
      <thead>
        <tr>
          <th scope="col">last activity</th>
          <th scope="col">incident</th>
          <th scope="col">state</th>
          <th scope="col">problems</th>
          <th scope="col">connections</th>
          <th scope="col">nodes</th>
        </tr>
      </thead>
      <tbody>
        {incidents.map((incident) => (
          <Row
            key={incident.id}
            incident={incident}
            overview={overviews.value.get(incident.id)?.overview}
          />
        ))}
      </tbody>
    </table>
  );
}

interface RowProps {
  incident: IncidentSummary;
  /** Undefined until it is known. */
  overview: Overview | undefined;
}

function Row({ incident, overview }: RowProps) {
  const { id, title, filter, lastActivityAt, empty } = incident;
  return (
    <tr>
      <td class="when">{lastActivityAt === "" ? "" : timeHere(new Date(lastActivityAt))}</td>
      <th scope="row">
        <a href={`/incidents/${encodeURIComponent(id)}`}>
          <Name value={title || id} max={60} />
        </a>
        <span class="quiet">
          {title !== "" && title !== id && <Name value={id} max={60} />}{" "}
          {filter === "" ? "everything" : <Name value={filter} max={80} />}
        </span>
        {incident.imported && overview !== undefined && overview.from !== "" && (
          <span class="quiet when">replay of {timeHere(new Date(overview.from))}</span>
        )}
      </th>
      <td>
        <State incident={incident} />
      </td>
      <td>{empty ? "" : overview === undefined ? "…" : <Problems overview={overview} />}</td>
      <td>
        {empty || overview === undefined ? "" : (
          <>
            {grouped(overview.asked)} <span class="narrow">asked</span>
          </>
        )}
      </td>
      <td class="on">
        {overview !== undefined && <Name value={overview.nodes.join(", ")} max={80} />}
      </td>
    </tr>
  );
}

function State({ incident: { closed, imported, empty } }: { incident: IncidentSummary }) {
  if (empty) return <span class="quiet">{closed ? "closed, empty" : "open, empty"}</span>;
  if (imported) return <span class="quiet">imported</span>;
  return closed ? <span class="quiet">closed</span> : <b class="open">open</b>;
}

function Problems({ overview: { problems: { active, ended, healed } } }: { overview: Overview }) {
  const over = [
    healed > 0 ? `${grouped(healed)} healed` : "",
    ended > 0 ? `${grouped(ended)} ended` : "",
  ].filter(Boolean).join(", ");
  if (active === 0) return <span class="quiet">{over || "none"}</span>;
  return (
    <>
      <b class="active">{plural(active, "problem")}</b>
      {over !== "" && <span class="quiet">, {over}</span>}
    </>
  );
}
