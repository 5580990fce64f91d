"""The runbooks of docs/drills, run line by line at a terminal, with real daemons; between the lines is asked what each
step must have changed. Every drill has a federation of its own. The hub and Thailand's node run through all of them
without a restart, unless the page says so: what Cambodia's people do reaches them on the connections that stand.

usage: test_drills.py BUILD [DRILL ...]
"""

import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import rules
from federation import ROOT, Federation, Process, Refused, wait_until
from papers import Papers
from runbook import Runbook

DRILLS = ROOT / "docs" / "drills"
ROOTS = "KH-root-1", "KH-root-2"


class Drill(Federation):
    """Cambodia and Thailand; the papers are Cambodia's."""

    def __init__(self, build):
        super().__init__(build, members=("KH", "TH"))
        self.papers = self.keys / "KH"
        self.cases = 0

    def open_page(self, name):
        shutil.copy(self.keys / "roster", self.papers / "roster")
        shutil.copy(self.keys / "roster.yaml", self.papers / "roster.yaml")
        self.backup = self.directory / "backup"
        self.backup.mkdir(mode=0o700)
        return Runbook(
            DRILLS / f"{name}.md", self.papers, [self.build / "keys", self.build / "node", self.build / "node/cli"],
            {"KEYS": str(self.papers / "node"), "STORE": str(self.directory / "KH-store"),
             "SETTINGS": str(self.nodes["KH"].settings), "BACKUP": str(self.backup),
             "LIAISON_CONTROL": str(self.directory / "KH"), "XDG_RUNTIME_DIR": str(self.directory)},
            {"liaison-node": self.nodes["KH"], "liaison-hub": self.hub})

    def secrets(self, *holders):
        return [self.passphrase(holder) for holder in holders]

    def new_secret(self, holder):
        file = self.keys / "passphrases" / holder
        file.write_text(f"the passphrase of {holder}\n")
        file.chmod(0o600)
        return self.passphrase(holder)

    def edit(self, change):
        Papers(self, "KH").edit(change)

    def sealed(self, to, compartment):
        """A draft that is opened by one compartment's key alone."""
        self.cases += 1
        office = {"KH": "KH/kh-task-force", "TH": "TH/th-ahtd"}[to]
        return (f"to: [{office}]\nrequest: INFORMATION_REQUEST\npurpose: INVESTIGATION\ncontents: [INFORMATION]\nsections:\n"
                f"  {compartment}: {{asked: number {self.cases}}}\n")

    def refer_from(self, member, compartment="PROCEDURE"):
        """A referral that has arrived, been receipted and been opened at its other end."""
        other = {"KH": "TH", "TH": "KH"}[member]
        case = self.refer(member, self.sealed(other, compartment))
        wait_until(lambda: self.deliveries(member, case) == {other: "DELIVERED"}, f"{other}'s receipt", 60)
        self.command(other, "open", case)
        wait_until(lambda: len(self.ask(member, "show", case)["events"]) == 2, "the opening", 60)
        return case

    def states(self, member, case):
        """By event, how each of its sections shows to the officer who is logged in."""
        return [[section["state"] for section in event["sections"]]
                for event in self.ask(member, "show", case)["events"]]

    def refused(self, code, member, *words, text=None):
        try:
            self.command(member, *words, text=text)
        except Refused as refused:
            assert f"({code})" in refused.text, refused.text
            return
        raise AssertionError(f"not refused with {code}: {words}")

    def counterpart_has(self, version):
        wait_until(lambda: self.peer("TH", "KH")["manifest"] == version, f"manifest {version} at the counterpart")


def printed(text):
    """What a command printed as "name: value"."""
    return dict(re.findall(r"^(\w+): ([0-9a-f]{64})$", text, re.M))


def role_entries(text):
    """The lines that `role rotate` prints, by compartment."""
    return {m[1]: m[0] for m in re.finditer(r"^  - \{office: \S+, compartment: (\w+), key: \w+\}$", text, re.M)}


