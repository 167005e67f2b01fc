/// <reference lib="dom" />
/** One end of the stretch of time that is looked at, for the keyboard. */

interface HandleProps {
  edge: "from" | "to";
  /** Part of the strip at which it stands. */
  at: number;
  /** Parts of the strip. */
  count: number;
  /** What a place is called. */
  words(at: number): string;
  onMove(at: number): void;
  onClear(): void;
}

/** Parts that Page Up and Page Down move by. */
const PAGE = 8;

/** A slider: arrows move it by one part of time, Escape looks at all of it. */
export function Handle({ edge, at, count, words, onMove, onClear }: HandleProps) {
  const moves: Record<string, () => void> = {
    ArrowLeft: () => onMove(at - 1),
    ArrowDown: () => onMove(at - 1),
    ArrowRight: () => onMove(at + 1),
    ArrowUp: () => onMove(at + 1),
    PageDown: () => onMove(at - PAGE),
    PageUp: () => onMove(at + PAGE),
    Home: () => onMove(0),
    End: () => onMove(count),
    Escape: onClear,
  };
  return (
    <span
      id={`time-${edge}`}
      class={`handle ${edge}`}
      role="slider"
      tabIndex={0}
      aria-label={edge === "from" ? "show from" : "show until"}
      aria-valuemin={0}
      aria-valuemax={count}
      aria-valuenow={at}
      aria-valuetext={words(at)}
      style={{ left: `${at / count * 100}%` }}
      onKeyDown={(event) => {
        const move = moves[event.key];
        if (move === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
        event.preventDefault();
        move();
      }}
    />
  );
}
