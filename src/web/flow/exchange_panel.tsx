/// <reference lib="dom" />
/** What came of the question that a flow belongs to: before the flow's own verdict, as a pair. */
import type { Cause, Flow } from "../../event/report.ts";
import { exchangeName } from "../../words/ends.ts";
import { visible } from "../../words/escape.ts";
import { EXCHANGE_WORDS } from "../../words/outcome.ts";
import { CauseCode } from "../parts/cause_code.tsx";
import { exchangeLook, OutcomeIcon } from "../parts/icons.tsx";
import { Text } from "../parts/text.tsx";
import { PAGE } from "../parts/writing.ts";
import { exchangeOf } from "../state/model.ts";
import { Evidence, Remedy } from "./findings.tsx";
import { isCauseMended } from "./flow_problems.tsx";
import { CONFIDENCE } from "./sentence.ts";

/** The exchange of a flow; nothing where it belongs to none. */
export function ExchangePanel({ flow }: { flow: Flow }) {
  const exchange = exchangeOf(flow.id);
  if (exchange === undefined) return null;
  const { outcome, sentence, cause, findings = [], gap, tookMs } = exchange;
  // A cause that the flow has, too, is told in full below, with the flow.
  const isFlows = (one: Cause) =>
    [flow.cause, ...flow.otherCauses ?? []].some((other) =>
      other?.code === one.code && other.sentence === one.sentence
    );
  const causes = [...cause === undefined ? [] : [cause], ...findings];
  return (
    <section class={`exchange o-${exchangeLook(outcome)}`} aria-label="what came of the question">
      <p class="outcome">
        <OutcomeIcon outcome={exchangeLook(outcome)} />
        <b>{EXCHANGE_WORDS[outcome] ?? "unknown"}</b>
        <span class="mono">{visible(exchangeName(exchange, PAGE)).slice(0, 160)}</span>
        {tookMs !== undefined && <span class="quiet">{tookMs.toFixed(tookMs < 10 ? 1 : 0)} ms
        </span>}
      </p>
      {outcome !== "answered" && (
        <p>
          <Text value={sentence} max={700} />
        </p>
      )}
      {gap !== undefined && (
        <p>
          Not known because: <Text value={gap} />
        </p>
      )}
      {causes.filter((one) =>
        !isFlows(one)
      ).map((one, i) => (
        <div key={i}>
          <p class="confidence">
            <CauseCode code={one.code} />
            <b>{visible(one.confidence).slice(0, 12)}</b>
            <span class="quiet">{CONFIDENCE[one.confidence]}</span>
          </p>
          <p>
            <Text value={one.sentence} max={700} />
          </p>
          <Remedy cause={one} mended={isCauseMended(flow, one)} />
          <Evidence cause={one} first />
        </div>
      ))}
    </section>
  );
}
