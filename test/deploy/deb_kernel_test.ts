/** The Debian package, installed over this machine's own packages in an overlay, used and removed. */
import { deepEqual, equal, match } from "node:assert/strict";
import { makeDeb } from "../../deploy/pack/deb.ts";
import { has } from "./image/root.ts";

/**
 * Becomes a shell in a copy of this machine in which nothing that is written stays. Without /work or
 * wherever this checkout lies: what the package needs, it has.
 */
const ENTER = `set -e
upper=$1; checkout=$2
mount -t tmpfs none "$upper"; mkdir "$upper/new" "$upper/work" "$upper/root"
cp "$3" "$upper/lasthop.deb"
mount -t overlay overlay -o "lowerdir=/,upperdir=$upper/new,workdir=$upper/work" "$upper/root"
mkdir -p "$upper/root/deb"; cp "$upper/lasthop.deb" "$upper/root/deb/"
for place in /proc /dev; do mount --rbind "$place" "$upper/root$place"; done
mount -t tmpfs none "$upper/root$checkout"
exec chroot "$upper/root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DENO_NO_UPDATE_CHECK=1 sh -ec "$4"`;

/** A user installs it, tries what they were told, and removes it; each line says one thing. */
const USE = `
apt-get install -y -q --no-install-recommends /deb/lasthop.deb >/deb/log 2>&1 || { cat /deb/log; exit 1; }
echo "path: $(command -v lasthop)"
echo "version: $(lasthop --version)"
echo "user: $(setpriv --reuid=65534 --clear-groups lasthop explain no-route | head -1)"
echo "units: $(cd /usr/lib/systemd/system && ls lasthop*.service | xargs) $(grep -c /opt/ /usr/lib/systemd/system/lasthop.service || true)"
echo "man: $(man -w lasthop) $(man lasthop 2>/dev/null | grep -c 'lasthop join')"
echo "completion: $(. /usr/share/bash-completion/completions/lasthop; COMP_WORDS=(lasthop tra); COMP_CWORD=1; _lasthop; echo "$COMPREPLY")"
LASTHOP_TOKEN=of-this-test lasthop serve --listen 127.0.0.1:0 --data /deb/data >/deb/url 2>/deb/said &
pid=$!
while ! [ -s /deb/url ]; do kill -0 $pid || { cat /deb/said; exit 1; }; done
echo "page: $(curl -fsS "$(cat /deb/url)/" | grep -c '<script')"
kill $pid; wait $pid || true
echo "installs: $(grep -c installing /deb/said || true)"
apt-get remove -y -q lasthop >/deb/log 2>&1 || { cat /deb/log; exit 1; }
echo "left: $(find /usr /etc -xdev -name '*lasthop*' | xargs)"
`;

const canRun = Deno.uid() === 0 && await has("apt-get") && await has("bpftrace");

Deno.test({
  name:
    `deb: installed it is in the PATH with units, page, manual and completions; removed it is gone`,
  ignore: !canRun,
  async fn() {
    const folder = await Deno.makeTempDir({ prefix: "lasthop-deb-test-" });
    try {
      await makeDeb(`${folder}/lasthop.deb`);
      await Deno.mkdir(`${folder}/over`);
      const checkout = new URL("../../", import.meta.url).pathname.replace(/\/$/, "");
      const { code, stdout, stderr } = await new Deno.Command("unshare", {
        args: [
          ...["-m", "--propagation", "private", "sh", "-c", ENTER, "sh"],
          ...[
            `${folder}/over`,
            checkout,
            `${folder}/lasthop.deb`,
            `exec bash -ec '${USE.replaceAll("'", `'\\''`)}'`,
          ],
        ],
      }).output();
      const text = new TextDecoder().decode(stdout);
      equal(code, 0, text + new TextDecoder().decode(stderr));
      const said = Object.fromEntries(
        text.trim().split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2)),
      );
      match(said.version!, /^\d+\.\d+\.\d+$/);
      match(said.user!, /no-route/);
      const { version: _, user: __, ...rest } = said;
      deepEqual(rest, {
        path: "/usr/bin/lasthop",
        units: "lasthop-probe@.service lasthop-record.service lasthop.service 0",
        man: "/usr/share/man/man1/lasthop.1.gz 1",
        completion: "trace",
        page: "1",
        installs: "0",
        left: "",
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});
