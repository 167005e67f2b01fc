# nft of the server hands its answers to a program (nfqueue) that hangs: they wait, and none leaves.
# nodes: a b
# fault: unanswered netfilter-drop
build() {
  modprobe nfnetlink_queue
  pair a b 10.29.0
  listen b tcp 8080
  in_ b nft add table ip ips
  in_ b nft add chain ip ips out '{ type filter hook output priority 0; }'
  in_ b nft add rule ip ips out tcp sport 8080 counter queue num 9
  local said
  exec {said}< <(in_ b setsid python3 /work/queue.py 9 "/tmp/$RUN" </dev/null 2>/dev/null)
  read -r -u "$said" _
}
fault() { touch "/tmp/$RUN.hangs"; }
traffic() { ask a tcp 10.29.0.2 8080; }
