# nft hands packets to a program (nfqueue) that hangs, so that they wait in its queue until it ends.
# nodes: a r b
# fault: unknown netfilter-drop
. /work/routed.sh
build() {
  modprobe nfnetlink_queue
  routed 10.62
  listen b tcp 8080
  in_ r nft add table ip ips
  in_ r nft add chain ip ips through '{ type filter hook forward priority 0; }'
  in_ r nft add rule ip ips through tcp dport 8080 counter queue num 9
  local said
  exec {said}< <(in_ r setsid python3 /work/queue.py 9 "/tmp/$RUN" </dev/null 2>/dev/null)
  read -r -u "$said" _
}
fault() { touch "/tmp/$RUN.hangs"; }
traffic() { ask a tcp 10.62.2.1 8080; }
