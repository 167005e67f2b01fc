# The sender's IPsec device has another id than its policy, so that no policy takes what is routed there.
# nodes: gw-a gw-b
# fault: dropped ipsec-policy
. /work/esp.sh
build() {
  modprobe xfrm_interface
  pair gw-a gw-b 172.22.24
  link gw-a 172.22.24.1 172.22.24.2 10.191.10.1 42
  link gw-b 172.22.24.2 172.22.24.1 10.191.10.2 42
}
# link NODE OWN OTHER ADDRESS ID
link() {
  ip_ "$1" link add ipsec0 type xfrm dev e0 if_id "$5"
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
fault() {
  ip_ gw-a link del ipsec0
  ip_ gw-a link add ipsec0 type xfrm dev e0 if_id 43
  ip_ gw-a link set ipsec0 up
  address gw-a ipsec0 10.191.10.1/24
}
traffic() { ping_ gw-a 10.191.10.2; }
