/** The zod schema of an event's JSON spelling, made from the table of columns. */
import { z } from "zod";
import {
  type Column,
  COLUMNS,
  DIRECTIONS,
  NETWORKS,
  PACKET_TYPES,
  TUNNEL_KINDS,
} from "./columns.ts";
import type { Event } from "./event.ts";
import { EVENT_KINDS } from "./kinds.ts";

/** 2^64 - 1: the largest time a kernel can tell. */
const U64_MAX = 18_446_744_073_709_551_615n;

const U64 = z.string().regex(/^\d{1,20}$/).transform(BigInt).refine((n) => n <= U64_MAX);

function schemaOf(column: Column): z.ZodType {
  switch (column.type) {
    case "kind":
      return z.enum(EVENT_KINDS);
    case "u64":
      return U64;
    case "uint":
      return z.number().int().min(0).max(column.max ?? Number.MAX_SAFE_INTEGER);
    case "hex":
      return z.string().regex(/^[0-9a-f]{1,16}$/);
    case "text":
      return z.string().min(1).max(column.max ?? 64);
    case "mac":
      return z.string().regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/);
    case "address":
      return z.string().regex(/^[0-9a-f.:]{2,45}$/);
    case "packetType":
      return z.enum(PACKET_TYPES);
    case "network":
      return z.enum(NETWORKS);
    case "direction":
      return z.enum(DIRECTIONS);
    case "tunnelKind":
      return z.enum(TUNNEL_KINDS);
  }
}

const shape: Record<string, z.ZodType> = {};
for (const column of COLUMNS as readonly Column[]) {
  const schema = schemaOf(column);
  shape[column.name] = column.required ? schema : schema.optional();
}

/** Strict: a field it does not know is an error, after older versions were lifted. */
export const EventSchema = z.strictObject(shape) as unknown as z.ZodType<Event>;
