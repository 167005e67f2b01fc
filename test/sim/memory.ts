/** Addresses as a slab allocator gives them: the one freed last is the next one given. */
import type { Allocation } from "./truth.ts";
import type { Kernel, Netns } from "./world.ts";

export function giveAddresses(allocations: { memory: Allocation; netns: Netns }[]): void {
  const byKernel = new Map<Kernel, Allocation[]>();
  for (const { memory, netns } of allocations) {
    const list = byKernel.get(netns.node.kernel);
    if (list) list.push(memory);
    else byKernel.set(netns.node.kernel, [memory]);
  }
  for (const list of byKernel.values()) giveInOrder(list);
}

function giveInOrder(allocations: Allocation[]): void {
  const moments = allocations.flatMap((memory) => [
    { at: memory.born, memory, free: false },
    { at: memory.freed, memory, free: true },
  ]);
  moments.sort((a, b) => a.at - b.at || Number(a.free) - Number(b.free));
  const spare: string[] = [];
  let next = 0;
  for (const { memory, free } of moments) {
    if (free) spare.push(memory.address);
    else memory.address = spare.pop() ?? `ffff8881${(0x100000 + 0x400 * next++).toString(16)}00`;
  }
}
