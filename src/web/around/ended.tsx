/// <reference lib="dom" />
/** What is said below the header of an incident that nobody watches any more. */
import { plainAge } from "../../words/age.ts";
import { spanHere } from "../../words/time.ts";
import { Text } from "../parts/text.tsx";
import { incident, told } from "../state/model.ts";
import { shellWord } from "../state/shell.ts";

/** The line; nothing while the incident goes on. */
export function Ended() {
  const { ended, archive } = told.value;
  if (ended === "deleted") {
    return <Line>This incident was deleted from the ingest. This is what was known of it.</Line>;
  }
  if (incident.value?.imported) return <Replayed />;
  if (ended === null && incident.value?.closed !== true) return null;
  return (
    <Line>
      This incident has ended; nothing more will come.{" "}
      {archive === null ? "This page stays as it is." : (
        <>
          It is kept on the machine where it was taken, and opened again by{" "}
          <code>
            lasthop replay <Text value={shellWord(archive)} max={300} />
          </code>
        </>
      )}
    </Line>
  );
}

/** Of when it is, and how long it was. */
function Replayed() {
  const { from, to } = told.value;
  const [start, end] = [Date.parse(from ?? ""), Date.parse(to ?? "")];
  if (Number.isNaN(start) || Number.isNaN(end)) return <Line>This incident is replayed.</Line>;
  const ago = Date.now() - start;
  return (
    <Line>
      Replayed: this happened {ago > 0 && `${plainAge(ago)} ago, `}
      {spanHere(from, to, new Date(0)).replace(/^(.*) \((.*)\)$/, "$1, and was $2 long")}.
    </Line>
  );
}

function Line({ children }: { children: preact.ComponentChildren }) {
  return <aside class="ended-line" aria-label="state of the incident">{children}</aside>;
}
