/** How the tables of a state are told that have rows of another one. */
import { z } from "zod";

/** The tables of a state that may be told so, each a list of rows; of settings each is a row. */
export const DIFFERING = [
  "links",
  "routes",
  "rules",
  "neighbours",
  "fdb",
  "sysctls",
  "qdiscs",
  "filters",
  "chains",
  "netfilter",
  "sets",
  "sockets",
  "xfrm",
] as const;

/** One of them. */
export type Differing = typeof DIFFERING[number];

const count = z.number().int().min(1).max(100_000);

/** So many of the rows that are told, or rows of the whole state: the first, from 0, and how many. */
export const Piece = z.union([count, z.tuple([z.number().int().min(0).max(100_000), count])]);

/** So many of the rows that are told, or rows of the whole state: the first, from 0, and how many. */
export type Piece = z.infer<typeof Piece>;

/** Pieces of one table: with more of them it is told whole. */
export const PIECES_MAX = 10_000;

/** By table the pieces that its rows are made of, in their order; `all`: it is the same table. */
export const Copied = z.partialRecord(
  z.enum(DIFFERING),
  z.union([z.literal("all"), z.array(Piece).max(PIECES_MAX)]),
);

/** By table the pieces that its rows are made of, in their order; `all`: it is the same table. */
export type Copied = z.infer<typeof Copied>;
