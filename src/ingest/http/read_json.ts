/** Small JSON bodies, validated. */
import type { Context } from "hono";
import type { z } from "zod";
import { wrong } from "../../event/wrong.ts";
import { readText } from "./body.ts";
import type { Clock } from "../clock.ts";
import type { Env } from "../deps.ts";
import { Problem } from "./problem.ts";

const LIMITS = {
  compressedBytesMax: 65_536,
  bytesMax: 65_536,
  idleMs: 10_000,
  totalMs: 20_000,
  bytesPerSecondMin: 1_000,
};

/**
 * The body as `schema` has it; no body is read as an empty object. Rejects with Problem `json_broken`
 * or `body_invalid`, and as `readText` does.
 */
export async function readJson<T>(c: Context<Env>, schema: z.ZodType<T>, clock: Clock): Promise<T> {
  const { body } = c.req.raw;
  let text = "";
  if (body !== null) {
    const options = { encoding: "identity", limits: LIMITS, clock } as const;
    for await (const part of readText(body, options)) text += part;
  }
  let value: unknown;
  try {
    value = text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    throw new Problem(400, "json_broken", "Cannot read body: it is not JSON, must be one object");
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem(400, "body_invalid", `Cannot read body: ${wrong(parsed.error, value)}`);
}
