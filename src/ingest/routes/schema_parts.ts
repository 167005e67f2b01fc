/** Parts that the schemas of several operations are made of. */
import { z } from "zod";
import { ROLES } from "../stores/store.ts";

/** What a token may do; `join`: it is a code, which a node exchanges for a token of its own. */
export const role = z.enum(ROLES);

/** How many of something. */
export const count = z.number().int().min(0);

/** A moment in ISO 8601. */
export const time = z.iso.datetime();
