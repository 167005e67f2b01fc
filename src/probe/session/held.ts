/** What is kept of whose a namespace is, while its processes come and go. */
import type { NetnsHolder } from "../../event/netns_holder.ts";

interface Held {
  name?: string;
  holder?: NetnsHolder;
}

/** Whether the namespace has an owner that it was not known to have: a new one, or its first. */
export function isNewOwner(known: Held, now: Held): boolean {
  const owner = ownerOf(now);
  return owner !== undefined && owner !== ownerOf(known);
}

/** Whether it had another owner before, so that the kernel has given its number a second time. */
export function isSecondOwner(known: Held, now: Held): boolean {
  const [before, after] = [known.holder, now.holder];
  // A container may be known by its id first, and of which pod it is later.
  const differ = (a: string | undefined, b: string | undefined) =>
    a !== undefined && b !== undefined && a !== b;
  if (before?.pod?.uid !== undefined && after?.pod?.uid !== undefined) {
    return differ(before.pod.uid, after.pod.uid);
  }
  return differ(before?.container?.id, after?.container?.id);
}

/** The namespace as it is now; one whose pod has no process any more keeps that pod's name. */
export function keepingOwner<T extends Held>(now: T, known: Held | undefined): T {
  if (ownerOf(now) !== undefined || known?.holder === undefined) return now;
  // Without a name it exists by its processes alone: it may be another one under the same number.
  if (now.name === undefined || known.name !== now.name) return now;
  const { pid: _pid, program: _program, ...owner } = known.holder;
  return { ...now, holder: { ...owner, ...now.holder } };
}

function ownerOf({ holder }: Held): string | undefined {
  const { pod, container, unit } = holder ?? {};
  if (pod === undefined && container === undefined && unit === undefined) return undefined;
  return JSON.stringify([pod?.uid, pod?.name, container?.id, container?.name, unit]);
}
