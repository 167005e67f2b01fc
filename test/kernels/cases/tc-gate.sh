# A gate of tc (802.1Qci) at the receiver's ingress is closed, and what comes then is dropped.
# nodes: a b
# fault: dropped traffic-control-drop
build() { pair a b 10.192.12; }
fault() {
  modprobe act_gate
  tc_ b qdisc add dev e0 clsact
  tc_ b filter add dev e0 ingress protocol ip matchall action gate clockid CLOCK_TAI \
    sched-entry close 200000000 -1 -1
}
traffic() { ping_ a 10.192.12.2; }
