# shellcheck shell=bash disable=SC2154
# What ./lasthop does on a machine that lacks something. Sourced by it, for its functions and names.
# Everything said goes to stderr: stdout belongs to the command. What the installers print is kept in
# a log, named when one of them fails.

log=$(mktemp "${TMPDIR:-/tmp}/lasthop-setup.XXXXXX.log")

say() { echo "lasthop: $*" >&2; }
fail() {
  [ -s "$log" ] || rm -f -- "$log"
  say "$*"
  exit 1
}

# logged "Cannot do it" COMMAND...: runs it quietly. Descriptors 8 and 9 are locks, not for children.
logged() {
  local cannot=$1
  shift
  echo "+ $*" >>"$log"
  "$@" >>"$log" 2>&1 </dev/null 8>&- 9>&- ||
    fail "$cannot: \"$1\" failed with status $?, its output is in $log"
}

# may_install PURPOSE PACKAGE...: says what is lacking when this machine or user cannot install.
may_install() {
  local purpose=$1
  shift
  command -v apt-get >/dev/null ||
    fail "Cannot $purpose: $* missing and apt-get is not found, must be Debian or Ubuntu," \
      "or have them installed"
  [ "$(id -u)" = 0 ] ||
    fail "Cannot $purpose: $* missing and \"$(id -un)\" is not root," \
      "must be installed, or lasthop started once as root"
}

apt_install() {
  local purpose=$1
  shift
  export DEBIAN_FRONTEND=noninteractive
  # An unreachable extra source must not stop an install that the others can serve.
  (logged "Cannot update package lists" apt-get -q update) || say "going on with older package lists"
  logged "Cannot $purpose" apt-get -q -y -o DPkg::Lock::Timeout=600 \
    install --no-install-recommends "$@"
}

# Who can open a file, be it for reading, can hold its lock for ever: only its owner may.
own_lock() {
  (umask 077 && : >>"$1") && chmod 600 -- "$1"
}

# Only /run is surely root's own; two clones must not run apt-get at once.
lock_packages() {
  [ "$(id -u)" = 0 ] || return 0
  own_lock /run/lasthop-packages.lock
  exec 9>/run/lasthop-packages.lock
  flock 9
}

# Ubuntu has Chromium as a snap only; the browser tests say so themselves.
without_chromium_on_ubuntu() {
  if grep -qs '^ID=ubuntu' /etc/os-release; then grep -v '^chromium '; else cat; fi
}

install_missing_packages() {
  local purpose="run \"lasthop $1\"" package why packages=()
  missing=$(missing_packages "$needed" | without_chromium_on_ubuntu) || return 0
  while read -r package why; do packages+=("$package"); done <<<"$missing"
  may_install "$purpose" "${packages[@]}"
  lock_packages
  while read -r package why; do
    say "installing $package (Debian package): $why"
  done <<<"$missing"
  apt_install "$purpose" "${packages[@]}"
  exec 9>&-
}

install_npm() {
  may_install "install Deno" npm nodejs
  lock_packages
  say "installing npm, nodejs, ca-certificates (Debian packages): bring Deno and the libraries"
  apt_install "install Deno" npm nodejs ca-certificates
  exec 9>&-
}

must_be_writable() {
  local owner user why="it is read-only"
  owner=$(stat -c %U -- "$repo")
  user=$(id -un)
  if ! mkdir -p "$tools" 2>/dev/null || ! [ -w "$tools" ] || ! [ -w "$repo" ]; then
    [ "$user" = root ] || [ "$user" = "$owner" ] ||
      why="it is owned by \"$owner\" and closed to \"$user\""
    fail "Cannot set up lasthop in \"$repo\": $why, must be writable at the first start"
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
  logged "Cannot install Deno" npm ci --prefix "$tools/deno.new" --ignore-scripts --no-audit \
    --no-fund --loglevel=verbose --prefer-offline --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000
  # To npm the package of one platform is optional: it calls its absence a success.
  local package=${deno#"$tools/deno/node_modules/"}
  [ -x "$tools/deno.new/node_modules/$package" ] ||
    fail "Cannot install Deno: npm brought no \"${package%/*}\", its output is in $log"
  rm -rf -- "$tools/deno"
  mv -- "$tools/deno.new" "$tools/deno"
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
  own_lock "$tools/lock"
  exec 8>"$tools/lock"
  flock 8
  if ! is_set_up; then
    if ! [ -x "$deno" ] || ! cmp -s {"$bootstrap","$tools/deno"}/package-lock.json; then
      command -v npm >/dev/null || install_npm
      install_deno
    fi
    (cd "$repo" && install_libraries)
    pinned_key >"$tools/ready"
  fi
  exec 8>&-
}

set_up() {
  # Whoever came only to look (lasthop cluster) leaves nothing behind.
  [ -z "${LASTHOP_NO_INSTALL-}" ] ||
    fail "Cannot run here: ${missing:-Deno and the libraries are} missing, must be installed"
  [ -z "$missing" ] || install_missing_packages "$1"
  is_set_up || set_up_deno
  rm -f -- "$log"
}
