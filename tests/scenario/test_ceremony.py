"""The ceremony as two countries would hold it: each with its own keys and passphrases, signing copies of one roster
apart; then a hub and nodes start from what it made, and a referral crosses. And what people do wrong on the way.

usage: test_ceremony.py BUILD
"""

import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import Federation, free_port, wait_until

AGREEMENT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "agreements" / "th-kh-police.yaml"
COUNTRIES = {"KH": ("kh-office", "kh-police-1"), "TH": ("th-ahtd", "th-police-1")}
COMPARTMENTS = ("PROCEDURE", "IDENTITY", "LOGISTICS")
DRAFT = """to: [TH/th-ahtd]
request: VICTIM_LOCATE_OR_RESCUE
purpose: INVESTIGATION
contents: [VICTIM]
urgency: ROUTINE
sections:
  PROCEDURE: {asked: please find them}
"""


class Ceremony(Federation):
    """Step by step, as docs/operations.md says, instead of `liaison-keys federation`."""

    def __init__(self, build):
        super().__init__(build, members=("KH", "TH"))
        self.public = {}

    def keys_command(self, *words, holder=None):
        """Runs liaison-keys; what it prints as "name: value" lines, or AssertionError with what it said."""
        if holder:
            words += ("--passphrase-file", self.keys / "passphrases" / holder)
        done = subprocess.run([self.program("keys", "liaison-keys"), *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)

    def refused(self, code, *words, holder=None):
        try:
            self.keys_command(*words, holder=holder)
        except AssertionError as said:
            assert f"({code})" in str(said), f"expected {code}: {said}"
            return str(said)
        raise AssertionError(f"not refused: {words}")

    def new_holder(self, name):
        file = self.keys / "passphrases" / name
        file.write_text(f"the passphrase of {name}\n")
        file.chmod(0o600)
        return name

    def make_keys(self, member, office, officer):
        place = self.keys / member
        place.mkdir(mode=0o700)
        roots = [self.keys_command("root", "new", "--member", member, "--name", f"holder-{i}", "--out",
                                   place / f"root-{i}.key", holder=self.new_holder(f"{member}-holder-{i}"))["root"]
                 for i in (1, 2, 3)]
        node = self.keys_command("node", "new", "--member", member, "--out", place / "node",
                                 holder=self.new_holder(f"{member}-node"))
        person = self.keys_command("officer", "new", "--member", member, "--name", officer, "--out", place / "node",
                                   holder=self.new_holder(officer))
        roles = {compartment: self.keys_command("role", "new", "--office", office, "--compartment", compartment,
                                                "--holder", f"{officer}={person['box']}", "--out", place / "node")["key"]
                 for compartment in COMPARTMENTS}
        self.public[member] = {"roots": roots, "node": node, "officer": person, "roles": roles}

    def make_roster(self):
        hub = self.keys_command("hub", "new", "--name", "hub-1", "--out", self.keys / "hub-1.key",
                                holder=self.new_holder("hub-1"))["key"]
        source = self.keys / "roster.yaml"
        source.write_text("federation: new\nversion: 1\ntitle: two countries\nthreshold: 2\nmembers:\n" + "".join(
            f"  - {{id: {member}, title: Country {member}, threshold: 2, roots: [{', '.join(public['roots'])}]}}\n"
            for member, public in self.public.items())
            + f"hubs:\n  - {{id: hub-1, endpoints: ['{self.endpoint}'], key: {hub}}}\n")
        self.keys_command("roster", "make", "--source", source, "--out", self.keys / "roster.unsigned")

    def sign_apart(self, member, file, out, holders=(1, 3)):
        """Two of three holders, each on a copy of their own; then merged."""
        copies = []
        for holder in holders:
            copy = self.keys / f"{member}-copy-{holder}"
            shutil.copy(file, copy)
            self.keys_command("sign", copy, "--key", self.keys / member / f"root-{holder}.key",
                              holder=f"{member}-holder-{holder}")
            copies.append(copy)
        self.keys_command("merge", *copies, "--out", out)
        for copy in copies:
            copy.unlink()

    def make_manifest(self, member, office, officer):
        public, source = self.public[member], self.keys / f"{member}.yaml"
        federation = next(line.split()[1] for line in subprocess.run(
            [self.program("keys", "liaison-keys"), "show", self.keys / "roster"], capture_output=True, text=True,
            check=True).stdout.splitlines() if line.startswith("  federation "))
        source.write_text(
            f"federation: {federation}\nmember: {member}\nversion: 1\n"
            f"node: {{signing: {public['node']['signing']}, transport: {public['node']['transport']}}}\n"
            f"collections:\n  - {{hub: hub-1, priority: 10}}\n"
            f"offices:\n  - {{id: {office}, title: An office, kind: TASK_FORCE}}\n"
            f"officers:\n  - {{id: {officer}, office: {office}, roles: [POLICE], "
            f"signing: {public['officer']['signing']}, box: {public['officer']['box']}}}\nrole_keys:\n"
            + "".join(f"  - {{office: {office}, compartment: {compartment}, key: {key}}}\n"
                      for compartment, key in public["roles"].items()))
        unsigned = self.keys / member / "manifest.unsigned"
        self.keys_command("manifest", "make", "--source", source, "--out", unsigned)
        self.refused("TOO_FEW_SIGNATURES", "verify", unsigned, "--roster", self.keys / "roster", "--root",
                     self.fingerprint(member))
        self.sign_apart(member, unsigned, self.keys / member / "manifest")

    def write_fingerprints(self):
        shown = subprocess.run([self.program("keys", "liaison-keys"), "show", self.keys / "roster"],
                               capture_output=True, text=True, check=True).stdout
        digits = [line.split("fingerprint")[1].strip() for line in shown.splitlines() if "fingerprint " in line]
        for member, fingerprint in zip(COUNTRIES, digits, strict=True):
            (self.keys / member / "fingerprint").write_text(fingerprint)

    def statements(self, agreements=()):
        names = [*(self.keys / name for name in ("roster", "KH/manifest", "TH/manifest")), *agreements]
        return str([str(name) for name in names]).replace("'", '"')

    def make_agreement(self):
        """The example for these two countries, signed by each apart, and merged."""
        unsigned, signed = self.keys / "agreement.unsigned", self.agreement()
        signed.parent.mkdir()
        self.keys_command("agreement", "make", "--source", AGREEMENT, "--roster", self.keys / "roster", "--out", unsigned)
        for member in COUNTRIES:
            self.sign_apart(member, unsigned, self.keys / f"agreement.{member}")
        self.keys_command("merge", self.keys / "agreement.KH", self.keys / "agreement.TH", "--out", signed)

    def ceremony(self):
        self.endpoint = f"tcp://127.0.0.1:{free_port()}"
        (self.keys / "passphrases").mkdir(parents=True, mode=0o700)
        for member, (office, officer) in COUNTRIES.items():
            self.make_keys(member, office, officer)
        self.make_roster()
        for member in COUNTRIES:
            self.sign_apart(member, self.keys / "roster.unsigned", self.keys / f"roster.{member}")
        self.keys_command("merge", self.keys / "roster.KH", self.keys / "roster.TH", "--out", self.keys / "roster")
        self.write_fingerprints()
        for member, (office, officer) in COUNTRIES.items():
            self.make_manifest(member, office, officer)
        self.make_agreement()
        self.write_settings()


def everything_verifies(federation):
    roster = federation.keys / "roster"
    for member in COUNTRIES:
        fingerprint = federation.fingerprint(member)
        assert len(fingerprint.replace(" ", "")) == 40
        federation.keys_command("verify", roster, "--root", fingerprint)
        federation.keys_command("verify", federation.keys / member / "manifest", "--roster", roster,
                                "--root", fingerprint)
        federation.keys_command("verify", federation.keys / member / "node" / "node.key", holder=f"{member}-node")
        shown = federation.keys_command("verify", federation.agreement(), "--roster", roster, "--root", fingerprint)
        assert [shown[f"  {party}"] for party in COUNTRIES] == ["signed", "signed"], shown


def ceremony_program_has_no_network_code(federation):
    program = federation.program("keys", "liaison-keys")
    needed = subprocess.run(["readelf", "--dynamic", "--wide", program], capture_output=True, text=True, check=True).stdout
    assert "libsodium" in needed and "zmq" not in needed, needed
    symbols = subprocess.run(["nm", "--dynamic", "--undefined-only", program], capture_output=True, text=True,
                             check=True).stdout
    called = {line.split()[-1].split("@")[0] for line in symbols.splitlines()}
    assert "open" in called or "open64" in called, symbols
    assert not called & {"socket", "connect", "bind", "getaddrinfo"}, called


def files_with_secrets_are_closed_and_sealed(federation):
    for file in federation.keys.rglob("*.key"):
        assert file.stat().st_mode & 0o077 == 0, f"{file.name} can be read by others"
    federation.keys_command("verify", federation.keys / "KH" / "root-1.key", holder="KH-holder-1")
    (federation.keys / "KH" / "root-1.key").chmod(0o640)
    federation.refused("FILE_MODE", "verify", federation.keys / "KH" / "root-1.key", holder="KH-holder-1")
    (federation.keys / "KH" / "root-1.key").chmod(0o600)


def mistakes_have_codes_and_name_the_file(federation):
    keys = federation.keys
    roster, root = keys / "roster", keys / "KH" / "root-1.key"
    fingerprint = federation.fingerprint("KH")
    said = federation.refused("EXISTS", "root", "new", "--member", "KH", "--name", "h", "--out", root,
                              holder="KH-holder-1")
    assert str(root) in said
    said = federation.refused("NOT_FOUND", "verify", keys / "nothing", "--root", fingerprint)
    assert "nothing" in said
    federation.refused("PASSPHRASE", "sign", roster, "--key", root, holder="KH-holder-2")
    federation.refused("NOT_ANCHORED", "verify", roster)
    other = ("1" if fingerprint[0] == "0" else "0") + fingerprint[1:]
    federation.refused("FINGERPRINT", "verify", roster, "--root", other)
    federation.refused("TOO_FEW_SIGNATURES", "verify", keys / "roster.KH", "--root", fingerprint)
    federation.refused("TOO_FEW_SIGNATURES", "verify", keys / "agreement.KH", "--roster", roster, "--root", fingerprint)
    federation.refused("NOT_ANCHORED", "verify", federation.agreement())
    federation.refused("FORK", "merge", roster, keys / "KH" / "manifest", "--out", keys / "merged")
    federation.refused("WRONG_TYPE", "sign", roster, "--key", keys / "hub-1.key", holder="hub-1")


def mistakes_at_the_command_line_say_what_is_meant(federation):
    program = federation.program("keys", "liaison-keys")
    done = subprocess.run([program, "root", "new", "--member", "KH", "--name", "h", "--out",
                           federation.keys / "never.key"], stdin=subprocess.DEVNULL, capture_output=True, text=True, start_new_session=True)
    assert done.returncode == 1 and "--passphrase-file" in done.stderr, done
    done = subprocess.run([program, "roots", "new"], capture_output=True, text=True)
    assert done.returncode == 2 and "roots new is not a command" in done.stderr, done
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program, "show", federation.keys / "roster"], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1, "what was to be compared was not printed"


