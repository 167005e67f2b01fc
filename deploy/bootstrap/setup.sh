# shellcheck shell=bash disable=SC2154
# What ./lasthop does on a machine that lacks something. Sourced by it, for its functions and names.
# Everything said goes to stderr: stdout belongs to the command. What the installers print is kept in
# a log, named when one of them fails.

log=$(mktemp "${TMPDIR:-/tmp}/lasthop-setup.XXXXXX.log")

say() { echo "lasthop: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

# logged "Cannot do it" COMMAND...: runs it quietly. Descriptor 9 is a lock, not for children.
logged() {
  local cannot=$1
  shift
  echo "+ $*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null 9>&- ||
    fail "$cannot: \"$1\" failed with status $?, its output is in $log"
}

# apt_install FOR PACKAGE...: callers have said why.
apt_install() {
  local purpose=$1
  shift
  command -v apt-get >/dev/null ||
    fail "Cannot $purpose: apt-get is not found, must be Debian or Ubuntu, or have $* installed"
  [ "$(id -u)" = 0 ] ||
    fail "Cannot $purpose: $* missing and \"$(id -un)\" is not root," \
      "must be installed, or lasthop started once as root"
  export DEBIAN_FRONTEND=noninteractive
  # An unreachable extra source must not stop an install that the others can serve.
  (logged "Cannot update package lists" apt-get -q update) || say "going on with older package lists"
  logged "Cannot $purpose" apt-get -q -y -o DPkg::Lock::Timeout=600 \
    install --no-install-recommends "$@"
}

# Only /run is surely root's own; two clones must not run apt-get at once.
lock_packages() {
  [ "$(id -u)" = 0 ] || return 0
  exec 9>/run/lasthop-packages.lock
  flock 9
}

install_missing_packages() {
  local command=$1 package why packages=()
  lock_packages
  while read -r package why; do
    # Ubuntu has no Debian package of Chromium; the browser tests say so themselves.
    if [ "$package" = chromium ] && grep -qs '^ID=ubuntu' /etc/os-release; then
      say "cannot install chromium on Ubuntu, where it is no Debian package: browser tests need it"
      continue
    fi
    say "installing $package (Debian package): $why"
    packages+=("$package")
  done < <(missing_packages "$needed")
  [ ${#packages[@]} = 0 ] || apt_install "run \"lasthop $command\"" "${packages[@]}"
  exec 9>&-
}

install_npm() {
  lock_packages
  if ! command -v npm >/dev/null; then
    say "installing npm, nodejs, ca-certificates (Debian packages): bring Deno and the libraries"
    apt_install "install Deno" npm nodejs ca-certificates
  fi
  exec 9>&-
}

must_be_writable() {
  local owner user
  owner=$(stat -c %U -- "$repo")
  user=$(id -un)
  if ! mkdir -p "$tools" 2>/dev/null || ! [ -w "$tools" ] || ! [ -w "$repo" ]; then
    fail "Cannot set up lasthop in \"$repo\": it is read-only or owned by \"$owner\" and closed to" \
      "\"$user\", must be writable at the first start"
  fi
  [ "$owner" = "$user" ] ||
    say "\"$repo\" is owned by \"$owner\": .tools/ and node_modules/ in it will be owned by \"$user\""
}

# Deno's own ELF from its platform package: npm's wrapper around it would not pass signals on.
install_deno() {
  say "installing Deno into .tools/ (npm package): runs lasthop"
  rm -rf -- "$tools/deno.new"
  mkdir -p "$tools/deno.new"
  cp -- "$bootstrap/package.json" "$bootstrap/package-lock.json" "$tools/deno.new/"
  logged "Cannot install Deno" npm ci --prefix "$tools/deno.new" --ignore-scripts --no-audit --no-fund
  rm -rf -- "$tools/deno"
  mv -- "$tools/deno.new" "$tools/deno"
  [ -x "$deno" ] || fail "Cannot install Deno: the registry has no \"${deno#"$tools/deno/"}\"," \
    "must offer the package for this CPU"
}

install_libraries() {
  say "installing the libraries that deno.json pins (npm packages): lasthop is made with them"
  # Companies and test benches have certificates of their own, which npm honours too.
  export DENO_TLS_CA_STORE=${DENO_TLS_CA_STORE:-mozilla,system}
  logged "Cannot install the libraries" \
    "$deno" install --frozen --config "$repo/deno.json"
}

# The stamp is written last: a start that was cut short is done again, never taken for done.
set_up_deno() {
  must_be_writable
  [ -x "$deno" ] || command -v npm >/dev/null || install_npm
  exec 9>"$tools/lock"
  flock 9
  if ! is_set_up; then
    cmp -s "$bootstrap/package-lock.json" "$tools/deno/package-lock.json" || rm -f -- "$deno"
    [ -x "$deno" ] || install_deno
    (cd "$repo" && install_libraries)
    pinned_key >"$tools/ready"
  fi
  exec 9>&-
}

set_up() {
  [ -z "$missing" ] || install_missing_packages "$1"
  is_set_up || set_up_deno
  rm -f -- "$log"
}
