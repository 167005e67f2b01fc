# Nothing listens at the port that the client's UDP asks.
# nodes: a b
# fault: refused no-listener
build() { pair a b 10.251.2; listen b udp 53; }
fault() { silence b; }
traffic() { ask a udp 10.251.2.2 53; }
