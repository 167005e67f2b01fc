# A geneve between two machines; a filter of tc on the far one's drops what came. Healthy: 256 KiB each way.
# nodes: a b
# far: b
# fault: dropped traffic-control-drop
build() {
  wired a b 172.22.4
  ip_ a link add g0 type geneve id 24 remote 172.22.4.2
  ip_ b link add g0 type geneve id 24 remote 172.22.4.1
  joined_by g0 10.222.4
  listen b bulk 5001
}
fault() {
  tc_ b qdisc add dev g0 clsact
  tc_ b filter add dev g0 ingress protocol ip flower ip_proto tcp dst_port 5001 action drop
}
traffic() { bulk a 10.222.4.2 5001 262144; }
