# The echo request's checksum is wrong.
# nodes: a b
# fault: dropped checksum-invalid
build() { pair a b 10.251.21; echo right > "/run/$RUN.sum"; }
fault() { echo wrong > "/run/$RUN.sum"; }
traffic() { forge a icmp 10.251.21.1 10.251.21.2 "$(cat "/run/$RUN.sum")"; }
