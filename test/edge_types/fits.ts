/** Only checked, never run: Cloudflare's own objects are what the edge takes them for. */
/// <reference types="npm:@cloudflare/workers-types@4.20260702.1" />
import type * as own from "../../src/ingest/edge/cloudflare.ts";

declare const state: DurableObjectState;
declare const namespace: DurableObjectNamespace;
declare const bucket: R2Bucket;
declare const context: ExecutionContext;

export const fits: [
  own.DurableObjectState,
  own.DurableObjectNamespace,
  own.R2Bucket,
  own.ExecutionContext,
] = [state, namespace, bucket, context];

// @ts-expect-error -- were the types not found, anything would fit
export const unfit: string = bucket;
