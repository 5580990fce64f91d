"""A country joins and a country leaves, by the runbooks of docs/members, run line by line with real daemons. Between
the lines is asked what each step must have changed, and what somebody could try who is not that country.

usage: test_members.py BUILD
"""

import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, Process, Refused, wait_until
from runbook import Runbook

PAGES = ROOT / "docs" / "members"
OLD = {"KH": ("kh-police-1", "kh-welfare-1"), "TH": ("th-police-1", "th-welfare-1")}
NEWCOMER = "  - {id: LA, title: Lao PDR, threshold: 2, roots: [%s]}\n"
DRAFT = ("to: [%s]\nrequest: INFORMATION_REQUEST\npurpose: INVESTIGATION\ncontents: [INFORMATION]\nsections:\n"
         "  PROCEDURE: {asked: %s}\n")
OFFICES = {"KH": "KH/kh-task-force", "TH": "TH/th-ahtd", "LA": "LA/la-office"}
MANIFEST = """federation: {federation}
member: LA
node: {{signing: {node[signing]}, transport: {node[transport]}}}
collections:
  - {{hub: hub-1, priority: 10}}
offices:
  - {{id: la-office, title: Anti-Trafficking Department, kind: LAW_ENFORCEMENT}}
officers:
  - {{id: la-police-1, office: la-office, roles: [POLICE, OPERATOR], signing: {police[signing]}, box: {police[box]}}}
  - {{id: la-welfare-1, office: la-office, roles: [WELFARE], signing: {welfare[signing]}, box: {welfare[box]}}}
role_keys:
"""


def printed(text):
    """What a command printed as "name: value", one dictionary for each run of names that repeats none."""
    found = [{}]
    for name, value in re.findall(r"^(\w+): ([0-9a-f]{64})$", text, re.M):
        if name in found[-1]:
            found.append({})
        found[-1][name] = value
    return found


class Members(Federation):
    """Cambodia and Thailand have nodes; Myanmar is a member that sleeps; Laos comes and goes."""

    def __init__(self, build):
        super().__init__(build, members=("KH", "TH"))

    def ceremony(self):
        super().ceremony()
        (self.keys / "LA").mkdir(mode=0o700)
        for member in OLD:
            shutil.copy(self.keys / "roster.yaml", self.keys / member / "roster.yaml")
            shutil.copy(self.keys / "roster", self.keys / member / "roster")

    def open_page(self, name):
        return Runbook(PAGES / f"{name}.md", self.keys, [self.build / "keys", self.build / "node/cli"], {}, {})

    def turn(self, book, heading, member, *holders):
        """It is this country's turn (None: the hub's operator's): its directory, its node, its passphrases."""
        book.directory = self.keys / (member or "")
        book.variables.update(KEYS=str(book.directory / "node"), XDG_RUNTIME_DIR=str(self.directory),
                              LIAISON_CONTROL=str(self.directory / (member or "")))
        book.daemons = {"liaison-hub": self.hub, "liaison-node": self.nodes.get(member)}
        return book.run(heading, *(self.passphrase(holder) for holder in holders))

    def new_secret(self, holder):
        file = self.keys / "passphrases" / holder
        file.write_text(f"the passphrase of {holder}\n")
        file.chmod(0o600)
        return holder

    def refer_to(self, member, *others, what="a question"):
        return self.refer(member, DRAFT % (", ".join(OFFICES[other] for other in others), what))

    def delivered(self, member, case, other):
        wait_until(lambda: self.deliveries(member, case)[other] == "DELIVERED", f"the receipt of {other}", 60)

    def refused(self, code, member, *words, text=None):
        try:
            self.command(member, *words, text=text)
        except Refused as refused:
            assert f"({code})" in refused.text, refused.text
            return
        raise AssertionError(f"not refused with {code}: {words}")

    def standing(self, member, other):
        return self.peer(member, other)["channel"]

    def has_manifest(self, member, version):
        return any(peer["member"] == "LA" and peer["manifest"] == version for peer in self.ask(member, "status")["peers"])


def roots_of(member):
    return [f"{member}-root-{number}" for number in (1, 2)]


# Joining -----------------------------------------------------------------------------------------


