# Two machines; nothing listens at the far one's port. Healthy: 1 MiB to it, and 1 MiB back.
# nodes: a b
# far: b
# fault: refused no-listener
build() {
  wired a b 172.22.1
  listen b bulk 5001
}
fault() { silence b; }
traffic() { bulk a 172.22.1.2 5001 1048576; }
