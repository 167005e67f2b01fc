/** Where the cluster of the tests lies: what was built and unpacked, and what a run writes. */
const TOOLS = new URL("../../../.tools/", import.meta.url).pathname;

/** Kept between runs: sources, binaries, images. */
export const KUBE = Deno.env.get("LASTHOP_KUBE") ?? `${TOOLS}kube`;
/** Binaries that were built of Debian's source. */
export const BIN = `${KUBE}/bin`;
/** Debian packages, unpacked. */
export const ROOT = `${KUBE}/root`;
/** PATH of everything in the cluster. */
export const PATH = `${ROOT}/usr/sbin:${ROOT}/usr/bin:${BIN}:/usr/sbin:/usr/bin:/sbin:/bin`;
/** What one run writes; removed with the cluster. */
export const RUN = `${KUBE}/run`;
