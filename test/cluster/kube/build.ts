/**
 * Kubernetes 1.20 of Debian's source package, which holds all it needs, built by Debian's Go; etcd,
 * kubectl, containerd, runc and the CNI plugins of Debian's packages. Nothing of it is installed.
 */
import { run } from "../../deploy/image/root.ts";
import { BIN, KUBE, ROOT } from "./home.ts";

const VERSION = "1.20.2";
/** The release whose Kubernetes has a server. */
const RELEASE = "bookworm";
const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";
/** What is built, in the order of use. */
export const PROGRAMS = [
  "kube-apiserver",
  "kubelet",
  "kube-controller-manager",
  "kube-scheduler",
  "kube-proxy",
];
const GO = ["golang-1.19-go", "golang-1.19-src"];
const OTHERS = [
  ...["etcd-server", "kubernetes-client", "containerd", "runc"],
  ...["containernetworking-plugins", "busybox-static"],
];
const SOURCE = `${KUBE}/gopath/src/k8s.io/kubernetes`;
const GOROOT = `${KUBE}/goroot-deb/usr/lib/go-1.19`;

/** A view of Debian 12 of its own, with its sources, whatever this machine has. */
const APT = [
  ...["-o", `Dir::Etc::sourcelist=${KUBE}/apt/sources.list`, "-o", "Dir::Etc::sourceparts=-"],
  ...["-o", `Dir::State::lists=${KUBE}/apt/lists`, "-o", "APT::Sandbox::User=root"],
  ...["-o", "Dir::Cache::pkgcache=", "-o", "Dir::Cache::srcpkgcache="],
];

const exists = (path: string) => Deno.stat(path).then(() => true, () => false);

/** Brings what is missing. Throws Error with what a tool said where it fails. */
export async function bring(tell: (text: string) => void): Promise<void> {
  await bringPackages(tell);
  const missing = await Promise.all(
    PROGRAMS.map(async (name) => await exists(`${BIN}/${name}`) ? [] : [name]),
  );
  if (missing.flat().length === 0) return;
  await bringSource(tell);
  await generateOpenApi(tell);
  for (const name of missing.flat()) await build(name, tell);
}

async function bringPackages(tell: (text: string) => void): Promise<void> {
  if (await exists(`${ROOT}/usr/bin/containerd`) && await exists(`${GOROOT}/bin/go`)) return;
  tell("unpacking Debian packages…");
  await Deno.mkdir(`${KUBE}/apt/lists/partial`, { recursive: true });
  await Deno.mkdir(`${KUBE}/dl`, { recursive: true });
  const archive = `[signed-by=${KEYRING}] ${await siteOfDebian()} ${RELEASE} main`;
  await Deno.writeTextFile(`${KUBE}/apt/sources.list`, `deb ${archive}\ndeb-src ${archive}\n`);
  await run(["apt-get", ...APT, "-q", "update"]);
  await run(["env", "-C", `${KUBE}/dl`, "apt-get", ...APT, "-q", "download", ...GO, ...OTHERS]);
  for (const { name } of Deno.readDirSync(`${KUBE}/dl`)) {
    if (!name.endsWith(".deb")) continue;
    const to = GO.some((one) => name.startsWith(`${one}_`)) ? `${KUBE}/goroot-deb` : ROOT;
    await run(["dpkg-deb", "-x", `${KUBE}/dl/${name}`, to]);
  }
}

/** Where this machine gets that release. Throws Error where it has no source of it. */
async function siteOfDebian(): Promise<string> {
  const format = ["--format", "$(SITE)", "Created-By: Packages", `Codename: ${RELEASE}`];
  const site = (await run(["apt-get", "indextargets", ...format])).split("\n")[0]!;
  if (site === "") throw new Error(`Cannot build: apt has no source of Debian ${RELEASE}`);
  return site;
}

async function bringSource(tell: (text: string) => void): Promise<void> {
  if (await exists(SOURCE)) return;
  tell("fetching the source…");
  const get = ["apt-get", ...APT, "-q", "--download-only", "source", "kubernetes"];
  await run(["env", "-C", `${KUBE}/dl`, ...get]);
  const tar = [...Deno.readDirSync(`${KUBE}/dl`)].find(({ name }) =>
    /^kubernetes_.*orig\.tar\.gz$/.test(name)
  );
  await Deno.mkdir(`${SOURCE}.new`, { recursive: true });
  await run([
    "tar",
    "-xzf",
    `${KUBE}/dl/${tar!.name}`,
    "--strip-components=1",
    "-C",
    `${SOURCE}.new`,
  ]);
  await Deno.rename(`${SOURCE}.new`, SOURCE);
}

/** In the source tree, by Go alone; on one processor, and only when nobody else wants it. */
function go(...command: string[]): Promise<string> {
  const idle = ["chrt", "-i", "0", "env", "-C", SOURCE];
  return run([...idle, ...command], {
    ...{ GOROOT, GOCACHE: `${KUBE}/gocache`, GOPATH: `${KUBE}/gopath`, GOFLAGS: "" },
    ...{ GOPROXY: "off", GO111MODULE: "off", CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
    ...{ GOMAXPROCS: "1", PATH: `${GOROOT}/bin:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: KUBE },
  });
}

/** The API server describes its API by a file that is generated, and is not in the source. */
async function generateOpenApi(tell: (text: string) => void): Promise<void> {
  if (await exists(`${SOURCE}/pkg/generated/openapi/zz_generated.openapi.go`)) return;
  tell("generating the API's description…");
  const tool = `${BIN}/openapi-gen`;
  await Deno.mkdir(BIN, { recursive: true });
  await go("go", "build", "-p", "1", "-o", tool, "./vendor/k8s.io/kube-openapi/cmd/openapi-gen");
  const found = await go(
    ...["grep", "-rl", "--include=*.go", "+k8s:openapi-gen="],
    ...["vendor/k8s.io/", "staging/src/k8s.io", "pkg"],
  );
  const other = /\/(code-generator|sample-\w+(-\w+)?|kube-openapi)\/|_test\.go$/;
  const folders = new Set(
    found.split("\n").filter((path) => path !== "" && !other.test(path)).map((path) =>
      `k8s.io/kubernetes/${path.replace(/^staging\/src\//, "vendor/").replace(/\/[^/]*$/, "")}`
    ),
  );
  await go(
    ...[tool, "--logtostderr", "-i", [...folders].sort().join(",")],
    ...["-p", "k8s.io/kubernetes/pkg/generated/openapi", "-O", "zz_generated.openapi"],
    ...["-h", "vendor/k8s.io/code-generator/hack/boilerplate.go.txt"],
    ...["-r", `${KUBE}/openapi.report`],
  );
}

async function build(name: string, tell: (text: string) => void): Promise<void> {
  tell(`building ${name}, some minutes…`);
  const vendor = "k8s.io/kubernetes/vendor/k8s.io";
  const places = [
    "k8s.io/component-base/version",
    `${vendor}/component-base/version`,
    `${vendor}/client-go/pkg/version`,
  ];
  const [major, minor] = VERSION.split(".");
  const said = places.flatMap((place) => [
    ...["-X", `${place}.gitVersion=v${VERSION}`],
    ...["-X", `${place}.gitMajor=${major}`, "-X", `${place}.gitMinor=${minor}`],
  ]);
  const to = `${BIN}/.new-${name}`;
  await go(
    ...["go", "build", "-p", "1", "-tags", "providerless"],
    ...["-ldflags", ["-s", "-w", ...said].join(" "), "-o", to, `./cmd/${name}`],
  );
  await Deno.rename(to, `${BIN}/${name}`);
}
