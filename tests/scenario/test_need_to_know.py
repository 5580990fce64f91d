"""Need-to-know is a matter of keys. Thailand's office has one officer of every role. Each does at the real node what the
page's table says and no more, and reads just the compartments that it says; then a thief with the node's disk and all
keys but those of a compartment's readers does not get at it, neither with the node's own programs, when the roots have
given every role to everybody, nor by trying every secret on everything.

usage: test_need_to_know.py BUILD
"""

import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, Refused, wait_until
from papers import Papers
from thief import Thief

PAGE = (ROOT / "docs" / "cases.md").read_text()
COMPARTMENTS = ("PROCEDURE", "IDENTITY", "CONTACT", "MEDICAL", "INTELLIGENCE", "EVIDENCE", "LOGISTICS")
ROLES = ("POLICE", "INTELLIGENCE", "PROSECUTOR", "WELFARE", "MEDICAL", "BORDER_LIAISON", "SUPERVISOR", "AUDITOR",
         "OPERATOR")
SECRET = "a sentence of the compartment "
DRAFT = """to: [TH/th-ahtd]
request: VICTIM_LOCATE_OR_RESCUE
purpose: VICTIM_PROTECTION
contents: [VICTIM]
sections:
""" + "".join(f"  {name}: {{said: {SECRET}{name}}}\n" for name in COMPARTMENTS if name != "MEDICAL")
MEDICAL = f"MEDICAL.said={SECRET}MEDICAL"


def officer_of(role):
    return f"th-{role.lower().replace('_', '-')}-1"


def table(heading):
    """The rows of the table under a heading of the page, without its head."""
    text = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return rows[2:]


READS = {compartment: set(roles.split(", ")) for compartment, roles in table("Compartments")}
MAY = {role: set(actions.split(", ")) for roles, actions in table("Access") for role in roles.split(", ")}


class Office(Federation):
    def source(self):
        text = super().source()
        text = text.replace("{id: kh-police-1, roles: [POLICE]}",
                            "{id: kh-police-1, roles: [POLICE, INTELLIGENCE, PROSECUTOR, WELFARE]}\n"
                            "          - {id: kh-medical-1, roles: [MEDICAL]}")
        thai = "".join(f"          - {{id: {officer_of(role)}, roles: [{role}]}}\n" for role in ROLES)
        return re.sub(r"(          - \{id: th-.*\n)+", thai, text)


def code_of(federation, *words, text=None):
    """The code of the refusal; None: it was done."""
    try:
        federation.command("TH", *words, text=text)
    except Refused as refused:
        return re.search(r"\((\w+)\)", refused.text)[1]
    return None


def sections(federation, member, case):
    """By compartment, the state and the text of each section in the case."""
    return {section["compartment"]: (section["state"], *(e["text"] for e in section.get("entries") or []))
            for event in federation.ask(member, "show", case)["events"] for section in event["sections"]}


def make_case(federation):
    """One case with a section of every compartment; MEDICAL is added by a medical officer."""
    federation.login("KH", "kh-police-1")
    case = federation.refer("KH", DRAFT)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "the receipt")
    federation.login("TH", officer_of("POLICE"))
    federation.command("TH", "open", case)
    wait_until(lambda: len(federation.ask("KH", "show", case)["events"]) == 2, "the opening")
    federation.login("KH", "kh-medical-1")
    federation.command("KH", "answer", case, "--section", MEDICAL, "--consent", "GIVEN")
    wait_until(lambda: len(federation.ask("TH", "show", case)["events"]) == 3, "the medical section")
    return case


def page_has_every_role_and_compartment(federation, case):
    assert set(READS) == set(COMPARTMENTS) and set(MAY) == set(ROLES), (READS, MAY)


def each_role_reads_what_the_page_says(federation, case):
    for role in ROLES:
        federation.login("TH", officer_of(role))
        if "list" not in MAY[role]:
            assert code_of(federation, "show", case) == "ROLE", role
            continue
        for compartment, found in sections(federation, "TH", case).items():
            expected = ("OPEN", SECRET + compartment) if role in READS[compartment] else ("ROLE_KEY",)
            assert found == expected, (role, compartment, found)


def each_role_writes_what_the_page_says(federation, case):
    """Every cell of role and compartment, in a referral (which sends nothing) that needs no agreement to be refused."""
    for role in ROLES:
        federation.login("TH", officer_of(role))
        for compartment in COMPARTMENTS:
            draft = (f"to: [KH/kh-task-force]\nrequest: VICTIM_LOCATE_OR_RESCUE\npurpose: VICTIM_PROTECTION\n"
                     f"contents: [VICTIM]\nconsent: GIVEN\nsections:\n  {compartment}: {{said: nothing}}\n")
            code = code_of(federation, "refer", "-", "--dry-run", text=draft)
            allowed = "refer" in MAY[role] and role in READS[compartment]
            assert code == (None if allowed else "ROLE"), (role, compartment, code)


