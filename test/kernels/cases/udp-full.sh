# The program reads nothing, and its socket has room for few datagrams.
# nodes: a b
# fault: dropped receive-buffer-full
build() { pair a b 10.251.6; listen b udp 53; touch "/run/$RUN.one"; }
fault() {
  rm "/run/$RUN.one"
  ip netns pids "$RUN.b" | xargs kill -STOP
}
traffic() {
  if [ -e "/run/$RUN.one" ]; then ask a udp 10.251.6.2 53; else burst a 10.251.6.2 53 400; fi
}
