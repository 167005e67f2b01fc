# Nothing listens on the SCTP port. The healthy server has two addresses, and one is out of reach.
# nodes: a b
# fault: refused no-listener
build() {
  modprobe sctp
  pair a b 10.206.0
  address b e0 10.207.0.2/24
  touch "/run/$RUN.listens"
}
fault() { rm "/run/$RUN.listens"; }
traffic() {
  [ ! -e "/run/$RUN.listens" ] || listen b sctp 7000
  ask a sctp 10.206.0.2 7000
}
