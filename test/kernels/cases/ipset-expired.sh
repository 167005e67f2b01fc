# iptables takes what comes from addresses in a set whose entries expire, and this one's has.
# nodes: phone bastion
# fault: dropped netfilter-drop
build() {
  pair phone bastion 10.191.12
  in_ bastion ipset create knocked hash:ip,port timeout 600
  in_ bastion ipset add knocked 10.191.12.1,tcp:22
  in_ bastion iptables -P INPUT DROP
  in_ bastion iptables -A INPUT -m set --match-set knocked src,dst -j ACCEPT
  listen bastion tcp 22
}
fault() {
  in_ bastion ipset del knocked 10.191.12.1,tcp:22
  in_ bastion ipset add knocked 10.191.12.1,tcp:22 timeout 1
}
traffic() { ask phone tcp 10.191.12.2 22; }
