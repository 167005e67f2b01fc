# Nothing listens at the port that the client's TCP asks.
# nodes: a b
# fault: refused no-listener
build() { pair a b 10.251.1; listen b tcp 80; }
fault() { silence b; }
traffic() { ask a tcp 10.251.1.2 80; }
