# The server's socket has a filter of BPF that takes nothing.
# nodes: a b
# fault: dropped socket-filter
build() { pair a b 10.251.22; listen b udp 53; listen b udp-refusing 54; echo 53 > "/run/$RUN.port"; }
fault() { echo 54 > "/run/$RUN.port"; }
traffic() { ask a udp 10.251.22.2 "$(cat "/run/$RUN.port")"; }
