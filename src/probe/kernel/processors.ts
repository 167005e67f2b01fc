/** Processors of this machine. */
const ONLINE = "/sys/devices/system/cpu/online";

/** Numbers of the processors that run now; none where it can't be read. */
export function onlineProcessors(): number[] {
  try {
    return processorsIn(Deno.readTextFileSync(ONLINE));
  } catch {
    return [];
  }
}

/** The numbers in a list of the kernel's: `0-3,8`. */
export function processorsIn(list: string): number[] {
  return [...list.matchAll(/(\d+)(?:-(\d+))?/g)].flatMap(([, from, to]) => {
    const first = Number(from);
    return Array.from({ length: Number(to ?? from) - first + 1 }, (_, at) => first + at);
  });
}