def make_newcomer(federation, book):
    """Laos' keys; what was printed of them."""
    made = {}
    text = federation.turn(book, "Laos: roots", "LA", *map(federation.new_secret, roots_of("LA")))
    made["roots"] = re.findall(r"^root: (\w+)$", text, re.M)
    holders = map(federation.new_secret, ("LA-node", "la-police-1", "la-welfare-1"))
    made["node"], made["police"], made["welfare"] = printed(
        federation.turn(book, "Laos: node and officers", "LA", *holders))
    book.variables.update(POLICE_BOX=made["police"]["box"], WELFARE_BOX=made["welfare"]["box"])
    made["roles"] = re.findall(r"^key: (\w+)$", federation.turn(book, "Laos: role keys", "LA"), re.M)
    return made


def change_roster(federation, book, version, change, make, sign, join, signers):
    """The next version, from Cambodia's changed source, signed by each in turn and put together."""
    source = federation.keys / "KH" / "roster.yaml"
    text = re.sub(r"^version: \d+", f"version: {version}", change(source.read_text()), flags=re.M)
    source.write_text(text)
    federation.turn(book, make, "KH")
    each_signs(federation, book, "roster", sign, signers)
    federation.turn(book, join, "KH")


def each_signs(federation, book, name, heading, signers):
    """Each on a copy of Cambodia's NAME.unsigned; they come back as NAME.MEMBER."""
    blank = (federation.keys / "KH" / f"{name}.unsigned").read_bytes()
    for member in signers:
        copy = federation.keys / member / f"{name}.unsigned"
        copy.write_bytes(blank)
        federation.turn(book, heading, member, *roots_of(member))
        copy.replace(federation.keys / "KH" / f"{name}.{member}")


def hand_out(federation, *members):
    """The roster as files go: to the hub, and to each country's papers."""
    new = federation.keys / "KH" / "roster"
    for place in (federation.keys, *(federation.keys / member for member in members)):
        shutil.copy(new, place / "roster.copy")
        (place / "roster.copy").replace(place / "roster")


def make_manifest(federation, book, made):
    shown = subprocess.run([federation.program("keys", "liaison-keys"), "show", federation.keys / "LA" / "roster"],
                           capture_output=True, text=True, check=True).stdout
    digits = re.search(r"^member LA .*?fingerprint +([\d ]+)$", shown, re.M | re.S)[1]
    (federation.keys / "LA" / "fingerprint").write_text(digits)
    source = MANIFEST.format(federation=re.search(r"federation (\w{26})", shown)[1], **made)
    source += "".join(f"  - {{office: la-office, compartment: {name}, key: {key}}}\n"
                      for name, key in zip(("PROCEDURE", "IDENTITY"), made["roles"], strict=True))
    (federation.keys / "LA" / "manifest.yaml").write_text(source)
    federation.turn(book, "Laos: manifest", "LA", *roots_of("LA"))


def make_agreement(federation, book):
    """That of the exercises, with Laos in Myanmar's place."""
    papers = federation.keys / "KH"
    text = (ROOT / "docs/examples/exercise-agreement.yaml").read_text()
    (papers / "agreement.yaml").write_text(text.replace("id: exercise", "id: with-laos").replace("TH, MM]", "TH, LA]"))
    shutil.copy(ROOT / "docs/examples/exercise-agreement.txt", papers)
    federation.turn(book, "Cambodia: an agreement", "KH")
    each_signs(federation, book, "agreement", "Each party: sign the agreement", ("KH", "TH", "LA"))
    federation.turn(book, "Cambodia: put the agreement together", "KH")


def add_statement(daemon, last, *more):
    """One more file among its statements, behind the last."""
    text, end = daemon.settings.read_text(), f'"{last}"]'
    assert end in text
    daemon.settings.write_text(text.replace(end, ", ".join([end[:-1], *(f'"{file}"' for file in more)]) + "]"))


def make_node(federation):
    settings = federation.directory / "LA.yaml"
    text = federation.nodes["KH"].settings.read_text()
    text = text.replace(f"{federation.directory}/KH", f"{federation.directory}/LA").replace("/KH/node", "/LA/node")
    text = text.replace("passphrases/KH-node", "passphrases/LA-node")
    text = re.sub(r"^fingerprint: .*$", f'fingerprint: "{federation.fingerprint("LA")}"', text, flags=re.M)
    settings.write_text(text.replace(f'"{federation.agreement()}"', f'"{federation.keys}/LA/manifest"'))
    federation.nodes["LA"] = Process(federation.program("node", "liaison-node"), settings, federation.directory / "LA.log")


