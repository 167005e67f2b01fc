# A connection that was there before anybody watched; a router's nft drops its port while it is used.
# nodes: a r b
# fault: dropped netfilter-drop
. /work/routed.sh
build() {
  routed 10.122
  listen b bulk 8080
  in_ r nft add table inet fw
  in_ r nft add chain inet fw through '{ type filter hook forward priority 0; }'
  in_ a setsid python3 -c 'import os, socket, sys, time
s = socket.create_connection(("10.122.2.1", 8080))
while not os.path.exists(sys.argv[1]): time.sleep(0.5)
for _ in range(12):
    s.sendall(b"x" * 50)
    time.sleep(0.4)' "/tmp/$RUN.go" </dev/null >/dev/null 2>&1 &
  sleep 1
}
fault() { touch "/tmp/$RUN.late"; }
traffic() {
  touch "/tmp/$RUN.go"
  sleep 2
  if [ -e "/tmp/$RUN.late" ]; then in_ r nft add rule inet fw through tcp dport 8080 counter drop; fi
  sleep 4
}
