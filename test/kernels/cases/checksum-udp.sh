# The datagram's checksum is wrong, as behind a device that was to compute it and did not.
# nodes: a b
# fault: dropped checksum-invalid
build() { pair a b 10.251.20; listen b udp 53; echo right > "/run/$RUN.sum"; }
fault() { echo wrong > "/run/$RUN.sum"; }
traffic() { forge a udp 10.251.20.1 10.251.20.2 "$(cat "/run/$RUN.sum")"; }
