/// <reference lib="dom" />
/** Nodes that joined and do not report yet, and until when others may join, beside those that do. */
import { told } from "../state/model.ts";
import { openUntilMs, waitingNodes } from "../state/joining.ts";
import { Name } from "../parts/text.tsx";
import { timeHere } from "../../words/time.ts";

/** Items for the list of nodes. */
export function Joining() {
  const waiting = waitingNodes.value;
  const isOpen = openUntilMs.value > Date.now();
  const nobody = told.value.known && told.value.nodes.length === 0 && waiting.length === 0;
  return (
    <>
      {waiting.map(({ node, from, token }) => (
        <li key={token} class="node joining" role="status">
          <Name value={node} max={32} /> joined
          {from !== "" && (
            <>
              {" "}from <Name value={from} max={45} />
            </>
          )}, attaching…
        </li>
      ))}
      {nobody && !isOpen && <li class="node">no probe has reported yet</li>}
      {isOpen && (
        <li class="node quiet">
          {nobody ? "no node has joined yet; nodes " : "nodes "}
          can join until {timeHere(new Date(openUntilMs.value))}
        </li>
      )}
    </>
  );
}
