# Becomes systemd with nothing but the units it is given, in namespaces that the caller made. Told:
# the repository, which appears at /opt/lasthop as docs/deploy.md installs it; a folder with units/,
# etc/ that appears as /etc/lasthop, and said/ for what units say; a build that appears as
# /opt/lasthop-workerd, or nothing. Whatever else is written is in memory and gone with it.
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /opt
mkdir /opt/lasthop
mount --bind "$1" /opt/lasthop
mkdir /opt/stage /opt/lasthop-workerd
mount --bind "$2" /opt/stage
[ -z "$3" ] || mount --bind "$3" /opt/lasthop-workerd
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/lib
mkdir -p /run/etc/upper /run/etc/work
mount -t overlay overlay -o lowerdir=/etc,upperdir=/run/etc/upper,workdir=/run/etc/work /etc
cp -r /opt/stage/etc /etc/lasthop
chmod -R go= /etc/lasthop
mkdir /run/said
mount --bind /opt/stage/said /run/said
umount --recursive --lazy /sys/fs/cgroup
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t tmpfs tmpfs /tmp
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin container=lasthop SYSTEMD_UNIT_PATH=/opt/stage/units \
  /lib/systemd/systemd --system --unit=basic.target --show-status=no --log-target=null
