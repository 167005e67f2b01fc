# The far end of wireguard is taken the asker's range from its peer's allowed-ips while they talk.
# nodes: a b
# fault: dropped wireguard-allowed-ips
. /work/wireguard.sh
build() { guarded 172.24.91 10.231.1; }
fault() { touch "/run/$RUN.later"; }
traffic() {
  ping_ a -c 3 10.231.1.2
  if [ -e "/run/$RUN.later" ]; then in_ b wg set wg0 peer "$(public a)" allowed-ips 10.231.1.9/32; fi
  ping_ a -c 3 10.231.1.2
}