def entry_of(name, **fields):
    """The entry of a list in the source, with other fields."""
    def change(text):
        entry = re.search(rf"^  - id: {name}\n(    .*\n)*", text, re.M)[0]
        new = entry
        for field, value in fields.items():
            line = f"    {field}: {value}\n"
            new = re.sub(rf"^    {field}: .*\n", line, new, flags=re.M) if f"    {field}: " in new else new + line
        return text.replace(entry, new)
    return change


def with_officer(name, like, keys):
    """One more officer, in the office and roles of another, with these keys."""
    def change(text):
        entry = re.search(rf"^  - id: {like}\n(    .*\n)*", text, re.M)[0]
        new = entry.replace(f"id: {like}", f"id: {name}")
        for field in ("signing", "box"):
            new = re.sub(rf"{field}: \w+", f"{field}: {keys[field]}", new)
        return text.replace(entry, entry + re.sub(r"    status: .*\n", "", new))
    return change


def without(name):
    return lambda text: re.sub(rf"^  - id: {name}\n(    .*\n)*", "", text, flags=re.M)


def with_role_keys(entries):
    """The entries of these compartments exchanged."""
    def change(text):
        for compartment, line in entries.items():
            text, count = re.subn(rf"^  - office: \S+\n    compartment: {compartment}\n    key: \w+\n", line + "\n", text,
                                  flags=re.M)
            assert count == 1, compartment
        return text
    return change


def with_node_keys(keys, revoked=()):
    def change(text):
        for use in ("signing", "transport"):
            text = re.sub(rf"^  {use}: \w+$", f"  {use}: {keys[use]}", text, count=1, flags=re.M)
        if revoked:
            text += "node_keys:\n" + "".join(
                f"  - {{use: {use}, key: {key}, status: revoked}}\n" for use, key in revoked.items())
        return text
    return change


def node_keys_of(text):
    return dict(re.findall(r"^  (signing|transport): (\w+)$", text, re.M))


def log_in_both(drill):
    drill.login("KH", "kh-police-1")
    drill.login("TH", "th-police-1")


# Lost officer key --------------------------------------------------------------------------------


def lost_officer_key(drill):
    book = drill.open_page("officer-key-lost")
    log_in_both(drill)
    old_case = drill.refer_from("TH", "EVIDENCE")
    assert drill.ask("KH", "erase", old_case)["done"] is False  # the thief's word, as the first of two
    thief = shutil.copytree(drill.papers / "node", drill.directory / "stolen")
    book.run("Shut it at the node")
    drill.refused("NO_SESSION", "KH", "inbox")
    drill.refused("LOGIN", "KH", "login", "kh-police-1", "--passphrase-file", drill.keys / "passphrases/kh-police-1")
    keys = printed(book.run("New keys under a new name", drill.new_secret("kh-police-2")))
    book.variables["BOX"] = keys["box"]
    book.run("Let the new name read what the old one could", *drill.secrets("kh-police-1"))
    drill.edit(entry_of("kh-police-1", status="revoked"))
    drill.edit(with_officer("kh-police-2", "kh-police-1", keys))
    drill.edit(with_role_keys(role_entries(book.run("New role keys"))))
    shown = book.run("The manifest that revokes", *drill.secrets(*ROOTS))
    assert re.search(r"officer kh-police-1 .*REVOKED", shown), shown
    drill.counterpart_has(2)
    book.run("Look", *drill.secrets("kh-police-2"))
    assert drill.states("KH", old_case)[0] == ["OPEN"], "the new name must read what the old one could"
    drill.refer_from("KH")
    new_case = drill.refer_from("TH", "EVIDENCE")
    assert drill.states("KH", new_case)[0] == ["OPEN"]
    old_name_holds_nothing(drill, thief)
    drill.login("KH", "kh-welfare-1")
    assert drill.ask("KH", "erase", old_case)["done"] is False, "a revoked officer's word counted"
    book.is_done()


