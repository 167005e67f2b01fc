/** Small readers of loose values. */
import { clip } from "./bounds.ts";

/** `{ [key]: value }`, or nothing when there is no value: absent is not `undefined` on the wire. */
export function some<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : { [key]: value } as { [P in K]?: V };
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? clip(value, 255) : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : undefined;
}
