/** What Workers' own module gives; `deno.json` maps `cloudflare:workers` here for the type checks. */
import type { DurableObjectState } from "./cloudflare.ts";

/** An object whose public methods others call. Between calls the runtime may drop its fields. */
export abstract class DurableObject<Env = unknown> {
  constructor(ctx: DurableObjectState, env: Env);
  protected ctx: DurableObjectState;
  protected env: Env;
}
