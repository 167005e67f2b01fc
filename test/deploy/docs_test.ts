/** What docs/deploy.md tells people to type names files, tasks and settings that there are. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { lasthop } from "../../src/cli/asking/testing.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");
const read = (path: string) => Deno.readTextFile(`${root}/${path}`);
const exists = (path: string) => Deno.stat(`${root}/${path}`).then(() => true, () => false);

const text = await read("docs/deploy.md");
const typed = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block]) => block).join("");

Deno.test("docs/deploy.md names files and tasks of this repository", async () => {
  const paths = typed.match(/(?<![\w.])deploy\/[\w./@-]+/g) ?? [];
  ok(paths.length >= 6, `only ${paths}`);
  for (const path of paths) ok(await exists(path), `there is no ${path}`);
  const { tasks } = JSON.parse(await read("deno.json"));
  const named = [...typed.matchAll(/deno task (\S+)/g)].map(([, task]) => task!);
  deepEqual(named.filter((task) => tasks[task] === undefined), []);
});

Deno.test("docs/deploy.md starts units that there are, with the settings they read", async () => {
  const units = [...typed.matchAll(/systemctl (?:enable --now|start) ([\w-]+)(@?)/g)];
  equal(units.length, 4);
  for (const [, name, at] of units) {
    const unit = await read(`deploy/systemd/${name}${at}.service`);
    const [, file] = /^EnvironmentFile=(\S+)$/m.exec(unit)!;
    ok(text.includes(file!), `${file} is not told of`);
    // Those that have no value of their own must come from the file.
    const own = /^Environment=(\w+)=/m.exec(unit)?.[1];
    const used = [...unit.matchAll(/\$\{?(\w+)\}?/g)].map(([, variable]) => variable!);
    for (const variable of used.filter((each) => each !== own)) {
      match(text, new RegExp(`^${variable}=`, "m"));
    }
  }
});

Deno.test("the containers run as nobody and start what exists", async () => {
  for (const name of ["serve", "workerd"]) {
    const file = await read(`deploy/container/${name}.Containerfile`);
    match(file, /^USER [1-9]\d+:[1-9]\d+$/m);
    ok(!/^FROM (?!\$\{BASE\})/m.test(file), "every stage is of the base that can be replaced");
    ok(text.includes(`deploy/container/${name}.Containerfile`));
  }
  const serve = await read("deploy/container/serve.Containerfile");
  const flags = serve.slice(serve.indexOf("CMD")).match(/--[\w-]+/g)!;
  const { stdout } = await lasthop(["serve", "--help"]);
  deepEqual(flags.filter((flag) => !stdout.includes(flag)), []);
  const workerd = await read("deploy/container/workerd.Containerfile");
  const unit = await read("deploy/systemd/lasthop-workerd.service");
  for (const word of ["serve", "--socket-addr", "--directory-path", "lasthop.capnp"]) {
    ok(workerd.includes(word) && unit.includes(word));
  }
});

/** What check_versions.sh says when an image has these packages. */
async function checked(have: string, versions: string): Promise<{ code: number; said: string }> {
  const folder = await Deno.makeTempDir({ prefix: "lasthop-test-" });
  try {
    await Deno.writeTextFile(`${folder}/dpkg-query`, `#!/bin/sh\nprintf '${have}'\n`, {
      mode: 0o755,
    });
    const { code, stderr } = await new Deno.Command("sh", {
      args: [
        new URL("../../deploy/container/check_versions.sh", import.meta.url).pathname,
        versions,
      ],
      env: { PATH: `${folder}:${Deno.env.get("PATH")}` },
    }).output();
    return { code, said: new TextDecoder().decode(stderr) };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("an image of other versions than were tried is not built, unless that is asked for", async () => {
  const list = (await read("deploy/container/debian.versions")).trim().split("\n");
  const bpftrace = list.find((line) => line.startsWith("bpftrace "))!;
  deepEqual(await checked(list.slice(0, 9).join("\\n"), "tried"), { code: 0, said: "" });
  const later = await checked(`${list[0]}\\nbpftrace 99\\n`, "tried");
  const must = bpftrace.split(" ")[1];
  deepEqual(later, {
    code: 1,
    said: `Cannot build: bpftrace is 99, must be ${must} (or give --build-arg VERSIONS=any)\n`,
  });
  const more = await checked(`${list[0]}\\nnobody-tried 1\\n`, "tried");
  match(more.said, /nobody-tried is 1, must be left out/);
  deepEqual(await checked("bpftrace 99", "any"), { code: 0, said: "" });
  for (const name of ["probe", "serve", "workerd"]) {
    match(await read(`deploy/container/${name}.Containerfile`), /check_versions\.sh "\$VERSIONS"/);
  }
});

Deno.test("the DaemonSet gives a recorder the rights of the unit, and words that it knows", async () => {
  const manifest = await read("deploy/kubernetes/base/recorder.yaml");
  const listOf = (key: string) => {
    const [, , list] = new RegExp(`^( +)${key}:\\n((?:\\1 +- .*\\n)+)`, "m").exec(manifest)!;
    return [...list!.matchAll(/- (\S+)/g)].map(([, word]) => word!);
  };
  const [command, ...words] = listOf("args");
  const { stdout } = await lasthop([command!, "--help"]);
  const flags = words.filter((word) => word.startsWith("--"));
  ok(flags.length > 3);
  deepEqual(flags.filter((flag) => !stdout.includes(flag)), []);
  const unit = await read("deploy/systemd/lasthop-record.service");
  const [, bounding] = /^CapabilityBoundingSet=(.*)$/m.exec(unit)!;
  deepEqual(
    listOf("add").sort(),
    bounding!.split(" ").map((name) => name.replace("CAP_", "")).sort(),
  );
});