def each_role_does_what_the_page_says(federation, case):
    """In a case that is closed, so that what a role allows is refused for another reason."""
    federation.login("TH", officer_of("POLICE"))
    federation.command("TH", "answer", case, "--section", "PROCEDURE.said=done")
    federation.command("TH", "close", case, "--outcome", "VICTIM_SAFE")
    stick = federation.directory / "stick"
    actions = {"list": ("inbox",), "open": ("open", case), "close": ("close", case, "--outcome", "VICTIM_SAFE"),
               "courier files": ("courier", "write", "KH", "--out", stick), "see status": ("status",),
               "reopen": ("reopen", "KH"),
               "propose and reject agreements": ("agreement", "reject", "no-such-one", "--reason", "none")}
    for role in ROLES:
        federation.login("TH", officer_of(role))
        for action, words in actions.items():
            code = code_of(federation, *words)
            allowed = action in MAY[role]
            assert (code != "ROLE") == allowed, (role, action, code)
            if action == "close":
                assert code == ("STATE" if allowed else "ROLE"), (role, code)
        own = next((name for name in COMPARTMENTS if role in READS[name]), "PROCEDURE")
        code = code_of(federation, "answer", case, "--section", f"{own}.said=more")
        assert (code != "ROLE") == ("answer" in MAY[role]), (role, "answer", code)
        assert (evidence(federation, case).returncode == 0) == ("write evidence" in MAY[role]), (role, "evidence")
        stick.unlink(missing_ok=True)


def evidence(federation, case):
    environment = {"XDG_RUNTIME_DIR": str(federation.directory), "LIAISON_CONTROL": str(federation.directory / "TH")}
    return subprocess.run([federation.program("node/cli", "liaison"), "evidence", case], env=environment,
                          capture_output=True)


def each_event_is_signed_by_the_officer_who_did_it(federation, case):
    federation.login("TH", officer_of("AUDITOR"))
    bundle = federation.directory / "bundle"
    bundle.write_bytes(evidence(federation, case).stdout)
    report = federation.ask("TH", "verify", bundle, "--root", federation.fingerprint("KH"))
    assert report["problems"] == 0, report
    done = sorted((event["officer"], event["action"]) for event in report["events"])
    police = officer_of("POLICE")
    assert done == [("kh-medical-1", "ANSWER"), ("kh-police-1", "REFER"), (police, "ANSWER"), (police, "CLOSE"),
                    (police, "OPEN")], done


def with_every_role_in_the_manifest_keys_still_decide(federation, case):
    """A thief with the disk and Thailand's roots gives every role to everybody; the node is the real one."""
    papers = Papers(federation, "TH")
    papers.next_manifest(lambda text: re.sub(r"roles: \[.*\]", f"roles: [{', '.join(ROLES)}]", text))
    papers.reload()
    wait_until(lambda: federation.peer("KH", "TH")["manifest"] == 2, "the manifest")
    for role in ROLES:
        federation.login("TH", officer_of(role))
        for compartment, found in sections(federation, "TH", case).items():
            expected = ("OPEN", SECRET + compartment) if role in READS[compartment] else ("ROLE_KEY",)
            assert found[:1] == expected[:1] and (found == expected or compartment == "PROCEDURE"), (role, compartment)


def disk_and_all_other_keys_open_no_compartment(federation, case):
    """For each compartment: all passphrases but those of the officers who read it. And one who reads it opens it."""
    disk = shutil.copytree(federation.keys / "TH" / "node", federation.directory / "disk")
    thief = Thief(ROOT / "proto" / "schema", disk)
    passphrases = {officer_of(role): federation.passphrase(officer_of(role)) for role in ROLES}
    node = {"node": federation.passphrase("TH-node")}
    for number, compartment in enumerate(COMPARTMENTS, 1):
        others = {officer_of(role): passphrases[officer_of(role)] for role in ROLES if role not in READS[compartment]}
        opened = thief.compartments_opened(thief.secrets_of(node | others))
        assert number not in opened, f"{compartment} opens without its readers' keys"
        for role in READS[compartment]:
            name = officer_of(role)
            assert number in thief.compartments_opened(thief.secrets_of({name: passphrases[name]})), (role, compartment)
    operator = officer_of("OPERATOR")
    assert thief.compartments_opened(thief.secrets_of(node | {operator: passphrases[operator]})) == set()


def disk_holds_no_sentence(federation, case):
    for path in federation.directory.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path


RULES = [page_has_every_role_and_compartment, each_role_reads_what_the_page_says, each_role_writes_what_the_page_says,
         each_role_does_what_the_page_says,
         each_event_is_signed_by_the_officer_who_did_it, with_every_role_in_the_manifest_keys_still_decide,
         disk_and_all_other_keys_open_no_compartment, disk_holds_no_sentence]


def main():
    with Office(sys.argv[1], members=("KH", "TH")) as federation:
        case = make_case(federation)
        for rule in RULES:
            rule(federation, case)
            print(rule.__name__, flush=True)


if __name__ == "__main__":
    main()
