"""Referrals a second, from an officer's draft at the control door to the counterpart node's signed receipt, next
to what this machine gives. Not a test: nothing here passes or fails.

usage: bench.py BUILD [REFERRALS]. Build with: meson setup build-release --buildtype=release
"""

import os
import pathlib
import platform
import selectors
import socket
import statistics
import struct
import sys
import time

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import schema
from federation import ROOT, Federation, wait_until

TEXT = "x" * 1024
CALLERS = 64
WINDOW = 1000
STEP = 250
SAMPLES = 300
DELIVERED = 3  # of delivery_status


def load_door():
    """The door's messages; it imports most other schemas."""
    schemas = ROOT / "proto" / "schema"
    return schema.load(schemas, [path.stem for path in schemas.glob("*.proto")])["door"]


def base32(case):
    """A case number as people write it: 26 characters of five bits, the first two bits zero."""
    number = int.from_bytes(case, "big")
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> 5 * i & 31] for i in range(25, -1, -1)).encode()


class Door:
    """One connection to a node's control door."""

    def __init__(self, pb, federation, member):
        self.pb = pb
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(federation.directory / member / "door"))
        name = str(federation.directory / member).replace("/", "-")
        self.token = (federation.directory / f"liaison-session{name}").read_bytes()

    def ask(self, request):
        request.token = self.token
        body = request.SerializeToString()
        self.socket.sendall(struct.pack(">I", len(body)) + body)
        size = struct.unpack(">I", self.receive(4))[0]
        reply = self.pb.DoorReply.FromString(self.receive(size))
        assert reply.code == 0, f"refused with code {reply.code}"
        return reply

    def receive(self, size):
        data = b""
        while len(data) < size:
            chunk = self.socket.recv(size - len(data))
            assert chunk, "the node hung up"
            data += chunk
        return data

    def draft(self):
        """A referral's frame, ready to be sent: every one is the same draft."""
        request = self.pb.DoorRequest(token=self.token)
        request.refer.addressees.add(member=b"TH", office=b"th-ahtd")
        request.refer.request, request.refer.urgency = 2, 3
        request.refer.contents.append(1)
        request.refer.terms.purpose = 1
        section = request.refer.sections.add(compartment=1)
        section.entries.add(label=b"facts", text=TEXT.encode())
        body = request.SerializeToString()
        return struct.pack(">I", len(body)) + body

    def answer(self):
        size = struct.unpack(">I", self.receive(4))[0]
        reply = self.pb.DoorReply.FromString(self.receive(size))
        assert reply.code == 0, f"refused with code {reply.code}"
        return reply

    def open_letters(self):
        request = self.pb.DoorRequest()
        request.status.SetInParent()
        peers = {peer.member: peer for peer in self.ask(request).status.peers}
        return peers[b"TH"].open_letters + peers[b"TH"].waiting

    def milliseconds_to_receipt(self, case):
        """By the two nodes' clocks, which are one here: from the event's time to its receipt's; None: none yet."""
        request = self.pb.DoorRequest()
        request.show.case_prefix = base32(case)
        event = self.ask(request).case.events[0]
        when = event.deliveries[0].when_ms
        return when - event.created_ms if event.deliveries[0].status == DELIVERED else None


def rate(work, seconds=1.0):
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        work()
        count += 1
    return count / (time.perf_counter() - started)


def machine_limits(directory):
    public, secret = sodium.crypto_sign_keypair()
    message = TEXT.encode()
    signed = sodium.crypto_sign(message, secret)
    box, _ = sodium.crypto_box_keypair()
    key, other = X25519PrivateKey.generate(), X25519PrivateKey.generate().public_key()
    file = os.open(directory / "limit", os.O_CREAT | os.O_WRONLY, 0o600)

    def commit():
        os.pwrite(file, message * 4, 0)
        os.fdatasync(file)

    limits = {"sign 1 KiB": rate(lambda: sodium.crypto_sign(message, secret)),
              "verify 1 KiB": rate(lambda: sodium.crypto_sign_open(signed, public)),
              "X25519": rate(lambda: key.exchange(other)),
              "seal 1 KiB (sealed box)": rate(lambda: sodium.crypto_box_seal(message, box)),
              "durable write of 4 KiB": rate(commit)}
    os.close(file)
    return limits