def old_name_holds_nothing(drill, thief):
    """With the stolen file the new role keys are not opened, and the name is not let into any manifest again."""
    papers = Papers(drill, "KH")
    roles = [path for path in (drill.papers / "node" / "roles").iterdir() if "CONTACT" not in path.name]
    told = papers.keys_command("role", "share", *roles, "--key", thief / "officers" / "kh-police-1.key", "--holder",
                               "kh-police-1=" + "11" * 32, holder="kh-police-1")
    assert len(roles) == 8 and told.count("not held by kh-police-1") == 8, told
    papers.edit(entry_of("kh-police-1", status="active"))
    try:
        papers.next_manifest()
    except AssertionError as said:
        assert "revoked in version 2" in str(said), said
    else:
        raise AssertionError("a revoked name is active again")


# Role keys recovered -----------------------------------------------------------------------------


def role_keys_recovered(drill):
    book = drill.open_page("role-key-recovery")
    log_in_both(drill)
    drill.edit(with_role_keys(role_entries(book.run("Arrange it beforehand"))))
    book.run("The manifest with it", *drill.secrets(*ROOTS))
    drill.counterpart_has(2)
    drill.login("KH", "kh-police-1")  # role keys are opened at the login
    case = drill.refer_from("TH", "EVIDENCE")
    assert drill.states("KH", case)[0] == ["OPEN"]
    (drill.papers / "node/officers/kh-police-1.key").unlink()  # the only holder's
    drill.login("KH", "kh-welfare-1")
    assert drill.states("KH", case)[0] == ["ROLE_KEY"]
    keys = printed(book.run("The new holder", drill.new_secret("kh-police-2")))
    drill.edit(with_officer("kh-police-2", "kh-police-1", keys))
    drill.edit(without("kh-police-1"))
    shown = book.run("The manifest with the new holder", *drill.secrets(*ROOTS))
    assert re.search(r"officer kh-police-1 .*retired", shown), shown
    too_few_shares_recover_nothing(drill)
    shown = book.run("Recover", *drill.secrets("kh-welfare-1", "kh-operator-1", "kh-welfare-1"))
    assert "held by kh-police-1 kh-police-2" in shown, shown
    book.variables["CASE"] = case
    shown = book.run("Look", *drill.secrets("kh-police-2"))
    assert "number 1" in shown, shown
    book.is_done()


def too_few_shares_recover_nothing(drill):
    file = drill.papers / "node/roles/kh-task-force-EVIDENCE-2.key"
    before = file.read_bytes()
    share = f"{drill.papers}/node/officers/kh-welfare-1.key={drill.keys}/passphrases/kh-welfare-1"
    for shares, code in (((share,), "TOO_FEW_SHARES"), ((share, share), "TOO_FEW_SHARES")):
        try:
            Papers(drill, "KH").keys_command("role", "recover", file, "--manifest", drill.papers / "manifest",
                                             "--holder", "kh-police-2", *(w for s in shares for w in ("--share", s)))
        except AssertionError as said:
            assert f"({code})" in str(said), said
        else:
            raise AssertionError("one officer alone has recovered a role key")
    assert file.read_bytes() == before


# Lost node ---------------------------------------------------------------------------------------


def lose_the_node(drill):
    """The disk is gone; the settings and statements come from their own places."""
    drill.nodes["KH"].kill()
    shutil.rmtree(drill.papers / "node")
    shutil.rmtree(drill.directory / "KH-store")


def all_is_back(drill, cases):
    wait_until(lambda: drill.peer("KH", "TH")["channel"] == "OPEN", "the counterpart's answer", 60)
    drill.login("KH", "kh-police-1")
    wait_until(lambda: cases <= drill.sent("KH") | drill.received("KH", "TH"), "the forgotten cases", 60)
    for case in cases:
        wait_until(lambda: len(drill.ask("KH", "show", case)["events"]) == 2, "its opening", 60)
        assert drill.states("KH", case)[0] == ["OPEN"]
    for case in cases & drill.sent("KH"):
        assert drill.deliveries("KH", case) == {"TH": "DELIVERED"}, "the receipts went with the disk"
    return {drill.refer_from("KH"), drill.refer_from("TH", "EVIDENCE")}


