# What the scripts of cases are written in. A namespace is named as in the case: in the guest it is
# called RUN.NAME, so that cases and their healthy twins stand beside each other.
set -eu
: "${RUN:?}"

# elsewhere NAME: it is on the other of two machines. Both run the same script, and leave alone what is
# the other's.
elsewhere() {
  case " ${ELSEWHERE:-} " in *" $1 "*) return 0 ;; esac
  return 1
}

# ns NAME...: namespaces that answer at once and say nothing by themselves.
ns() {
  local name
  for name in "$@"; do
    if elsewhere "$name"; then continue; fi
    ip netns add "$RUN.$name"
    in_ "$name" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
      net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
    ip_ "$name" link set lo up
  done
}

# in_ NAME COMMAND...: runs it there, with the machine's /sys: `ip netns exec` mounts another one, which
# takes long under emulation.
in_() {
  local name=$1
  shift
  if elsewhere "$name"; then return 0; fi
  nsenter --net="/run/netns/$RUN.$name" "$@"
}

# ip_ NAME WORDS..., tc_ NAME WORDS...: the tools of iproute2, there.
ip_() { local name=$1; shift; elsewhere "$name" || ip -n "$RUN.$name" "$@"; }
tc_() { local name=$1; shift; elsewhere "$name" || tc -n "$RUN.$name" "$@"; }

# wire NAME DEVICE: this run's wire between the two machines ends there, in a virtio device.
wire() {
  local device
  if elsewhere "$1"; then return 0; fi
  modprobe virtio_net
  device=$(basename "$(dirname "$(grep -il "$WIRE" /sys/class/net/*/address)")")
  ip link set "$device" netns "$RUN.$1"
  ip_ "$1" link set "$device" name "$2"
  ip_ "$1" link set "$2" up
}
# wired NAME NAME NETWORK: as pair, over the wire.
wired() {
  ns "$1" "$2"
  wire "$1" e0
  wire "$2" e0
  address "$1" e0 "$3.1/24"
  address "$2" e0 "$3.2/24"
}
# veth NAME DEVICE NAME DEVICE
veth() {
  ip_ "$1" link add "$2" type veth peer name "$4" netns "$RUN.$3"
  ip_ "$1" link set "$2" up
  ip_ "$3" link set "$4" up
}

# address NAME DEVICE ADDRESS/LENGTH
address() { ip_ "$1" addr add "$3" dev "$2"; }

# pair NAME NAME NETWORK: e0 of both, NETWORK.1/24 and NETWORK.2/24.
pair() {
  ns "$1" "$2"
  veth "$1" e0 "$2" e0
  address "$1" e0 "$3.1/24"
  address "$2" e0 "$3.2/24"
}
# joined_by DEVICE NETWORK: a tunnel's two ends, of a and b, in a network of their own.
joined_by() {
  local node
  for node in a b; do ip_ $node link set "$1" up; done
  address a "$1" "$2.1/24"
  address b "$1" "$2.2/24"
}

# mac NAME DEVICE
mac() { ip_ "$1" -o link show dev "$2" | sed -n 's,.* link/[a-z0-9]* \([0-9a-f:]*\) .*,\1,p'; }

forwards() { in_ "$1" sysctl -qw net.ipv4.ip_forward=1; }

# What traffic asks may well fail.
ping_() { local name=$1; shift; in_ "$name" ping -n -c 2 -i 0.3 -W 1 "$@" || true; }

# listen NAME tcp|udp|udp-refusing|sctp|bulk|tproxy|idle PORT [six]: a server that answers from when this returns,
# with six one of IPv6; one of bulk gives back as much as it got, and one that is refusing has a filter
# that takes nothing.
listen() {
  local said
  if elsewhere "$1"; then return 0; fi
  exec {said}< <(in_ "$1" setsid python3 /work/server.py "${@:2}" </dev/null 2>/dev/null)
  read -r -u "$said" _
}
# ask NAME tcp|udp|sctp ADDRESS PORT [SECONDS]: and holds the connection so long after the answer.
ask() { in_ "$1" python3 /work/ask.py "$2" "$3" "$4" 3 "${5:-0}" || true; }
# forge NAME udp|icmp FROM TO right|wrong: one question with a checksum of its own, to port 53 of UDP.
forge() { in_ "$1" python3 /work/forge.py "$2" "$3" "$4" "$5" || true; }
# burst NAME ADDRESS PORT COUNT: datagrams to nobody in particular, one right after the other.
burst() { in_ "$1" python3 /work/burst.py "$2" "$3" "$4" || true; }
# bulk NAME ADDRESS PORT BYTES: sends so many, and reads as many.
bulk() { in_ "$1" python3 /work/bulk.py "$2" "$3" "$4" || true; }
# silence NAME: nothing of it listens any more.
silence() { elsewhere "$1" || ip netns pids "$RUN.$1" | xargs -r kill; }
# xdp NAME DEVICE xdpgeneric|xdpdrv abort|drop|pass|back|away|drop-icmp|away-icmp: a program of
# XDP that does so with all, or with ICMP; away sends it to a device that is not there.
xdp() {
  local -A answers=([abort]=0 [drop]=1 [pass]=2 [back]=3 [away]=4 [drop-icmp]=5 [away-icmp]=6)
  # What names a namespace to ip mounts another /sys.
  local path="/run/xdp/$RUN-$4"
  mkdir -p /run/xdp
  mountpoint -q /run/xdp || mount -t bpf bpf /run/xdp
  [ -e "$path" ] || perl /work/xdp.pl "${answers[$4]}" "$path"
  ip_ "$1" link set dev "$2" "$3" off
  ip_ "$1" link set dev "$2" "$3" pinned "$path"
}