def country_joins(federation):
    book = federation.open_page("country-joins")
    made = make_newcomer(federation, book)
    change_roster(federation, book, 2, lambda text: text.replace("hubs:", NEWCOMER % ", ".join(made["roots"]) + "hubs:"),
                  "Cambodia: the next roster", "Each country: sign", "Cambodia: put together", ("KH", "TH", "LA"))
    hand_out(federation, "TH", "LA")
    make_manifest(federation, book, made)
    make_agreement(federation, book)
    add_statement(federation.hub, federation.keys / "MM" / "manifest", federation.keys / "LA" / "manifest")
    federation.turn(book, "The hub", None)
    for member in OLD:
        wait_until(lambda: federation.ask(member, "status")["roster"] == 2, f"the second roster at {member}")
        add_statement(federation.nodes[member], federation.agreement(), federation.keys / "KH" / "agreement")
        federation.turn(book, "Each other party: the agreement", member)
    make_node(federation)
    federation.turn(book, "Laos: start", "LA")
    for member in OLD:
        wait_until(lambda: federation.has_manifest(member, 1), f"Laos' manifest at {member}")
    waiting = newcomer_is_kept_waiting(federation)
    whoever_is_not_the_newcomer_is_refused(federation)
    federation.login("KH", "kh-police-1")
    digits = federation.fingerprint("LA")
    book.variables.update(HEARD_BY_THE_FIRST=digits, HEARD_BY_THE_SECOND=digits.replace(" ", "-"))
    shown = federation.turn(book, "Each other country: compare", "KH", *OLD["KH"])
    assert re.search(r"^LA +2 of 2 +ACCEPTED +kh-police-1, kh-welfare-1 +" + digits, shown, re.M), shown
    what_waited_comes(federation, waiting)
    shown = federation.turn(book, "Look", "KH")
    assert re.search(r"^LA +OPEN", shown, re.M) and "root accept" not in shown, shown
    book.is_done()


def newcomer_is_kept_waiting(federation):
    """What Laos sends stays at the hub, in a stick's file too; nothing is sent to it. The rest goes on."""
    federation.login("LA", "la-police-1")
    for member, officers in OLD.items():
        federation.login(member, officers[0])
    waiting = federation.refer_to("LA", "KH", "TH", what="can you see this")
    wait_until(lambda: federation.ask("KH", "status")["refusals"].get("ROOT_NOT_ACCEPTED", 0) > 0, "a kept letter")
    assert federation.received("KH", "LA") == set()
    assert federation.standing("KH", "LA") == "ROOT_NOT_ACCEPTED"
    assert "liaison root accept LA" in federation.command("KH", "status")
    stick = federation.directory / "stick"
    federation.command("LA", "courier", "write", "KH", "--out", stick)
    federation.login("KH", "kh-operator-1")
    result = federation.ask("KH", "courier", "read", stick)
    assert (result["taken"], result["refused"] > 0) == (0, True), result
    federation.refused("ROOT_NOT_ACCEPTED", "KH", "courier", "write", "LA", "--out", federation.directory / "no")
    federation.login("KH", "kh-police-1")
    federation.refused("ROOT_NOT_ACCEPTED", "KH", "refer", "-", text=DRAFT % (OFFICES["LA"], "no"))
    federation.nodes["KH"].reload()
    wait_until(lambda: 'liaison_node_not_trusted{member="LA"} 48' in (federation.directory / "KH.prom").read_text(),
               "the metric")
    federation.delivered("KH", federation.refer_to("KH", "TH"), "TH")
    assert set(federation.deliveries("LA", waiting).values()) == {"AT_HUB"}
    return waiting