def lost_node(drill):
    book = drill.open_page("node-lost")
    log_in_both(drill)
    cases = {drill.refer_from("KH"), drill.refer_from("TH")}
    book.run("Backup of the store")
    book.run("Backup of the keys")
    assert sorted(path.name for path in (drill.backup / "keys").iterdir()) == ["node.key", "officers", "roles"]
    log_in_both(drill)
    cases |= {drill.refer_from("KH"), drill.refer_from("TH")}  # after the backup
    lose_the_node(drill)
    waiting = drill.refer("TH", drill.sealed("KH", "PROCEDURE"))  # sealed to an epoch key that is lost
    wait_until(lambda: drill.deliveries("TH", waiting) == {"KH": "AT_HUB"}, "the hub to take it")
    book.run("Put it back")
    cases |= all_is_back(drill, cases)
    wait_until(lambda: drill.deliveries("TH", waiting) == {"KH": "DELIVERED"}, "what was sealed to lost keys", 60)
    lose_the_node(drill)
    book.run("Put it back without a store")
    all_is_back(drill, cases)
    assert re.search(r"^TH +OPEN ", book.run("Look"), re.M)
    book.is_done()


# Compromised node --------------------------------------------------------------------------------


def copy_for_a_thief(drill):
    """A second machine with a copy of everything: keys, store, settings, statements; it runs, and is let in."""
    place = drill.directory / "thief"
    place.mkdir(mode=0o700)
    shutil.copytree(drill.papers / "node", place / "keys")
    shutil.copytree(drill.directory / "KH-store", place / "store")
    settings = place / "node.yaml"
    text = drill.nodes["KH"].settings.read_text()
    for ours, theirs in ((drill.papers / "node", place / "keys"), (drill.directory / "KH-store", place / "store"),
                         (drill.papers / "manifest", place / "manifest")):
        text = text.replace(str(ours), str(theirs))
    shutil.copy(drill.papers / "manifest", place / "manifest")
    text = re.sub(r"^control: .*$", f"control: {place}/door", text, flags=re.M)
    settings.write_text(re.sub(r"^metrics_file: .*\n", "", text, flags=re.M))
    return Process(drill.program("node", "liaison-node"), settings, place / "log")


def thief_commands(drill, *words, text=None):
    place = drill.directory / "thief"
    environment = {"XDG_RUNTIME_DIR": str(place), "LIAISON_CONTROL": str(place / "door"), "TZ": "UTC"}
    done = subprocess.run([drill.program("node/cli", "liaison"), *map(str, words)], env=environment, input=text,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.returncode, done.stdout + done.stderr)
    return done.stdout


def compromised_node(drill):
    book = drill.open_page("node-compromised")
    log_in_both(drill)
    cases = {drill.refer_from("KH"), drill.refer_from("TH")}
    thief = copy_for_a_thief(drill)
    drill.hub.stop()
    unsent = drill.refer("KH", drill.sealed("TH", "PROCEDURE"))
    wait_until(lambda: drill.peer("KH", "TH")["open_letters"] > 0, "the letter that the old key signs")
    book.run("Stop it")
    drill.hub.start()
    waiting = drill.refer("TH", drill.sealed("KH", "PROCEDURE"))
    wait_until(lambda: drill.deliveries("TH", waiting) == {"KH": "AT_HUB"}, "the hub to take it")
    thief.start()
    try:
        thief_is_shut_out(drill, book, thief)
    finally:
        thief.stop()
    book.run("Start")
    drill.login("KH", "kh-police-1")
    wait_until(lambda: drill.deliveries("KH", unsent) == {"TH": "DELIVERED"}, "what the old key had signed", 60)
    wait_until(lambda: waiting in drill.received("KH", "TH"), "what the thief has collected", 60)
    drill.refer_from("KH")
    drill.refer_from("TH")
    for case in cases:
        assert drill.states("KH", case)[0] == ["OPEN"]
    assert "READY" in book.run("Look")
    book.is_done()


