/// <reference lib="dom" />
/**
 * A long list of which only what is near to be seen is elements of the page; the rest is as much room.
 * Its rows may be of any height: their room is guessed until they were seen. The list of flows, whose
 * rows have known heights, does not use this.
 */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { printing } from "../state/printing.ts";

/** What every item is told so that it can say where it stands. */
export interface Item {
  role: "listitem";
  "aria-setsize": number;
  "aria-posinset": number;
}

interface ChunkedProps<T> {
  items: readonly T[];
  /** What is said of the list to those who do not see it; absent: what is around it says it. */
  label?: string;
  class?: string;
  /** Pixels that an item takes, about. */
  height: number;
  /** Items that are drawn together. */
  size: number;
  /** Index of an item that is to be there though it is not near, because the focus goes to it. */
  wanted?: number;
  children: (item: T, own: Item, index: number) => ComponentChildren;
}

/** Pixels around what is seen in which items are drawn as well. */
const NEAR = 300;

/** The list; all of its items are elements where they are no more than two chunks. */
export function Chunked<T>(
  { items, label, class: name, height, size, wanted = -1, children }: ChunkedProps<T>,
) {
  const count = Math.ceil(items.length / size);
  return (
    <div role="list" class={name} aria-label={label}>
      {Array.from({ length: count }, (_, at) => {
        const own = items.slice(at * size, (at + 1) * size);
        return (
          <Chunk
            key={at}
            height={own.length * height}
            isFixed={count <= 2 || Math.floor(wanted / size) === at}
          >
            {() =>
              own.map((item, i) => {
                const index = at * size + i;
                const told = {
                  role: "listitem" as const,
                  "aria-setsize": items.length,
                  "aria-posinset": index + 1,
                };
                return children(item, told, index);
              })}
          </Chunk>
        );
      })}
    </div>
  );
}

function Chunk(
  { height, isFixed, children }: {
    height: number;
    isFixed: boolean;
    children: () => ComponentChildren;
  },
) {
  const box = useRef<HTMLDivElement>(null);
  const [isNear, setNear] = useState(false);
  const room = useRef(height);
  useLayoutEffect(() => {
    const element = box.current!;
    const observer = new IntersectionObserver(([entry]) => {
      // What has the focus stays: a list that is scrolled by its keys would lose its place.
      const isKept = entry!.isIntersecting || element.contains(document.activeElement);
      if (!isKept && element.childElementCount > 0) room.current = element.offsetHeight;
      setNear(isKept);
    }, { root: scroller(element), rootMargin: `${NEAR}px 0px` });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const isDrawn = isFixed || isNear || printing.value;
  return (
    <div
      ref={box}
      role="presentation"
      class="chunk"
      style={isDrawn ? {} : { height: `${room.current}px` }}
    >
      {isDrawn && children()}
    </div>
  );
}

/** What scrolls an element; null: the page. */
function scroller(element: HTMLElement): HTMLElement | null {
  for (let one = element.parentElement; one !== null; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return null;
}
