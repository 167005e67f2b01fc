# A server has two addresses and answers datagrams by its first one, whichever was asked.
# nodes: a b
# fault: mis-answered reply-from-other-address
build() {
  pair a b 10.143.0
  address b e0 10.143.0.3/24
  listen b udp 53
  touch "/tmp/$RUN.first"
}
fault() { rm "/tmp/$RUN.first"; }
traffic() {
  if [ -e "/tmp/$RUN.first" ]; then ask a udp 10.143.0.2 53; else ask a udp 10.143.0.3 53; fi
}
