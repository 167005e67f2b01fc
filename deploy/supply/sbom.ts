/**
 * `deno task sbom`: what lasthop is made of, as CycloneDX 1.6 on stdout. Made from the lock files,
 * the pinned licences and the list of Debian packages; the same commit gives the same document.
 */
import { VERSION } from "../../src/cli/version.ts";
import { type Licences, readLicences } from "./licences.ts";
import { distinct, type Locked, readLocks } from "./lock_files.ts";

const ROOT = new URL("../../", import.meta.url).pathname;

/** A package is needed, needed on some platforms, or not part of what is delivered. */
const scopeOf = ({ use, optional }: Locked) =>
  use === "tests" ? "excluded" : optional || use === "deploys" ? "optional" : "required";

function npmComponent(locked: Locked & { files: string[] }, licences: Licences) {
  const { name, version, integrity, files } = locked;
  const [scope, bare] = name.startsWith("@") ? name.split("/") as [string, string] : [null, name];
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  const licence = licences[`${name}@${version}`];
  return {
    type: "library",
    "bom-ref": purl,
    ...(scope === null ? {} : { group: scope }),
    name: bare,
    version,
    scope: scopeOf(locked),
    ...(integrity === undefined ? {} : { hashes: [hashOf(integrity)] }),
    ...(licence === undefined ? {} : { licenses: [licenceOf(licence)] }),
    purl,
    properties: files.map((file) => ({ name: "lasthop:lock-file", value: file })),
  };
}

/** npm's `sha512-BASE64` as CycloneDX has it. */
function hashOf(integrity: string): { alg: string; content: string } {
  const [algorithm, base64] = integrity.split("-") as [string, string];
  const content = Uint8Array.fromBase64(base64).toHex();
  return { alg: algorithm.replace("sha", "SHA-"), content };
}

const licenceOf = (licence: string) =>
  / (AND|OR|WITH) /.test(licence) ? { expression: licence } : { license: { id: licence } };

/** Their versions are the distribution's, which signs them. */
async function debianComponents() {
  const text = await Deno.readTextFile(`${ROOT}deploy/bootstrap/packages.txt`);
  const rows = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return rows.map((row) => {
    const [need, , name] = row.split(/\s+/) as [string, string, string];
    return {
      type: "application",
      "bom-ref": `pkg:deb/debian/${name}`,
      name,
      scope: need === "kernel" ? "required" : need === "more" ? "optional" : "excluded",
      purl: `pkg:deb/debian/${name}`,
    };
  });
}

/** The document. */
export async function sbom() {
  const licences = await readLicences();
  const npm = distinct(await readLocks()).map((locked) => npmComponent(locked, licences));
  const components = [...npm, ...await debianComponents()];
  const itself = `pkg:generic/lasthop@${VERSION}`;
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": itself,
        name: "lasthop",
        version: VERSION,
        purl: itself,
      },
    },
    components,
    dependencies: [{
      ref: itself,
      dependsOn: components.filter(({ scope }) => scope !== "excluded").map((of) => of["bom-ref"]),
    }],
  };
}

if (import.meta.main) console.log(JSON.stringify(await sbom(), null, 2));
