# The IPVS service has no real server, so its director refuses the connection.
# nodes: client director server
# fault: dropped service-without-endpoint
build() {
  modprobe ip_vs_rr
  ns client director server
  veth client e0 director e0
  veth director e1 server e0
  address client e0 10.204.0.1/24
  address director e0 10.204.0.2/24
  address director e1 10.204.1.1/24
  address server e0 10.204.1.2/24
  forwards director
  in_ director sysctl -qw net.ipv4.vs.conntrack=1
  ip_ client route add 10.96.4.0/24 via 10.204.0.2
  ip_ server route add default via 10.204.1.1
  ip_ director addr add 10.96.4.1/32 dev lo
  in_ director ipvsadm -A -t 10.96.4.1:80 -s rr
  in_ director ipvsadm -a -t 10.96.4.1:80 -r 10.204.1.2:80 -m
  listen server tcp 80
}
fault() { in_ director ipvsadm -d -t 10.96.4.1:80 -r 10.204.1.2:80; }
traffic() { ask client tcp 10.96.4.1 80; }
