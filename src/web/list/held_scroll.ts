/// <reference lib="dom" />
/** Where the list of flows is scrolled to, which stays what the reader looks at while rows come and go. */
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { activeKey, chosen, isChosen, list } from "../state/model.ts";

/** What is seen of the list. */
export interface View {
  /** Pixels that are scrolled away at the top. */
  top: number;
  /** Pixels that are in sight. */
  height: number;
  /** The rows as they were drawn last; the one who draws them puts them here. */
  drawn: readonly { key: string; top: number }[];
  /** To be called when the list was scrolled or has another size. */
  look: () => void;
}

/**
 * What to draw of the list in `box`. The chosen row stays where it is on the screen when it is in sight,
 * else the first row in sight does; at the top new rows push the others down. When the reader moves to
 * another row it comes into sight.
 */
export function useHeldScroll(box: { current: HTMLDivElement | null }): View {
  const [, draw] = useState(0);
  const view = useRef<View>(null!);
  view.current ??= {
    top: 0,
    height: 800,
    drawn: [],
    look: () => {
      const { scrollTop, clientHeight } = box.current!;
      const { top, height } = view.current;
      if (scrollTop === top && clientHeight === height) return;
      Object.assign(view.current, { top: scrollTop, height: clientHeight });
      draw((count) => count + 1);
    },
  };
  const now = view.current;
  const key = activeKey.value;
  const moved = movedBy(now, key);
  const wanted = now.top + moved;
  now.top = Math.max(0, Math.min(wanted, list.value.now.total.height - now.height));
  useLayoutEffect(() => {
    now.look();
    const observer = new ResizeObserver(now.look);
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  useLayoutEffect(() => {
    // By how far, and not to where: the reader may have scrolled on since this page heard of it.
    if (moved !== 0) box.current!.scrollTop += moved;
  });
  useLayoutEffect(() => {
    const place = key === null || !isChosen.value ? null : list.value.now.placeOf(key);
    const element = box.current!;
    if (place === null) return;
    const { top, height } = place;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + height > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + height - element.clientHeight;
    }
    now.look();
  }, [key]);
  return now;
}

/** How far what is to stay in sight has moved since it was drawn, in pixels. */
function movedBy({ top, height, drawn }: View, key: string | null): number {
  const inSight = drawn.filter((row) => row.top >= top - 4 && row.top < top + height);
  const own = chosen.value === null ? undefined : inSight.find((row) => row.key === key);
  if (own === undefined && top === 0) return 0;
  for (const row of [...own === undefined ? [] : [own], ...inSight]) {
    const place = list.value.now.placeOf(row.key);
    if (place !== null) return place.top - row.top;
  }
  return 0;
}
