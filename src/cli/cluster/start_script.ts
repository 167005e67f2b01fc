/**
 * What runs at a place that is reached by a command, such as ssh: a program of sh that never changes.
 * What is said to it comes by its arguments and its standard input, so that nothing is put together to
 * a program there. All it writes is in one folder, which goes when it ends; it ends when its standard
 * input does (`probe --tether`), be it because whoever started it was killed.
 *
 * It says `lasthop-place VERSION MACHINE` and reads: how many bytes of the product follow and their
 * SHA-256 (`0 -` where its own will do), the product, the ingest, the token; then beats.
 */
const SCRIPT = `set -eu
umask 077
folder=$(mktemp -d "\${TMPDIR:-/tmp}/lasthop.XXXXXXXX")
trap 'rm -rf -- "$folder"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
export LASTHOP_NO_INSTALL=1
own=$1
shift
[ -n "$own" ] || own=$(command -v lasthop || true)
version=none
[ -z "$own" ] || version=$("$own" --version 2>/dev/null </dev/null) || version=none
echo "lasthop-place $version $(uname -m)"
read -r bytes digest
if [ "$bytes" != 0 ]; then
  head -c "$bytes" >"$folder/lasthop.tgz"
  echo "$digest  $folder/lasthop.tgz" | sha256sum --quiet -c -
  mkdir "$folder/lasthop"
  tar -xzf "$folder/lasthop.tgz" -C "$folder/lasthop"
  rm "$folder/lasthop.tgz"
  own=$folder/lasthop/lasthop
fi
read -r ingest
read -r LASTHOP_TOKEN
export LASTHOP_TOKEN
"$own" probe --ingest "$ingest" --spool "$folder/spool" --tether "$@"
`;

/** Becomes root where it is not, and asks nobody for a password. */
const AS_ROOT = 'if [ "$(id -u)" = 0 ]; then exec sh -c "$0" "$@"; else ' +
  'exec sudo -n sh -c "$0" "$@"; fi';

/**
 * The command for a place. `own`: the path of the lasthop there; empty: the one of its PATH. `words`:
 * of `lasthop probe`.
 */
export const startCommand = (own: string, words: readonly string[]): string[] => [
  ...["sh", "-c", AS_ROOT, SCRIPT, "lasthop", own],
  ...words,
];

/** What a place said of itself. */
export interface PlaceAnswer {
  /** Of the lasthop there; null: there is none that runs. */
  version: string | null;
  /** As `uname -m` says it. */
  machine: string;
}

/** Reads one line of a place; null for another, such as what a login prints. */
export function readPlaceAnswer(line: string): PlaceAnswer | null {
  const [, version, machine] = /^lasthop-place (\S+) (\w+)\s*$/.exec(line) ?? [];
  if (version === undefined || machine === undefined) return null;
  return { version: version === "none" ? null : version, machine };
}
