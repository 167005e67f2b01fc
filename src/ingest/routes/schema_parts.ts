/** Parts that the schemas of several operations are made of. */
import { z } from "zod";

/** `probe`, `viewer` or `operator`. */
export const role = z.enum(["probe", "viewer", "operator"]);

/** How many of something. */
export const count = z.number().int().min(0);

/** A moment in ISO 8601. */
export const time = z.iso.datetime();
