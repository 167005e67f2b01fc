# The one end sends GRE, the other one takes IPIP.
# nodes: oslo bergen
# fault: dropped tunnel-blocked
build() {
  modprobe -a ipip ip_gre
  pair oslo bergen 172.22.22
  end oslo gre 172.22.22.1 172.22.22.2 10.191.6.1
  end bergen gre 172.22.22.2 172.22.22.1 10.191.6.2
}
# end NODE KIND OWN OTHER ADDRESS
end() {
  ip_ "$1" link add site type "$2" local "$3" remote "$4"
  ip_ "$1" link set site up
  address "$1" site "$5/24"
}
fault() {
  ip_ bergen link del site
  end bergen ipip 172.22.22.2 172.22.22.1 10.191.6.2
}
traffic() { ping_ oslo 10.191.6.2; }
