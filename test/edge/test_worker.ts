/**
 * The worker, with what tests need of it besides: an analysis that a test can do in its head, and
 * the store's methods by name.
 */
import type { AnalysisInput, Batch } from "../../src/analysis/mod.ts";
import { decodeLines } from "../../src/ingest/live/decode_lines.ts";
import type { DurableObjectState, ExecutionContext } from "../../src/ingest/edge/cloudflare.ts";
import { DurableStore } from "../../src/ingest/edge/durable_store.ts";
import { directoryOf, type EdgeEnv } from "../../src/ingest/edge/bindings.ts";
import { IncidentHub as RealHub } from "../../src/ingest/edge/incident_hub.ts";
import type { Analyse } from "../../src/ingest/live/analyst.ts";
import worker from "../../src/ingest/worker.ts";
import { ANALYSES } from "../contract/tally.ts";

export { Directory } from "../../src/ingest/edge/directory.ts";
export { PacketShard } from "../../src/ingest/edge/packet_shard.ts";

interface TestEnv extends EdgeEnv {
  ANALYSIS?: keyof typeof ANALYSES;
}

export class IncidentHub extends RealHub {
  constructor(ctx: DurableObjectState, env: TestEnv) {
    super(ctx, env);
  }

  protected override analysis(): Analyse {
    const { ANALYSIS = "real" } = this.env as TestEnv;
    if (ANALYSIS === "real") return super.analysis();
    return async (input) => ANALYSES[ANALYSIS](await this.#withAll(input));
  }

  async #withAll(input: AnalysisInput): Promise<AnalysisInput> {
    const batches = [];
    for await (const batch of new DurableStore(this.env).readBatches(input.incident)) {
      const { header, refused, segments } = batch;
      const decoded: Batch = { header, refused, events: [], states: [] };
      for (const { text } of segments) decodeLines(new TextEncoder().encode(text), decoded);
      batches.push(decoded);
    }
    return { ...input, batches };
  }
}

export default {
  async fetch(request: Request, env: TestEnv, context: ExecutionContext): Promise<Response> {
    const { pathname } = new URL(request.url);
    const method = /^\/test-store\/(\w+)$/.exec(pathname)?.[1];
    if (method === undefined) return await worker.fetch(request, env, context);
    const answer = await callStore(env, method, await request.json());
    return Response.json({ answer });
  },
};

async function callStore(env: EdgeEnv, method: string, args: unknown[]): Promise<unknown> {
  const store = new DurableStore(env);
  if (method === "readBatches") {
    const [id, rowMax] = args as [string, number | null];
    return await Array.fromAsync(store.readBatches(id, rowMax ?? undefined));
  }
  // What a sweep does with imports that nobody will finish.
  if (method === "dropImports") return await directoryOf(env).dropImports(Infinity);
  const call = store[method as keyof DurableStore] as (...args: unknown[]) => unknown;
  return await call.apply(store, args);
}
