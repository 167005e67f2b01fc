# The asker's macsec has another key for what the other end sends, so that no answer can be read.
# nodes: alpha beta
# fault: unknown macsec-refused
KEY=00112233445566778899aabbccddeeff
build() {
  ns alpha beta
  veth alpha sw0 beta sw0
  local node
  for node in alpha beta; do
    ip_ $node link add link sw0 crypt0 type macsec encrypt on
    ip_ $node macsec add crypt0 tx sa 0 pn 1 on key 01 "$KEY"
  done
  receives alpha beta "$KEY"
  receives beta alpha "$KEY"
  address alpha crypt0 10.154.0.1/24
  address beta crypt0 10.154.0.2/24
  for node in alpha beta; do ip_ $node link set crypt0 up; done
  ip_ alpha neigh add 10.154.0.2 lladdr "$(mac beta sw0)" dev crypt0
  ip_ beta neigh add 10.154.0.1 lladdr "$(mac alpha sw0)" dev crypt0
}
# receives NODE FROM KEY
receives() {
  local from; from=$(mac "$2" sw0)
  ip_ "$1" macsec add crypt0 rx port 1 address "$from"
  ip_ "$1" macsec add crypt0 rx port 1 address "$from" sa 0 pn 1 on key 01 "$3"
}
fault() {
  local from; from=$(mac beta sw0)
  ip_ alpha macsec set crypt0 rx port 1 address "$from" sa 0 off
  ip_ alpha macsec del crypt0 rx port 1 address "$from" sa 0
  ip_ alpha macsec add crypt0 rx port 1 address "$from" sa 0 pn 1 on key 01 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
}
traffic() { ping_ alpha 10.154.0.2; }