def whoever_is_not_the_newcomer_is_refused(federation):
    """Wrong digits, one officer twice, an officer without the right; and what was begun outlasts a restart."""
    digits = federation.fingerprint("LA")
    accept = "root", "accept", "LA", "--fingerprint"
    rows = {row["member"]: row for row in federation.ask("KH", "root", "list")}
    assert rows["LA"]["standing"] == "ROOT_NOT_ACCEPTED" and rows["LA"]["fingerprint"] == ""
    assert rows["TH"]["standing"] == "FROM THE START" and rows["TH"]["fingerprint"] == federation.fingerprint("TH").strip()
    for shown in (federation.command("KH", "root", "list"), federation.command("KH", "status")):
        assert digits not in shown, "digits on the screen would be copied"
    federation.refused("FINGERPRINT", "KH", *accept, federation.fingerprint("TH"))
    federation.refused("FINGERPRINT", "KH", *accept, digits[:-1] + str((int(digits[-1]) + 1) % 10))
    federation.refused("FINGERPRINT", "KH", *accept, digits[:-6])
    federation.refused("NOT_A_MEMBER", "KH", "root", "accept", "VN", "--fingerprint", digits)
    federation.login("KH", "kh-operator-1")
    federation.refused("ROLE", "KH", *accept, digits)
    federation.login("KH", "kh-welfare-1")
    assert federation.ask("KH", *accept, digits) == {"member": "LA", "officers": 1, "accepted": False}
    federation.refused("SAME_OFFICER", "KH", *accept, digits)
    federation.nodes["KH"].kill()
    federation.nodes["KH"].start()
    federation.login("KH", "kh-welfare-1")
    federation.refused("SAME_OFFICER", "KH", *accept, digits)
    assert federation.standing("KH", "LA") == "ROOT_NOT_ACCEPTED"
    forget_the_first_vote(federation)


def forget_the_first_vote(federation):
    """A vote is good for a day: Cambodia's clock goes on by two, and its officers begin again."""
    node = federation.nodes["KH"]
    node.stop()
    faults = node.preload_faults(federation.build)
    faults.write_text(f"clock {2 * 86400}")
    node.start()


def what_waited_comes(federation, waiting):
    federation.login("KH", "kh-police-1")
    wait_until(lambda: waiting in federation.received("KH", "LA"), "the letter that waited", 60)
    wait_until(lambda: federation.deliveries("LA", waiting) == {"KH": "DELIVERED", "TH": "AT_HUB"}, "one receipt", 60)
    stick = federation.directory / "stick"
    federation.login("KH", "kh-operator-1")
    federation.command("KH", "courier", "read", stick)  # what was refused in it is known by now
    federation.login("KH", "kh-police-1")
    assert federation.received("KH", "LA") == {waiting}
    federation.command("KH", "open", waiting)
    federation.delivered("KH", federation.refer_to("KH", "LA"), "LA")
    node = federation.nodes["KH"]
    node.stop()
    node.environment = {}
    node.start()
    assert federation.standing("KH", "LA") == "OPEN"
    federation.login("KH", "kh-police-1")


def party_that_is_not_accepted_holds_up_no_other(federation):
    """Thailand has not accepted Laos yet: it works with Cambodia on a case to which Laos is a party."""
    case = federation.shared = federation.refer_to("KH", "TH", "LA", what="all three")
    federation.delivered("KH", case, "TH")
    federation.delivered("KH", case, "LA")
    federation.command("TH", "open", case)
    federation.command("TH", "answer", case, "--section", "PROCEDURE.answer=yes")
    federation.command("LA", "open", case)
    wait_until(lambda: len(federation.ask("KH", "show", case)["events"]) == 4, "Thailand's answer at Cambodia", 60)
    assert [event["action"] for event in federation.ask("TH", "show", case)["events"]] == ["REFER", "OPEN", "ANSWER"]
    assert all(event["action"] != "ANSWER" for event in federation.ask("LA", "show", case)["events"])
    digits = federation.fingerprint("LA")
    for officer in OLD["TH"]:
        federation.login("TH", officer)
        federation.command("TH", "root", "accept", "LA", "--fingerprint", digits)
    federation.login("TH", "th-police-1")
    for member in ("TH", "LA"):
        wait_until(lambda: len(federation.ask(member, "show", case)["events"]) == 4, f"the rest at {member}", 60)
    sealed = next(event for event in federation.ask("LA", "show", case)["events"] if event["action"] == "ANSWER")
    assert [section["state"] for section in sealed["sections"]] == ["ROLE_KEY"], "it was sealed before the acceptance"


