/**
 * The shell script that reads one network namespace: many small tools in one process tree, because
 * entering a namespace and starting a shell cost more than most of them.
 *
 * A tool whose output is bounded needs two more processes, which is most of what a reading costs: so tools are
 * bounded one by one (`bounded`) only where all of them together printed too much (`run.ts`).
 *
 * It changes nothing. `$1` is the byte limit of one tool's output, `$2` that of rules, `$3` that of
 * connections, `$4` the KiB of memory that each tool may have. The rest names what may be asked without
 * making the kernel load a module (`modules.ts`), what need not be read (`without-…`, `kept.ts`), and
 * whether the names of nft's tables come in the environment. The marker comes there, too: arguments can be
 * read by any user, and forged output must not pass for a section. So do the words of connections, one a
 * line.
 */
export const SCRIPT = String.raw`
M=$LASTHOP_MARK; CAP=$1; RULES_CAP=$2; CONNECTIONS_CAP=$3
# A tool that gets no more memory says so, or aborts: that is no reason to write a core.
ulimit -c 0; ulimit -d "$4"; shift 4; MAY=" $* "
WORDS=$LASTHOP_WORDS TABLES=$LASTHOP_TABLES
unset LASTHOP_MARK LASTHOP_WORDS LASTHOP_TABLES
export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"
open() { printf '\n%s %s\n' "$M" "$1"; printf '\n%s %s\n' "$M" "$1" >&2; }
close() { printf '\n%s = %s\n' "$M" "$1" >&2; }
s() { open "$1"; shift; "$@"; close $?; }
may() { case "$MAY" in *" $1 "*) return 0;; esac; return 1; }
# For what can be long: where it is bounded the tool dies of SIGPIPE instead of filling memory.
if may bounded; then
  big() { open "$1"; shift; { "$@"; close $?; } | head -c "$CAP"; }
  rules() { open "$1"; shift; { "$@"; close $?; } | head -c "$RULES_CAP"; }
  say() { printf '%s\n' "$1" | head -c "$CAP"; }
  few() { { "$@"; close $?; } | head -c 67108864 | with_words | head -c "$CONNECTIONS_CAP"; }
else
  big() { s "$@"; }
  rules() { s "$@"; }
  say() { printf '%s\n' "$1"; }
  few() { if [ -n "$WORDS" ]; then { "$@"; close $?; } | with_words; else "$@"; close $?; fi; }
fi

s netns readlink /proc/self/ns/net
clock() {
  n=0
  while [ $n -lt 5 ] && read -r line; do printf '%s\n' "$line"; n=$((n+1)); done </proc/timer_list
  read -r line </proc/uptime && printf '%s\n' "$line"
}
open clock
clock
read -r line </proc/sys/kernel/osrelease && printf 'release %s\n' "$line"
close 0
# A kernel that gives no reasons for what it drops still counts some of it.
case "$line" in
  4.*|5.[0-9].*|5.1[0-6].*) big refused cat /proc/net/snmp /proc/net/netstat /proc/net/snmp6;;
esac

big link ip -j -d -s addr show
may without-routes || {
  big route4 ip -j -N -4 route show table all
  big route6 ip -j -N -6 route show table all
}
s rule4 ip -j -N -4 rule show
s rule6 ip -j -N -6 rule show
big neighbour ip -j neigh show
s proxy ip -j neigh show proxy
may without-fdb || big fdb bridge -j fdb show
big vlan bridge -c -j vlan show

# By itself: what comes after it is not to be there.
sysctls() (
  cd /proc/sys/net || return 1
  set -- ipv4/ip_forward ipv4/ip_default_ttl ipv4/icmp_echo_ignore_all \
    ipv4/icmp_echo_ignore_broadcasts ipv4/icmp_ratelimit ipv4/ip_local_port_range \
    ipv4/tcp_syncookies ipv4/tcp_max_syn_backlog ipv4/tcp_abort_on_overflow \
    ipv4/ping_group_range ipv4/fib_multipath_hash_policy ipv4/fib_multipath_use_neigh \
    ipv4/ip_no_pmtu_disc ipv4/tcp_l3mdev_accept ipv4/udp_l3mdev_accept \
    ipv6/fib_multipath_hash_policy ipv6/bindv6only ipv6/icmp/echo_ignore_all \
    ipv6/icmp/echo_ignore_multicast core/somaxconn core/netdev_max_backlog core/rmem_default core/rmem_max \
    bridge/bridge-nf-call-iptables bridge/bridge-nf-call-ip6tables \
    bridge/bridge-nf-call-arptables \
    netfilter/nf_conntrack_max netfilter/nf_conntrack_count \
    netfilter/nf_conntrack_tcp_be_liberal netfilter/nf_conntrack_tcp_timeout_established \
    netfilter/nf_conntrack_udp_timeout netfilter/nf_conntrack_udp_timeout_stream \
    ipv4/neigh/default/gc_thresh3 ipv6/neigh/default/gc_thresh3 \
    ipv4/conf/*/forwarding ipv4/conf/*/rp_filter ipv4/conf/*/accept_local \
    ipv4/conf/*/route_localnet ipv4/conf/*/send_redirects ipv4/conf/*/arp_ignore \
    ipv4/conf/*/arp_filter ipv4/conf/*/arp_announce ipv4/conf/*/proxy_arp \
    ipv4/conf/*/src_valid_mark ipv4/conf/*/bc_forwarding \
    ipv6/conf/*/forwarding ipv6/conf/*/disable_ipv6 ipv6/conf/*/accept_ra \
    ipv6/conf/*/proxy_ndp ipv6/icmp/echo_ignore_all mpls/platform_labels mpls/conf/*/input
  # More names than a program may be given are handed on by another one.
  if [ $# -lt 2000 ]; then grep -sH . "$@"; else printf '%s\0' "$@" | xargs -0 grep -sH .; fi
  return 0
)
big sysctl sysctls

# Fragments that wait for others, told where no further packet of them is begun for want of memory.
fragments() {
  while read -r family setting file word; do
    # The word read takes one byte at a time, which a setting of numbers gives only the first of.
    limit=$(cat "/proc/sys/net/$setting" 2>/dev/null) || continue
    while read -r first _ _ _ bytes; do
      [ "$first" = "$word" ] || continue
      [ "$bytes" -le "$limit" ] && [ "$limit" -gt 0 ] || printf '%s %s %s\n' "$family" "$bytes" "$limit"
    done <"/proc/net/$file"
  done <<EOF
4 ipv4/ipfrag_high_thresh sockstat FRAG:
6 ipv6/ip6frag_high_thresh sockstat6 FRAG6:
EOF
  return 0
}
s fragments fragments

q=$(tc -s qdisc show 2>&1); rc=$?
open qdisc; say "$q"; close $rc
printf '%s\n' "$q" | {
  left=200
  while read -r word kind handle x dev rest; do
    [ "$word" = qdisc ] || continue
    case "$kind" in
      clsact|ingress)
        big "filter $dev ingress" tc -s filter show dev "$dev" ingress
        [ "$kind" = ingress ] || big "filter $dev egress" tc -s filter show dev "$dev" egress;;
      htb|prio|hfsc|drr|ets|qfq|cbq|sfb|multiq|fq_codel|sfq)
        [ "$handle" = 0: ] || big "filter $dev $handle" tc -s filter show dev "$dev" parent "$handle";;
      *) continue;;
    esac
    left=$((left-1))
    [ $left -gt 0 ] || { s filters-cut true; break; }
  done
}

# Programs on tcx and netkit, which tc does not list.
if command -v bpftool >/dev/null; then big bpf-net bpftool -j net show; fi

if may sockets; then big socket ss -HOlntum
else big socket-proc env PROC_ROOT=/proc ss -HOlntu; fi
# Read where conntrack is there already. Of a table with hundreds of thousands of connections only
# lines with one of the words are handed on.
connections() {
  if [ -r /proc/net/nf_conntrack ]; then cat /proc/net/nf_conntrack; return; fi
  command -v conntrack >/dev/null && may connections || {
    echo 'no /proc/net/nf_conntrack, and the tool conntrack is not installed or would load a module' >&2
    return 1
  }
  conntrack -L -f ipv4 -o extended && conntrack -L -f ipv6 -o extended
}
with_words() { if [ -n "$WORDS" ]; then grep -F -e "$WORDS"; else cat; fi; }
if [ -r /proc/sys/net/netfilter/nf_conntrack_count ]; then
  open connections
  few connections
fi
if may xfrm; then
  big xfrm-policy ip -o xfrm policy show
  big xfrm-state ip -o xfrm state show nokeys
  # What was refused, and why, is only counted; most of the counters are 0.
  [ ! -r /proc/net/xfrm_stat ] || big xfrm-stat sed '/[[:space:]]0$/d' /proc/net/xfrm_stat
fi

# Both exist where their module is; the tool of the second prints keys only when asked for them.
if [ -r /proc/net/ip_vs ]; then big ipvs cat /proc/net/ip_vs; fi
if [ -d /sys/module/wireguard ]; then
  if command -v wg >/dev/null; then
    for what in allowed-ips endpoints latest-handshakes; do big "wireguard $what" wg show all $what; done
    s "wireguard now" date +%s
  else [ -z "$(ip -br link show type wireguard 2>/dev/null)" ] || s wireguard-untold true
  fi
fi

# Where daemons of Open vSwitch can be asked; a namespace lists the sockets that were made in it.
ovs_sockets() { grep -o '/[^ ]*/ovs-vswitchd\.[0-9]*\.ctl$' /proc/net/unix || [ $? = 1 ]; }
s openvswitch ovs_sockets

# What iptables-nft-save prints; true when it is long: then nft's words would be three times as long
# and cost ten times as much, so those tables are left out of them.
saved() {
  open "$1"
  out=$({ "$2" -c; close $?; } | head -c "$RULES_CAP")
  printf '%s\n' "$out"
  [ "${"$"}{#out}" -gt 2000000 ]
}
# Fails when any of the tables can't be read: a rule that is missing must not pass for none.
each() {
  printf '%s\n' "$t" | { failed=0; while read -r word family name; do
    case "$alone:$name" in
      *" $family "*:raw|*" $family "*:mangle|*" $family "*:nat|*" $family "*:filter|*" $family "*:security);;
      *) nft "$1" list table "$family" "$name" || failed=$?;;
    esac
  done; exit $failed; }
}
# All at once takes as much memory as all tables together: several may fit one by one.
ruleset() {
  case "$t" in
    *table*table*) nft "$1" list ruleset 2>/dev/null || each "$1";;
    *) nft "$1" list ruleset;;
  esac
}
if may netfilter && ! may without-netfilter; then
  # nft reads all rules to list tables: who asked the kernel knows them.
  if may tables; then t=$TABLES; rc=0; else t=$(nft list tables 2>&1); rc=$?; fi
  open tables; printf '%s\n' "$t"; close $rc
  alone=
  case "$t" in *"table ip "*) command -v iptables-nft-save >/dev/null &&
    saved iptables4 iptables-nft-save && alone="$alone ip ";; esac
  case "$t" in *"table ip6 "*) command -v ip6tables-nft-save >/dev/null &&
    saved iptables6 ip6tables-nft-save && alone="$alone ip6 ";; esac
  case "$alone:$t" in
    :"table "*)
      rules nft-json ruleset -j
      rules nft-text ruleset -a;;
    " "*)
      s alone printf '%s\n' "$alone"
      rules nft-json each -j
      rules nft-text each -a;;
  esac
fi
# Older systems have the older kind alone, under the plain name.
legacy() {
  command -v "$2-legacy-save" >/dev/null && { rules "$1" "$2-legacy-save" -c; return; }
  case "$("$2-save" -V 2>&1)" in
    *nf_tables*) rules "$1" "$2-legacy-save" -c;;
    *) rules "$1" "$2-save" -c;;
  esac
}
# These files name the tables that exist; only then is asking free of consequences.
for v in 4 6; do
  case $v in 4) f=/proc/net/ip_tables_names; p=iptables;; 6) f=/proc/net/ip6_tables_names; p=ip6tables;; esac
  if [ -r $f ] && read -r line <$f && [ -n "$line" ]; then legacy legacy$v $p; fi
done
# Sets that rules of iptables ask for.
if may ipset && [ -d /sys/module/ip_set ] && command -v ipset >/dev/null; then big ipset ipset save; fi
s times times
s end clock
`;