def text_in_a_file_cannot_begin_a_line(federation):
    """Or a title could look like another country's fingerprint to those who are to sign."""
    forged = "fingerprint  11111 22222 33333 44444 55555 66666 77777 88888"
    source, out = federation.keys / "forged.yaml", federation.keys / "forged"
    for old, new in (("title: two countries", f'title: "two\\n  {forged}"'),
                     ("title: Country TH", f'title: "TH\\n  {forged}"')):
        source.write_text((federation.keys / "roster.yaml").read_text().replace(old, new))
        federation.keys_command("roster", "make", "--source", source, "--out", out)
        shown_in_one_line(federation, out, forged)
        out.unlink()
    agreement = AGREEMENT.read_text()
    title = next(line for line in agreement.splitlines() if line.startswith("title:"))
    source = federation.keys / "forged-agreement.yaml"
    for text in AGREEMENT.parent.glob(f"{AGREEMENT.stem}*.txt"):
        shutil.copy(text, source.parent)
    source.write_text(agreement.replace(title, f'title: "two\\n  {forged}"'))
    federation.keys_command("agreement", "make", "--source", source, "--roster", federation.keys / "roster", "--out", out)
    shown_in_one_line(federation, out, forged)


def shown_in_one_line(federation, file, forged):
    shown = subprocess.run([federation.program("keys", "liaison-keys"), "show", file], capture_output=True, text=True,
                           check=True).stdout
    assert forged in shown, shown
    assert not any(line.strip().startswith("fingerprint  11111") for line in shown.splitlines()), shown