def rotated_root_needs_no_second_comparison(federation):
    place, tool = federation.keys / "LA", federation.program("keys", "liaison-keys")

    def keys(*words, holder=None):
        words += ("--passphrase-file", federation.keys / "passphrases" / holder) if holder else ()
        return subprocess.run([tool, *map(str, words)], check=True, capture_output=True, text=True).stdout
    federation.new_secret("LA-root-3")
    new = re.search(r"^root: (\w+)$", keys("root", "new", "--member", "LA", "--name", "holder-3", "--out",
                                           place / "root-3.key", holder="LA-root-3"), re.M)[1]
    source = federation.keys / "KH" / "roster.yaml"
    text = source.read_text().replace("version: 2", "version: 3")
    source.write_text(re.sub(r"(id: LA, .*roots: \[)\w+", rf"\g<1>{new}", text))
    made = federation.keys / "KH" / "roster.new"
    keys("roster", "make", "--source", source, "--previous", federation.keys / "KH" / "roster", "--out", made)
    for holder in (*roots_of("KH"), *roots_of("TH"), *roots_of("LA"), "LA-root-3"):
        member, number = holder.split("-root-")
        keys("sign", made, "--key", federation.keys / member / f"root-{number}.key", holder=holder)
    made.replace(federation.keys / "KH" / "roster")
    hand_out(federation, "TH", "LA")
    federation.hub.reload()
    for member in ("KH", "TH", "LA"):
        wait_until(lambda: federation.ask(member, "status")["roster"] == 3, f"the third roster at {member}")
    assert (federation.standing("KH", "LA"), federation.standing("TH", "LA")) == ("OPEN", "OPEN")
    federation.delivered("KH", federation.refer_to("KH", "LA"), "LA")
    federation.delivered("LA", federation.refer_to("LA", "TH"), "TH")
    (place / "root-3.key").replace(place / "root-1.key")  # its holder is the first now
    shutil.copy(federation.keys / "passphrases" / "LA-root-3", federation.keys / "passphrases" / "LA-root-1")
    shown = keys("show", place / "roster")
    (place / "fingerprint").write_text(re.search(r"^member LA .*?fingerprint +([\d ]+)$", shown, re.M | re.S)[1])


# Leaving -----------------------------------------------------------------------------------------


def country_leaves(federation):
    book = federation.open_page("country-leaves")
    case = federation.refer_to("KH", "LA", what="still open when Laos leaves")
    federation.delivered("KH", case, "LA")
    federation.command("LA", "open", case)
    assert "still open" not in federation.turn(book, "Both: finish, or hand back", "LA")
    assert case in federation.received("LA", "KH")
    book.variables.update(CASE=case, FINGERPRINT=federation.fingerprint("TH"))
    (federation.keys / "LA" / "handed-back.yaml").write_text(
        "sections:\n  PROCEDURE: {done: the house was found empty, goes_on: Interpol Vientiane}\n")
    federation.turn(book, "Laos: hand a case back", "LA")
    wait_until(lambda: [event["action"] for event in federation.ask("KH", "show", case)["events"]]
               == ["REFER", "OPEN", "ANSWER", "CLOSE"], "the case handed back", 60)
    for member in ("KH", "LA"):
        assert "everything in this bundle holds" in federation.turn(book, "Both: keep the proof", member)
        if member == "KH":
            (federation.keys / "KH" / "case.evidence").replace(federation.directory / "early.evidence")
    for member, other in (("KH", "LA"), ("TH", "LA"), ("LA", "KH"), ("LA", "TH")):
        wait_until(lambda: [federation.peer(member, other)[name] for name in ("waiting", "open_letters", "missing")]
                   == [0, 0, 0], f"nothing on its way from {member} to {other}", 60)
    federation.turn(book, "Both: nothing is on its way", "LA")
    retire_keys(federation, book)
    change_roster(federation, book, 4, lambda text: re.sub(r"^  - \{id: LA, .*\n", "", text, flags=re.M),
                  "Cambodia: the roster without it", "Each country that stays: sign", "Cambodia: put together",
                  ("KH", "TH"))
    hand_out(federation, "TH")
    federation.turn(book, "The hub", None)
    for member in OLD:
        wait_until(lambda: federation.standing(member, "LA") == "NOT_A_MEMBER", f"the roster without Laos at {member}")
    nothing_goes_to_whom_left(federation, case)
    shown = federation.turn(book, "Who stays: look", "KH")
    assert re.search(r"^LA +NOT_A_MEMBER", shown, re.M) and "WARNING: LA" not in shown, shown
    hand_out(federation, "LA")
    archive_is_kept(federation, book, case)
    book.is_done()


