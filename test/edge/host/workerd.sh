#!/bin/sh
# workerd outlives a host that is killed, unless the kernel is told otherwise.
exec setpriv --pdeathsig KILL -- "$LASTHOP_WORKERD" "$@"
