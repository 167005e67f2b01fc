"""queue.py NUMBER PATH: says a line when it listens to that queue of netfilter. It drops what comes while there is a
file PATH.drops, does nothing with it while there is PATH.hangs, and accepts it else."""
import os, socket, struct, sys
number, path = int(sys.argv[1]), sys.argv[2]
# AF_NETLINK (16) with NETLINK_NETFILTER (12); types of its subsystem 3 (queue): packet 0, verdict 1, config 2.
s = socket.socket(16, socket.SOCK_RAW, 12)
s.bind((0, 0))


def send(kind, attribute, value):
    body = struct.pack(">BBH", 0, 0, number) + struct.pack("=HH", 4 + len(value), attribute) + value
    body += b"\0" * (-len(body) % 4)
    s.send(struct.pack("=IHHII", 16 + len(body), 3 << 8 | kind, 1, 0, 0) + body)


send(2, 1, struct.pack(">BBH", 1, 0, 0))  # NFQA_CFG_CMD: bind
send(2, 2, struct.pack(">IB", 128, 2))  # NFQA_CFG_PARAMS: whole packets
print("listening", flush=True)
while True:
    said = s.recv(70000)
    length, kind = struct.unpack_from("=IH", said)
    at = 20
    while kind == 3 << 8 and at + 4 <= length and not os.path.exists(path + ".hangs"):
        size, attribute = struct.unpack_from("=HH", said, at)
        if attribute == 1:  # NFQA_PACKET_HDR begins with the packet's id.
            id_ = said[at + 4:at + 8]
            send(1, 2, struct.pack(">I", 0 if os.path.exists(path + ".drops") else 1) + id_)
        at += size + -size % 4