def retire_keys(federation, book):
    source = federation.keys / "LA" / "manifest.yaml"
    text = re.sub(r"^role_keys:\n(  - .*\n)*", "role_keys: []\n", source.read_text(), flags=re.M)
    source.write_text(re.sub(r"^  - \{id: la-welfare-1, .*\n", "", text, flags=re.M))
    shown = federation.turn(book, "Laos: retire the keys", "LA", *roots_of("LA"))
    assert re.search(r"la-welfare-1 .*retired", shown), shown
    for member in OLD:
        wait_until(lambda: federation.has_manifest(member, 2), f"Laos' last manifest at {member}")
    federation.refused("NO_RECIPIENT", "KH", "refer", "-", text=DRAFT % (OFFICES["LA"], "nobody can read this"))


def nothing_goes_to_whom_left(federation, case):
    """No referral, no stick; the hub knows it no more; and what it signed is evidence as before."""
    federation.refused("NOT_A_MEMBER", "KH", "refer", "-", text=DRAFT % (OFFICES["LA"], "too late"))
    late = federation.refer_to("LA", "KH", what="too late")
    stick = federation.directory / "late"
    federation.command("LA", "courier", "write", "KH", "--out", stick)
    federation.login("KH", "kh-operator-1")
    federation.refused("NOT_A_MEMBER", "KH", "courier", "write", "LA", "--out", federation.directory / "no")
    assert federation.ask("KH", "courier", "read", stick)["taken"] == 0
    assert federation.ask("KH", "status")["refusals"].get("NOT_A_MEMBER", 0) > 0
    federation.login("KH", "kh-police-1")
    assert late not in federation.received("KH", "LA")
    wait_until(lambda: "READY" not in federation.command("LA", "status"), "Laos shut out of the hub", 90)
    federation.command("KH", "answer", federation.shared, "--section", "PROCEDURE.more=for who stays")
    wait_until(lambda: federation.ask("TH", "show", federation.shared)["events"][-1]["sections"][0]["state"] == "OPEN",
               "the case of three that goes on between two", 60)
    assert federation.peer("KH", "LA")["waiting"] == 0, "nothing waits for whom left"
    bundle = federation.directory / "late.evidence"
    bundle.write_bytes(subprocess.run(
        [federation.program("node/cli", "liaison"), "evidence", case, "--control", federation.directory / "KH"],
        env={"XDG_RUNTIME_DIR": str(federation.directory)}, capture_output=True, check=True).stdout)
    for file in (bundle, federation.directory / "early.evidence"):
        federation.command("KH", "verify", file, "--root", federation.fingerprint("TH"))


def archive_is_kept(federation, book, case):
    """Laos' node starts under a roster that does not name it, sends nothing, and shows what it has."""
    shown = federation.turn(book, "Laos: keep what is read, destroy what opens", "LA", "la-police-1")
    assert "the house was found empty" in shown, shown
    federation.refused("NOT_A_MEMBER", "LA", "refer", "-", text=DRAFT % (OFFICES["KH"], "from outside"))
    assert not list((federation.keys / "LA" / "node" / "epochs").iterdir())


def every_page_is_run():
    names = {path.stem for path in PAGES.glob("*.md")}
    used = set(re.findall(r'open_page\("([\w-]+)"\)', pathlib.Path(__file__).read_text()))
    assert names == used, names ^ used


def main():
    every_page_is_run()
    with Members(sys.argv[1]) as federation:
        for rule in (country_joins, party_that_is_not_accepted_holds_up_no_other, rotated_root_needs_no_second_comparison,
                     country_leaves):
            rule(federation)
            print(rule.__name__, flush=True)


if __name__ == "__main__":
    main()
