/** Changes as lines: for pipes, logs, and terminals that can't be drawn on. */
import type { Exchange, Flow } from "../../event/report.ts";
import { lookOf, renderExchangeLine, renderFlowLine, type RenderOptions } from "../render/mod.ts";
import type { Change } from "./follow.ts";
import type { View } from "./view.ts";

/** One line of JSON for each live event, as the stream itself has it. */
export function jsonView(out: (line: string) => void, note: (text: string) => void): View {
  return {
    show(change) {
      if (change.kind !== "live") return note(noteOf(change));
      const { event, data } = change.live;
      out(JSON.stringify({ event, data }));
    },
    close() {},
  };
}

/** A line for each flow that is new or has changed; what is about no flow goes to `note`. */
export function plainView(
  out: (line: string) => void,
  note: (text: string) => void,
  options: RenderOptions,
): View {
  const shown = new Map<string, string>();
  const asked = new Map<string, string>();
  const tell = (flow: Flow) => {
    const line = renderFlowLine(flow, options);
    if (shown.get(flow.id) === line) return;
    shown.set(flow.id, line);
    out(line);
  };
  const tellExchange = (exchange: Exchange) => {
    const line = renderExchangeLine(exchange, options);
    if (asked.get(exchange.id) === line) return;
    asked.set(exchange.id, line);
    out(line);
  };
  return {
    show(change) {
      if (change.kind !== "live") return note(noteOf(change));
      const { live } = change;
      if (live.event === "report") {
        live.data.exchanges.forEach(tellExchange);
        live.data.flows.forEach(tell);
      } else if (live.event === "exchange") tellExchange(live.data.exchange);
      else if (live.event === "exchange-gone") asked.delete(live.data.id);
      else if (live.event === "flow") tell(live.data.flow);
      else if (live.event === "flow-gone") {
        shown.delete(live.data.id);
        out(`flow ${lookOf(options).text(live.data.id, 200)} is part of another one now`);
      } else if (live.event === "missed") note(`${live.data.count} changes were missed`);
      else if (live.event === "end") note(`incident ${live.data.reason}`);
    },
    close() {},
  };
}

/** What to say of a connection that broke or is back. */
export const noteOf = (change: Exclude<Change, { kind: "live" }>): string =>
  change.kind === "away" ? `${change.why}; trying again…` : "connected again";
