# A rule of policy routing at the router prohibits what comes from one network.
# nodes: a r b
# fault: dropped route-blackhole
. /work/routed.sh
build() { routed 10.137; }
fault() { ip_ r rule add from 10.137.1.0/24 to 10.137.2.0/24 prohibit priority 50; }
traffic() { ping_ a 10.137.2.1; }
