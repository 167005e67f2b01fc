/// <reference lib="dom" />
/** Nodes that joined and do not report yet, and until when others may join, beside those that do. */
import { known, nodes } from "../state/told.ts";
import { openUntilMs, waitingNodes } from "../state/joining.ts";
import { Name } from "../parts/text.tsx";
import { timeHere } from "../../words/time.ts";

/** Items for the list of nodes. */
export function Joining() {
  const waiting = waitingNodes.value;
  const isOpen = openUntilMs.value > Date.now();
  const nobody = known.value && nodes.value.length === 0 && waiting.length === 0;
  return (
    <>
      {waiting.map(({ node, from, token }) => (
        <div key={token} class="node joining" role="listitem">
          <span role="status">
            <Name value={node} max={32} /> joined
            {from !== "" && (
              <>
                {" "}from <Name value={from} max={45} />
              </>
            )}, attaching…
          </span>
        </div>
      ))}
      {nobody && !isOpen && <div class="node" role="listitem">no probe has reported yet</div>}
      {isOpen && (
        <div class="node quiet" role="listitem">
          {nobody ? "no node has joined yet; nodes " : "nodes "}
          can join until {timeHere(new Date(openUntilMs.value))}
        </div>
      )}
    </>
  );
}
