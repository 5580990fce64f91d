"""A throw-away federation with real processes: ceremony, hub, nodes, officers.

Used by ./demo and by the scenario tests. Everything lives in one directory; nothing outlives stop().
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXERCISE = ROOT / "docs" / "examples" / "exercise.yaml"
START_SECONDS = 20


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Refused(Exception):
    """The command line said no: its exit code and what it printed."""

    def __init__(self, code, text):
        super().__init__(f"exit code {code}: {text}")
        self.code = code
        self.text = text


class Process:
    """One daemon that can be killed and started again."""

    def __init__(self, program, settings, log):
        self.program, self.settings, self.log = program, settings, log
        self.environment = {}
        self.child = None

    def start(self, *options):
        with open(self.log, "ab") as log:
            offset = log.tell()
            self.child = subprocess.Popen(
                [self.program, self.settings, *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, **self.environment))
        deadline = time.monotonic() + START_SECONDS
        while b" ready " not in self.log.read_bytes()[offset:]:
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.program.name} did not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def kill(self):
        """-9: at whatever instruction it stands."""
        self.child.kill()
        self.child.wait()

    def stop(self):
        if self.child is None or self.child.poll() is not None:
            return
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def reload(self):
        """It reads its statements again."""
        self.child.send_signal(signal.SIGHUP)

    def preload_faults(self, build):
        """From its next start on it does as the returned file says: see tests/support/fault.c."""
        file = self.log.with_suffix(".fault")
        file.write_text("")
        self.environment = {"LD_PRELOAD": str(build / "tests" / "libfault.so"), "LIAISON_FAULT": str(file)}
        return file

    def is_running(self):
        return self.child is not None and self.child.poll() is None


class Federation:
    def __init__(self, build, directory=None, members=("KH", "TH", "MM"), hook=None, has_agreement=True):
        self.build = pathlib.Path(build).resolve()
        self.directory = pathlib.Path(directory or tempfile.mkdtemp(prefix="liaison-"))
        self.keys = self.directory / "federation"
        self.members = members
        self.hook = hook
        self.has_agreement = has_agreement  # one by which everything may be shared
        self.hub = None
        self.nodes = {}

    # Making -----------------------------------------------------------------------------------

    def program(self, folder, name):
        return self.build / folder / name

    def source(self):
        """What `liaison-keys federation` makes it from."""
        return EXERCISE.read_text()

    def ceremony(self):
        source = self.directory / "exercise.yaml"
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        text = self.source().replace("tcp://127.0.0.1:4100", self.endpoint)
        if not self.has_agreement:
            text = text.replace("agreements: [exercise-agreement.yaml]\n", "")
        source.write_text(text)
        for file in EXERCISE.parent.glob("exercise-agreement.*"):
            shutil.copy(file, self.directory)
        made = subprocess.run(
            [self.program("keys", "liaison-keys"), "federation", "--source", source, "--out", self.keys],
            stderr=subprocess.PIPE, text=True)
        if made.returncode:
            raise Refused(made.returncode, made.stderr)
        self.write_settings()

    def fingerprint(self, member="KH"):
        return (self.keys / member / "fingerprint").read_text()

    def agreement(self, name="exercise-agreement"):
        return self.keys / "agreements" / name

    def statements(self, agreements=()):
        files = [self.keys / "roster"] + [self.keys / member / "manifest" for member in ("KH", "TH", "MM")]
        return json.dumps([str(file) for file in files + list(agreements)])

    def write_settings(self):
        anchor = f'fingerprint: "{self.fingerprint()}"\nstatements: '
        common = anchor + self.statements() + "\n"
        hub = self.directory / "hub.yaml"
        hub.write_text(
            f"listen: {self.endpoint}\nstore: {self.directory}/hub-store\nkey: {self.keys}/hub-1.key\n"
            f"passphrase_file: {self.keys}/passphrases/hub-1\nmetrics_file: {self.directory}/hub.prom\n" + common)
        self.hub = Process(self.program("broker", "liaison-hub"), hub, self.directory / "hub.log")
        for member in self.members:
            settings = self.directory / f"{member}.yaml"
            hook = f"hook: {self.hook}\n" if self.hook else ""
            settings.write_text(
                f"keys: {self.keys}/{member}/node\nstore: {self.directory}/{member}-store\n"
                f"control: {self.directory}/{member}\nmetrics_file: {self.directory}/{member}.prom\n"
                f"passphrase_file: {self.keys}/passphrases/{member}-node\n" + hook + anchor
                + self.statements([self.agreement()] if self.has_agreement else []) + "\n")
            self.nodes[member] = Process(
                self.program("node", "liaison-node"), settings, self.directory / f"{member}.log")

    def start(self):
        self.hub.start()
        for node in self.nodes.values():
            node.start()

    def stop(self):
        for process in [*self.nodes.values(), self.hub]:
            if process:
                process.stop()

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        self.ceremony()
        self.start()
        return self

    def __exit__(self, kind, error, trace):
        if kind is None:
            self.remove()
        else:
            self.stop()
            print(f"left for inspection: {self.directory}")

    # Asking -----------------------------------------------------------------------------------

    def run(self, member, *words, **options):
        """Runs `liaison` against a member's node."""
        environment = dict(os.environ, XDG_RUNTIME_DIR=str(self.directory), TZ="UTC",
                           LIAISON_CONTROL=str(self.directory / member))
        return subprocess.run([self.program("node/cli", "liaison"), *map(str, words)], env=environment,
                              capture_output=True, **options)

    def evidence(self, member, case):
        return self.run(member, "evidence", case, check=True).stdout

    def command(self, member, *words, text=None):
        """Its output, or Refused."""
        done = self.run(member, *words, input=text, text=True)
        if done.returncode != 0:
            raise Refused(done.returncode, done.stdout + done.stderr)
        return done.stdout

    def ask(self, member, *words, text=None):
        return json.loads(self.command(member, *words, "--json", text=text))

    def login(self, member, officer):
        self.command(member, "login", officer, "--passphrase-file", self.keys / "passphrases" / officer)

    def refer(self, member, draft):
        """Sends a draft (a path, or YAML text); the case's number."""
        if isinstance(draft, pathlib.Path):
            return self.ask(member, "refer", draft)["case"]
        return self.ask(member, "refer", "-", text=draft)["case"]

    def deliveries(self, member, case):
        """By addressee, how far this member's first event has come."""
        events = self.ask(member, "show", case)["events"]
        return {d["member"]: d["status"] for e in events if e["action"] == "REFER" for d in e["deliveries"]}

    def received(self, member, other):
        """The cases that `other` referred to `member`, each once; a doubled one is an error."""
        rows = [row["case"] for row in self.ask(member, "inbox") if row["from"] == other]
        assert len(rows) == len(set(rows)), "a case stands twice"
        return set(rows)

    def sent(self, member):
        return {row["case"] for row in self.ask(member, "outbox")}

    def passphrase(self, holder):
        return (self.keys / "passphrases" / holder).read_text().strip()

    def peer(self, member, other):
        return next(p for p in self.ask(member, "status")["peers"] if p["member"] == other)


def wait_until(condition, what, seconds=30):
    """Waits for something that other processes bring about; fails loudly, never silently."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except Refused:
            pass
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)
