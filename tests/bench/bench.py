"""Referrals a second, from an officer's draft at the control door to the counterpart node's signed receipt, next
to what this machine gives. Not a test: nothing here passes or fails.

usage: bench.py BUILD [REFERRALS]. Build with: meson setup build-release --buildtype=release
"""

import os
import pathlib
import platform
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time

import nacl.bindings as sodium
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, wait_until

TEXT = "x" * 1024
CALLERS = 16


def load_door():
    out = tempfile.mkdtemp(prefix="liaison-schema-")
    schema = ROOT / "proto" / "schema"
    subprocess.run(["protoc", f"--proto_path={schema}", f"--python_out={out}",
                    *[f"{schema}/{name}.proto" for name in ("signed", "event", "door")]], check=True)
    sys.path.insert(0, out)
    import door_pb2
    return door_pb2


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

    def refer(self):
        request = self.pb.DoorRequest()
        request.refer.addressees.add(member=b"TH", office=b"th-ahtd")
        request.refer.request, request.refer.urgency = 2, 3
        request.refer.contents.append(1)
        section = request.refer.sections.add(compartment=1)
        section.entries.add(label=b"facts", text=TEXT.encode())
        return self.ask(request).case_id

    def open_letters(self):
        request = self.pb.DoorRequest()
        request.status.SetInParent()
        peers = {peer.member: peer for peer in self.ask(request).status.peers}
        return peers[b"TH"].open_letters + peers[b"TH"].waiting


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
    key, other = X25519PrivateKey.generate(), X25519PrivateKey.generate().public_key()
    file = os.open(directory / "limit", os.O_CREAT | os.O_WRONLY, 0o600)

    def commit():
        os.pwrite(file, message * 4, 0)
        os.fdatasync(file)

    limits = {"sign 1 KiB": rate(lambda: sodium.crypto_sign(message, secret)),
              "verify 1 KiB": rate(lambda: sodium.crypto_sign_open(signed, public)),
              "X25519": rate(lambda: key.exchange(other)), "durable write of 4 KiB": rate(commit)}
    os.close(file)
    return limits


def memory_mib(process):
    """Resident now: the peak is Argon2id's 256 MiB at the start."""
    status = pathlib.Path(f"/proc/{process.child.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def cpu_seconds(process):
    fields = pathlib.Path(f"/proc/{process.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def backlog(pb, federation, count):
    """Many callers at once; from the first draft to the last receipt."""
    doors = [Door(pb, federation, "KH") for _ in range(CALLERS)]
    started = time.perf_counter()

    def work(door):
        for _ in range(count // CALLERS):
            door.refer()

    callers = [threading.Thread(target=work, args=(door,)) for door in doors]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    accepted = time.perf_counter() - started
    wait_until(lambda: doors[0].open_letters() == 0, "all receipts", 300)
    return count / accepted, count / (time.perf_counter() - started)


def one_at_a_time(pb, federation, count):
    door, times = Door(pb, federation, "KH"), []
    for _ in range(count):
        started = time.perf_counter()
        door.refer()
        while door.open_letters() > 0:
            pass
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return statistics.median(times), times[int(len(times) * 0.99)]


def main():
    build, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 4000
    pb = load_door()
    with Federation(build, members=("KH", "TH")) as federation:
        federation.login("KH", "kh-police-1")
        limits = machine_limits(federation.directory)
        cpu_before = {name: cpu_seconds(p) for name, p in processes(federation)}
        accepted, receipted = backlog(pb, federation, count)
        cpu_after = {name: cpu_seconds(p) for name, p in processes(federation)}
        median, high = one_at_a_time(pb, federation, 200)
        print(f"machine: {os.cpu_count()} cores, {platform.platform()}; all three programs on it\n")
        for name, value in limits.items():
            print(f"  {name:32} {value:10.0f} /s")
        print(f"\n{count} referrals of 1 KiB, {CALLERS} callers at the door")
        for name, value in (("drafts accepted, each durable", accepted), ("to the signed receipt", receipted)):
            print(f"  {name:32} {value:10.0f} /s   {value / limits['durable write of 4 KiB']:.2f} of durable writes"
                  f", {value / limits['sign 1 KiB']:.3f} of signatures")
        print(f"  one at a time, p50 / p99         {median:.1f} / {high:.1f} ms   p50 is "
              f"{median / 1000 * limits['durable write of 4 KiB']:.1f} durable writes")
        for name, process in processes(federation):
            print(f"  {name:8} {memory_mib(process):6.1f} MiB resident, "
                  f"{(cpu_after[name] - cpu_before[name]) * 10000 / count:.2f} s of CPU for 10,000")


def processes(federation):
    return [("hub", federation.hub), ("node KH", federation.nodes["KH"]), ("node TH", federation.nodes["TH"])]


if __name__ == "__main__":
    main()
