"""forge.py udp|icmp FROM TO right|wrong: one question of which it makes the checksum itself, right or not,
and the answer, or why there is none."""
import socket, struct, sys
protocol, source, destination, kind = sys.argv[1:5]

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff

def summed(header, at, around=b""):
    total = checksum(around + header) ^ (0x1111 if kind == "wrong" else 0)
    return header[:at] + struct.pack("!H", total) + header[at + 2:]

if protocol == "udp":
    # The answer needs a socket that takes it.
    answers = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    answers.bind((source, 0))
    data = struct.pack("!HHHH", answers.getsockname()[1], 53, 16, 0) + b"question"
    ends = socket.inet_aton(source) + socket.inet_aton(destination) + struct.pack("!BBH", 0, 17, len(data))
    data = summed(data, 6, ends)
    asks = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
else:
    asks = answers = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    data = summed(struct.pack("!BBHHH", 8, 0, 0, 4711, 1) + b"question" * 7, 2)
answers.settimeout(2)
asks.sendto(data, (destination, 0))
try:
    print(protocol, destination, answers.recv(100), flush=True)
except OSError as error:
    print(protocol, destination, repr(error))
