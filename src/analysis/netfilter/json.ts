/** nft's JSON comes from outside: nothing about its shape is taken for granted. */
export type Json = Record<string, unknown>;

/** It is an object: no array, no null. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