def thief_is_shut_out(drill, book, thief):
    """The thief's connection stands when the manifest comes; its next frame is a stranger's, and what it signs is
    refused where it comes by stick."""
    wait_until(lambda: "READY" in thief_commands(drill, "status"), "the thief at the hub")
    old = node_keys_of((drill.papers / "manifest.yaml").read_text())
    new = printed(book.run("New node keys", *drill.secrets("KH-node")))
    drill.edit(with_node_keys(new, revoked=old))
    shown = book.run("The manifest that revokes", *drill.secrets(*ROOTS))
    assert len(re.findall(r"^  node .*REVOKED", shown, re.M)) == 2, shown
    running = drill.hub.child.pid, drill.nodes["TH"].child.pid
    book.run("Tell the hub")
    drill.counterpart_has(2)
    assert running == (drill.hub.child.pid, drill.nodes["TH"].child.pid)
    wait_until(lambda: "READY" not in thief_commands(drill, "status"), "the thief shut out", 90)
    what_comes_by_stick_is_refused(drill)


def what_comes_by_stick_is_refused(drill):
    """The thief has an officer's passphrase, too; and the officer is not revoked yet. The node is."""
    rows, before = drill.received("TH", "KH"), drill.ask("TH", "status")["refusals"].get("KEY_REVOKED", 0)
    stick = drill.directory / "stick"
    thief_commands(drill, "login", "kh-police-1", "--passphrase-file", drill.keys / "passphrases/kh-police-1")
    thief_commands(drill, "refer", "-", text=drill.sealed("TH", "PROCEDURE"))
    thief_commands(drill, "login", "kh-operator-1", "--passphrase-file", drill.keys / "passphrases/kh-operator-1")
    thief_commands(drill, "courier", "write", "TH", "--out", stick)
    drill.login("TH", "th-operator-1")
    drill.command("TH", "courier", "read", stick)
    drill.login("TH", "th-police-1")
    assert drill.received("TH", "KH") == rows
    assert drill.ask("TH", "status")["refusals"].get("KEY_REVOKED", 0) > before


# Rotation ----------------------------------------------------------------------------------------


def rotation(drill):
    book = drill.open_page("rotation")
    log_in_both(drill)
    cases = [drill.refer_from("KH"), drill.refer_from("TH", "IDENTITY")]
    for rotate in (rotate_officer, rotate_role, rotate_node, rotate_epoch, rotate_roots):
        rotate(drill, book)
        cases += [drill.refer_from("KH"), drill.refer_from("TH", "IDENTITY")]
        for case in cases:
            assert set(drill.states("KH", case)[0]) == {"OPEN"}, (rotate.__name__, case)
        print(f"  {rotate.__name__}", flush=True)
    book.is_done()


def new_manifest(drill, book, version, roots=ROOTS):
    book.run("The manifest", *drill.secrets(*roots))
    drill.counterpart_has(version)


def rotate_officer(drill, book):
    keys = printed(book.run("Officer", *drill.secrets("kh-police-1")))
    book.variables["BOX"] = keys["box"]
    book.run("Officer's role keys", *drill.secrets("kh-police-1"))
    drill.refer_from("KH")  # in the session that is open
    drill.edit(entry_of("kh-police-1", **keys))
    new_manifest(drill, book, 2)
    drill.refused("KEY_REVOKED", "KH", "inbox")
    drill.refused("KEY_REVOKED", "KH", "refer", "-", text=drill.sealed("TH", "PROCEDURE"))
    book.run("Officer's new file", *drill.secrets("kh-police-1"))


def rotate_role(drill, book):
    drill.edit(with_role_keys(role_entries(book.run("Role"))))
    new_manifest(drill, book, 3)
    drill.login("KH", "kh-police-1")


