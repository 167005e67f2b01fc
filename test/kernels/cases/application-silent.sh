# A program does not take the connection that waits for it, so that the question is acknowledged and not answered.
# nodes: a b
# fault: unanswered application-silent
build() {
  pair a b 10.146.0
  listen b tcp 8080
}
fault() {
  silence b
  listen b idle 8080
}
traffic() { ask a tcp 10.146.0.2 8080; }
