# Services of IPVS in its three modes. A network's second number is the case's own.

# between NUMBER: a client, a director that forwards, and a server behind it.
between() {
  modprobe -a ip_vs ip_vs_rr
  ns client director server
  veth client e0 director e0
  veth director e1 server e0
  address client e0 "10.$1.0.1/24"
  address director e0 "10.$1.0.2/24"
  address director e1 "10.$1.1.1/24"
  address server e0 "10.$1.1.2/24"
  forwards director
  in_ director sysctl -qw net.ipv4.vs.conntrack=1
  ip_ client route add "10.$1.4.0/24" via "10.$1.0.2"
  ip_ server route add default via "10.$1.1.1"
  ip_ director addr add "10.$1.4.1/32" dev lo
  in_ director ipvsadm -A -t "10.$1.4.1:80" -s rr
}
# masqueraded NUMBER
masqueraded() {
  between "$1"
  in_ director ipvsadm -a -t "10.$1.4.1:80" -r "10.$1.1.2:80" -m
}
# tunnelling NUMBER: the server takes the inner packet by tunl0, and answers the client by another way.
tunnelling() {
  modprobe ipip
  between "$1"
  veth client e1 server e1
  address client e1 "10.$1.2.1/24"
  address server e1 "10.$1.2.2/24"
  ip_ server route replace "10.$1.0.0/24" via "10.$1.2.1"
  ip_ server link set tunl0 up
  ip_ server addr add "10.$1.4.1/32" dev tunl0
  in_ director ipvsadm -a -t "10.$1.4.1:80" -r "10.$1.1.2:80" -i
}
# direct NUMBER: client, director and server on one bridge; the service's address is NETWORK.9.
direct() {
  modprobe -a ip_vs ip_vs_rr
  ns client switch director server
  ip_ switch link add br0 type bridge
  ip_ switch link set br0 up
  local port=1 name
  for name in client director server; do
    veth switch "p$port" "$name" e0
    ip_ switch link set "p$port" master br0
    address "$name" e0 "10.$1.0.$port/24"
    port=$((port + 1))
  done
  forwards director
  in_ director sysctl -qw net.ipv4.conf.all.send_redirects=0
  ip_ director addr add "10.$1.0.9/32" dev e0
  in_ server sysctl -qw net.ipv4.conf.all.arp_ignore=1 net.ipv4.conf.all.arp_announce=2
  ip_ server addr add "10.$1.0.9/32" dev lo
  in_ director ipvsadm -A -t "10.$1.0.9:80" -s rr
  in_ director ipvsadm -a -t "10.$1.0.9:80" -r "10.$1.0.3:80" -g
}
