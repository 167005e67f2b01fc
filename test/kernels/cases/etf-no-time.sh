# etf sends by the times that programs give their packets, and drops what has none.
# nodes: talker listener
# fault: dropped queue-overflow
build() {
  pair talker listener 10.191.14
  ip_ talker neigh add 10.191.14.2 lladdr "$(mac listener e0)" dev e0
}
fault() { tc_ talker qdisc replace dev e0 root etf clockid CLOCK_TAI delta 300000; }
traffic() { ping_ talker 10.191.14.2; }