def memory_mib(process):
    """Its own memory now, without mapped files; the peak is Argon2id's 256 MiB at the start."""
    status = pathlib.Path(f"/proc/{process.child.pid}/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) / 1024


def public_key_limit(limits):
    """Referrals a second if all cores did nothing but what cannot be shared between referrals: the officer's signature,
    its verification, and the section's key sealed to two offices (two X25519 each)."""
    seconds = 1 / limits["sign 1 KiB"] + 1 / limits["verify 1 KiB"] + 4 / limits["X25519"]
    return os.cpu_count() / seconds


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wire_bytes():
    """Through the loopback interface, TCP and IP included: the hub's two hops, since the door is a unix socket."""
    line = next(l for l in pathlib.Path("/proc/net/dev").read_text().splitlines() if l.strip().startswith("lo:"))
    return int(line.split(":")[1].split()[0])


def many(pb, federation, count):
    """Callers who each send a draft as soon as the last was accepted, while less than WINDOW are without a receipt.

    Returns the seconds to the last acceptance and to the last receipt, and some of the cases."""
    doors = [Door(pb, federation, "KH") for _ in range(CALLERS)]
    watcher, frame, poller = Door(pb, federation, "KH"), doors[0].draft(), selectors.DefaultSelector()
    for door in doors:
        poller.register(door.socket, selectors.EVENT_READ, door)
    cases, sent, receipted, idle, started = [], 0, 0, list(doors), time.perf_counter()
    while len(cases) < count:
        # At the bound one case is asked for, and what was accepted before it has its receipt too: first in, first out.
        if sent - receipted >= WINDOW and watcher.milliseconds_to_receipt(cases[receipted + STEP]) is not None:
            receipted += STEP
        while idle and sent < count and sent - receipted < WINDOW:
            idle.pop().socket.sendall(frame)
            sent += 1
        for key, _ in poller.select(0.005):
            cases.append(key.data.answer().case_id)
            idle.append(key.data)
    seconds = time.perf_counter() - started
    wait_until(lambda: watcher.open_letters() == 0, "all receipts", 300)
    return seconds, time.perf_counter() - started, cases[:: max(1, count // SAMPLES)]


def one_at_a_time(pb, federation, count):
    """Each draft after the last one's receipt; how many a second, and the cases."""
    door, cases = Door(pb, federation, "KH"), []
    frame, started = door.draft(), time.perf_counter()
    for _ in range(count):
        door.socket.sendall(frame)
        cases.append(door.answer().case_id)
        while door.open_letters() > 0:
            time.sleep(0.0005)
    return count / (time.perf_counter() - started), cases


def waits(pb, federation, cases):
    door = Door(pb, federation, "KH")
    times = sorted(door.milliseconds_to_receipt(case) for case in cases)
    return statistics.median(times), times[int(len(times) * 0.99)]


def report(name, per_second, limits):
    ratios = ", ".join(f"{per_second / limit:.3f} of {what}" for what, limit in limits.items())
    print(f"  {name:30} {per_second:8.0f} /s   {ratios}")


def main():
    build, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    pb = load_door()
    with Federation(build, members=("KH", "TH")) as federation:
        federation.login("KH", "kh-police-1")
        limits = machine_limits(federation.directory)
        one_at_a_time(pb, federation, 20)
        cpu_before = {name: cpu_seconds(p) for name, p in processes(federation)}
        bytes_before = wire_bytes()
        accepted, receipted, cases = many(pb, federation, count)
        wire = (wire_bytes() - bytes_before) / count
        cpu_after = {name: cpu_seconds(p) for name, p in processes(federation)}
        alone_rate, alone_cases = one_at_a_time(pb, federation, SAMPLES)
        alone = waits(pb, federation, alone_cases)
        together = waits(pb, federation, cases)
        print(f"machine: {os.cpu_count()} cores, {platform.platform()}; hub, both nodes and the callers on it\n")
        for name, value in limits.items():
            print(f"  {name:30} {value:8.0f} /s")
        print(f"\n{count} referrals of 1 KiB, {CALLERS} callers, at most {WINDOW} without a receipt")
        report("drafts accepted, durable", count / accepted, limits)
        report("to the signed receipt", count / receipted, limits)
        most = public_key_limit(limits)
        print(f"  all cores at public keys alone {most:8.0f} /s   {count / receipted / most:.2f} of it is reached")
        print(f"  draft to receipt, p50 / p99    {together[0]:.0f} / {together[1]:.0f} ms")
        print(f"  on the wire, both hops, with receipts: {wire:.0f} bytes a referral")
        for name, process in processes(federation):
            print(f"  {name:8} {memory_mib(process):6.1f} MiB of memory, "
                  f"{(cpu_after[name] - cpu_before[name]) * 10000 / count:.2f} s of CPU for 10,000")
        print(f"\n{SAMPLES} referrals, one at a time")
        report("to the signed receipt", alone_rate, limits)
        print(f"  draft to receipt, p50 / p99    {alone[0]:.0f} / {alone[1]:.0f} ms: p50 is "
              f"{alone[0] / 1000 * limits['durable write of 4 KiB']:.1f} durable writes")


def processes(federation):
    return [("hub", federation.hub), ("node KH", federation.nodes["KH"]), ("node TH", federation.nodes["TH"])]


if __name__ == "__main__":
    main()
