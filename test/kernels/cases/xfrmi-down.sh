# The receiver's IPsec device is down, so that what comes for its id finds no device, and the policy takes nothing else.
# nodes: gw-a gw-b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  modprobe xfrm_interface
  pair gw-a gw-b 172.22.25
  link gw-a 172.22.25.1 172.22.25.2 10.24.10.1
  link gw-b 172.22.25.2 172.22.25.1 10.24.10.2
}
# link NODE OWN OTHER ADDRESS
link() {
  ip_ "$1" link add ipsec0 type xfrm dev e0 if_id 42
  ip_ "$1" link set ipsec0 up
  address "$1" ipsec0 "$4/24"
  local direction from to spi
  for direction in out in; do
    from=$2 to=$3
    [ $direction = out ] || { from=$3 to=$2; }
    spi=0x$((${from##*.} * 100))
    ip_ "$1" xfrm state add src "$from" dst "$to" proto esp spi "$spi" mode tunnel if_id 42 \
      aead 'rfc4106(gcm(aes))' "$KEY" 128
    ip_ "$1" xfrm policy add dir $direction if_id 42 \
      tmpl src "$from" dst "$to" proto esp mode tunnel
  done
}
fault() { ip_ gw-b link set ipsec0 down; }
traffic() { ping_ gw-a 10.24.10.2; }
