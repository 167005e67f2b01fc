# Rules in two tables of iptables-legacy drop some packets by their number; that of the filter table drops these.
# nodes: a b
# fault: dropped netfilter-drop
build() {
  pair a b 10.246.0
  in_ b iptables-legacy -t raw -A PREROUTING -p icmp -m statistic --mode nth --every 1000 --packet 999 -j DROP
  in_ b iptables-legacy -A INPUT -p icmp -m statistic --mode nth --every 1000 --packet 999 -j DROP
}
fault() {
  in_ b iptables-legacy -R INPUT 1 -p icmp -m statistic --mode nth --every 1 --packet 0 -j DROP
}
traffic() { ping_ a 10.246.0.2; }
