# The real server of direct routing does not have the service's address, so it is no host for it.
# nodes: client switch director server
# fault: dropped ip-forwarding-disabled
. /work/ipvs.sh
build() { direct 220; listen server tcp 80; }
fault() { ip_ server addr del 10.220.0.9/32 dev lo; }
traffic() { ask client tcp 10.220.0.9 80; }