def changed_files_are_refused(federation):
    roster = (federation.keys / "roster").read_bytes()
    fingerprint, file = federation.fingerprint("KH"), federation.keys / "changed"
    for at in range(0, len(roster), 7):
        file.write_bytes(roster[:at] + bytes([roster[at] ^ 0x20]) + roster[at + 1:])
        done = subprocess.run([federation.program("keys", "liaison-keys"), "verify", file, "--root", fingerprint],
                              capture_output=True, text=True)
        assert done.returncode == 1 and "rule:" in done.stderr, f"byte {at}: {done}"
    for size in range(0, len(roster), 50):
        file.write_bytes(roster[:size])
        done = subprocess.run([federation.program("keys", "liaison-keys"), "verify", file, "--root", fingerprint],
                              capture_output=True, text=True)
        assert done.returncode == 1, f"cut to {size}: {done}"


def referral_crosses_on_these_keys(federation):
    federation.start()
    federation.login("KH", "kh-police-1")
    federation.login("TH", "th-police-1")
    case = federation.refer("KH", DRAFT)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    federation.command("TH", "open", case)
    section = federation.ask("TH", "show", case)["events"][0]["sections"][0]
    assert section["state"] == "OPEN", section


def main():
    federation = Ceremony(sys.argv[1])
    federation.ceremony()
    for rule in (everything_verifies, ceremony_program_has_no_network_code,
                 files_with_secrets_are_closed_and_sealed, mistakes_have_codes_and_name_the_file,
                 mistakes_at_the_command_line_say_what_is_meant, text_in_a_file_cannot_begin_a_line,
                 changed_files_are_refused, referral_crosses_on_these_keys):
        rule(federation)
        print(rule.__name__, flush=True)
    federation.remove()


if __name__ == "__main__":
    main()
