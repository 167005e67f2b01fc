# A program takes what nft hands to it (nfqueue) and lets all pass; a chain behind it drops one port.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  modprobe nfnetlink_queue
  routed 10.8
  listen b tcp 8080
  listen b tcp 8081
  in_ r nft add table ip ips
  in_ r nft add chain ip ips through '{ type filter hook forward priority -10; }'
  in_ r nft add chain ip ips behind '{ type filter hook forward priority 10; }'
  in_ r nft add rule ip ips through meta l4proto tcp counter queue num 9
  local said
  exec {said}< <(in_ r setsid python3 /work/queue.py 9 "/tmp/$RUN" </dev/null 2>/dev/null)
  read -r -u "$said" _
}
fault() { in_ r nft add rule ip ips behind tcp dport 8081 counter drop; }
traffic() { ask a tcp 10.8.2.1 8080; ask a tcp 10.8.2.1 8081; }
