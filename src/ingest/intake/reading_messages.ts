/** What the thread that answers and the one that reads bodies tell each other. */
import type { Limits } from "../limits.ts";
import type { Problem } from "../http/problem.ts";
import type { BodyKind, Read } from "./reading.ts";

/** What the thread is started with. */
export interface ReadingStart {
  limits: Limits;
}

/** To the thread. Each `push` and each `end` is answered with `read` or `failed`. */
export type ToReader =
  | { type: "open"; body: number; kind: BodyKind }
  | { type: "push"; body: number; bytes: Uint8Array }
  | { type: "end"; body: number }
  | { type: "leave"; body: number };

/** A `Read` as it is sent. */
export type SentRead = Omit<Read, "problem"> & {
  problem: { status: Problem["status"]; code: string; detail: string } | null;
};

/** From the thread. */
export type FromReader =
  | { type: "read"; body: number; read: SentRead }
  | { type: "failed"; body: number; why: string };
