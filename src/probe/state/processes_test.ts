/** Processes from one look to the next, in a folder that stands for /proc. */
import { deepEqual, equal } from "node:assert/strict";
import { Processes } from "./processes.ts";

/** Looks at a made-up /proc; `move` puts a process into a namespace. */
function withProc(
  use: (parts: {
    look(...pids: number[]): (number | undefined)[];
    move(pid: number, netns: number): void;
    processes: Processes;
  }) => void,
): void {
  const proc = Deno.makeTempDirSync({ prefix: "lhst-" });
  const processes = new Processes(proc);
  const move = (pid: number, netns: number) => {
    Deno.mkdirSync(`${proc}/${pid}/ns`, { recursive: true });
    Deno.writeTextFileSync(`${proc}/${pid}/stat`, `${pid} (a (b) c) S 1 ${pid} 0`);
    Deno.writeTextFileSync(`${proc}/${pid}/cgroup`, "0::/system.slice/web.service\n");
    try {
      Deno.removeSync(`${proc}/${pid}/ns/net`);
    } catch {
      // It is new.
    }
    Deno.symlinkSync(`net:[${netns}]`, `${proc}/${pid}/ns/net`);
  };
  const look = (...pids: number[]) => {
    processes.beginLook();
    const found = pids.map((pid) => processes.netnsOf(pid));
    processes.endLook();
    return found;
  };
  try {
    use({ look, move, processes });
  } finally {
    Deno.removeSync(proc, { recursive: true });
  }
}

Deno.test("a young process is read at each look, an old one now and then", () => {
  withProc(({ look, move }) => {
    move(32, 1);
    deepEqual(look(32), [1]);
    move(32, 2);
    deepEqual(look(32), [2], "it is young");
    for (let i = 0; i < 3; i++) look(32);
    move(32, 3);
    const seen = Array.from({ length: 16 }, () => look(32)[0]);
    equal(seen[0], 2, "it is not looked up");
    equal(seen.at(-1), 3, "within sixteen looks it is");
  });
});

Deno.test("a process that ended is forgotten, and its number is another's then", () => {
  withProc(({ look, move }) => {
    move(32, 1);
    for (let i = 0; i < 6; i++) look(32);
    look();
    move(32, 9);
    deepEqual(look(32, 33), [9, undefined]);
  });
});

Deno.test("whose a process is comes from its control group, and its name has what it likes", () => {
  withProc(({ look, move, processes }) => {
    move(32, 1);
    look(32);
    deepEqual(processes.aboutOf(32), {
      program: "a (b) c",
      owner: { kind: "unit", unit: "web.service" },
    });
    equal(processes.aboutOf(33), null);
  });
});
