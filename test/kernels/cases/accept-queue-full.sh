# A server takes no connection, and one may wait, which does.
# nodes: a b
# fault: unanswered accept-queue-full
build() {
  pair a b 10.117.0
  listen b tcp 8080
}
fault() {
  silence b
  listen b idle 8080
  ask a tcp 10.117.0.2 8080
}
traffic() { ask a tcp 10.117.0.2 8080; }
