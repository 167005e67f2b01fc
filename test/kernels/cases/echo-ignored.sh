# A host was told to answer no echo, as hardening guides have it.
# nodes: a b
# fault: unanswered icmp-echo-ignored
build() { pair a b 10.144.0; }
fault() { in_ b sysctl -qw net.ipv4.icmp_echo_ignore_all=1; }
traffic() { ping_ a 10.144.0.2; }