def rotate_node(drill, book):
    drill.edit(with_node_keys(printed(book.run("Node", *drill.secrets("KH-node")))))
    new_manifest(drill, book, 4)
    book.run("Node's new file")
    drill.login("KH", "kh-police-1")


def rotate_epoch(drill, book):
    before = drill.ask("KH", "status")["epoch"]
    book.run("Epoch")
    assert drill.ask("KH", "status")["epoch"] == before + 1
    drill.login("KH", "kh-police-1")


def rotate_roots(drill, book):
    old_roots = shutil.copytree(drill.papers, drill.directory / "old", ignore=lambda at, names: [
        name for name in names if not name.startswith("root-")])
    new_roots = ("KH-holder-3", "KH-holder-4")
    shown = book.run("Root", *[drill.new_secret(holder) for holder in new_roots])
    keys = re.findall(r"^root: (\w+)$", shown, re.M)
    source = drill.papers / "roster.yaml"
    source.write_text(with_roots(keys)(source.read_text()))
    book.run("Roster with new roots", *drill.secrets(*ROOTS, *new_roots))
    book.variables["OTHER"] = thailand_signs(drill)
    shown = book.run("Roster of all")
    (drill.papers / "fingerprint").write_text(re.search(r"member KH .*\n.*\n  fingerprint  ([\d ]+)$", shown, re.M)[1])
    settings = drill.nodes["KH"].settings
    second = shutil.copy(drill.papers / "roster-2", drill.directory / "roster-2")
    settings.write_text(settings.read_text().replace('federation/roster"', f'federation/roster", "{second}"', 1))
    book.run("Roster in force")
    wait_until(lambda: drill.ask("TH", "status")["roster"] == 2, "the roster at the counterpart")
    drill.login("KH", "kh-police-1")
    book.run("Old roots")
    old_roots_sign_nothing(drill, old_roots)
    new_manifest(drill, book, 5, new_roots)


def with_roots(keys):
    """The roster's next version, with other roots for the first member, Cambodia."""
    def change(text):
        text = text.replace("version: 1\n", "version: 2\n", 1)
        return re.sub(r"roots:\n(      - \w+\n)+", "roots:\n" + "".join(f"      - {key}\n" for key in keys), text, count=1)
    return change


def thailand_signs(drill):
    copy = shutil.copy(drill.papers / "roster.new", drill.directory / "roster.TH")
    Papers(drill, "TH").sign(copy)
    return str(copy)


def old_roots_sign_nothing(drill, old_roots):
    """Two of the old holders sign a manifest as well as they can."""
    papers, file = Papers(drill, "KH"), drill.directory / "by-old-roots"
    drill.edit(lambda text: text)
    papers.keys_command("manifest", "make", "--source", drill.papers / "manifest.yaml", "--previous",
                        drill.papers / "manifest", "--out", file)
    for number, holder in enumerate(ROOTS, 1):
        papers.keys_command("sign", file, "--key", old_roots / f"root-{number}.key", holder=holder)
    try:
        papers.keys_command("verify", file, "--roster", drill.papers / "roster", "--root",
                            (drill.papers / "fingerprint").read_text())
    except AssertionError as said:
        assert "(TOO_FEW_SIGNATURES)" in str(said), said
    else:
        raise AssertionError("the old roots still sign for the country")


ALL = [lost_officer_key, role_keys_recovered, lost_node, compromised_node, rotation]


def every_page_has_a_drill():
    names = {path.stem for path in DRILLS.glob("*.md")}
    used = set(re.findall(r'open_page\("([\w-]+)"\)', pathlib.Path(__file__).read_text()))
    assert names == used, names ^ used


def main():
    every_page_has_a_drill()
    for run in rules.chosen(ALL):
        with Drill(sys.argv[1]) as drill:
            rules.hold(run, drill)


if __name__ == "__main__":
    main()
