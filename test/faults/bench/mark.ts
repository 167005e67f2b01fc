/** How well a report tells a case. */
export type Mark =
  | "right"
  /** The verdict is right, but a command that repairs it is not there. */
  | "incomplete"
  /** lasthop did not decide what could be decided. */
  | "unknown"
  | "wrong"
  /** The fault did not happen, so nothing was tested. */
  | "invalid";

const ORDER: readonly Mark[] = ["invalid", "wrong", "unknown", "incomplete", "right"];

/** The worst of several; right where there are none. */
export function worst(marks: readonly Mark[]): Mark {
  return ORDER.find((mark) => marks.includes(mark)) ?? "right";
}
