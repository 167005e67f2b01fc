# IP in IP between two machines; nothing listens at the far one's port. Healthy: 256 KiB each way.
# nodes: a b
# far: b
# fault: refused no-listener
build() {
  wired a b 172.22.5
  ip_ a link add t0 type ipip local 172.22.5.1 remote 172.22.5.2
  ip_ b link add t0 type ipip local 172.22.5.2 remote 172.22.5.1
  joined_by t0 10.222.5
  listen b bulk 5001
}
fault() { silence b; }
traffic() { bulk a 10.222.5.2 5001 262144; }
