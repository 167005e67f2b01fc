/** The image of the pods that the tests make: busybox alone. */
import { run } from "../../deploy/image/root.ts";
import { KUBE, ROOT } from "./home.ts";

/** `localhost/pause:1` as a file; it waits when it is told nothing. */
export async function makePauseImage(): Promise<string> {
  const path = `${KUBE}/img/pause.tar`;
  if (await Deno.stat(path).catch(() => null)) return path;
  await Deno.mkdir(`${KUBE}/img`, { recursive: true });
  const buildah = async (...words: string[]) => (await run(["buildah", ...words])).trim();
  const container = await buildah("from", "scratch");
  try {
    await buildah("add", "--quiet", container, `${ROOT}/bin/busybox`, "/bin/busybox");
    for (const name of ["sh", "nc", "wget", "httpd", "ping", "sleep", "hostname", "cat"]) {
      const link = await Deno.makeTempDir();
      await Deno.symlink("busybox", `${link}/${name}`);
      await buildah("add", "--quiet", container, `${link}/`, "/bin/");
      await Deno.remove(link, { recursive: true });
    }
    const entry = JSON.stringify(["/bin/busybox", "sleep", "2147483647"]);
    await buildah("config", "--env", "PATH=/bin", "--entrypoint", entry, container);
    await buildah("commit", "--quiet", container, `oci-archive:${path}:localhost/pause:1`);
    return path;
  } finally {
    await buildah("rm", container);
  }
}
