"""Agreements as three countries would use them, with real processes: nothing passes without one; they are written,
signed offline by each country's roots, proposed, rejected, amended, ended; what no article covers is refused by the
sender's node, and by the receiver's where the sender's was modified; the emergency article takes two officers.

usage: test_agreements.py BUILD
"""

import datetime
import os
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, Refused, wait_until

SOURCES = ROOT / "docs" / "agreements"
VICTIM = """to: [TH/th-ahtd]
request: VICTIM_LOCATE_OR_RESCUE
purpose: VICTIM_PROTECTION
contents: [VICTIM]
sections:
  PROCEDURE: {asked: please find her}
"""
EVIDENCE = """to: [TH/th-ahtd]
request: EVIDENCE_TRANSFER
purpose: PROSECUTION
contents: [EVIDENCE]
sections:
  PROCEDURE: {asked: please send the passports}
"""
EMERGENCY = """to: [TH/th-ahtd]
request: VICTIM_LOCATE_OR_RESCUE
purpose: VICTIM_PROTECTION
contents: [VICTIM]
urgency: EMERGENCY
urgency_reason: she is held on a boat that leaves tonight
emergency_article: yes
sections:
  PROCEDURE: {asked: please stop the boat}
  IDENTITY: {name: Sok}
"""


class Agreed(Federation):
    def __init__(self, build):
        super().__init__(build, has_agreement=False)

    def keys_command(self, *words, environment=None):
        done = subprocess.run([self.program("keys", "liaison-keys"), *map(str, words)], capture_output=True, text=True,
                              env=dict(os.environ, **(environment or {})))
        if done.returncode:
            raise Refused(done.returncode, done.stderr)
        return done.stdout

    def sign(self, file, *members):
        for member in members:
            for root in (1, 2):
                self.keys_command("agreement", "sign", file, "--key", self.keys / member / f"root-{root}.key",
                                  "--passphrase-file", self.keys / "passphrases" / f"{member}-root-{root}")
        return file

    def make(self, source, name, *members, previous=None):
        """An agreement from a source, signed by the roots of these countries."""
        file = self.directory / name
        more = ["--previous", previous] if previous else []
        self.keys_command("agreement", "make", "--source", source, "--roster", self.keys / "roster", "--out", file, *more)
        return self.sign(file, *members)

    def status(self, member, name, version=1):
        rows = [row for row in self.ask(member, "agreement", "list") if (row["id"], row["version"]) == (name, version)]
        return rows[0]["status"] if rows else None

    def changed(self, name, change, folder=SOURCES):
        """A copy of an example with something changed; its texts beside it."""
        for text in SOURCES.glob("*.txt"):
            (self.directory / text.name).write_bytes(text.read_bytes())
        path, text = self.directory / "changed.yaml", (SOURCES / f"{name}.yaml").read_text()
        new = change(text)
        assert new != text, "nothing was changed"
        path.write_text(new)
        return path


def refused_with(code, federation, *words, **more):
    try:
        federation.command(*words, **more)
    except Refused as refused:
        assert f"({code})" in refused.text, f"{code}: {refused.text}"
        return refused.text
    raise AssertionError(f"{words} was not refused")


def as_supervisor(federation, member):
    federation.login(member, f"{member.lower()}-supervisor-1")


def as_police(federation, member):
    federation.login(member, f"{member.lower()}-police-1")


def without_an_agreement_only_test_messages_pass(federation):
    as_police(federation, "KH"), as_police(federation, "TH")
    said = refused_with("NO_AGREEMENT", federation, "KH", "refer", "-", text=VICTIM)
    assert "liaison agreement list" in said
    test = federation.refer("KH", "to: [TH/th-ahtd]\nrequest: TEST_MESSAGE\npurpose: COORDINATION\ncontents: [INFORMATION]\n")
    wait_until(lambda: federation.deliveries("KH", test) == {"TH": "DELIVERED"}, "the test message")
    federation.command("TH", "open", test)


def proposal_of_one_country_is_in_force_nowhere(federation):
    file = federation.make(SOURCES / "th-kh-police.yaml", "proposal", "KH")
    refused_with("ROLE", federation, "KH", "agreement", "propose", file)
    as_supervisor(federation, "KH")
    federation.command("KH", "agreement", "propose", file)
    wait_until(lambda: federation.status("TH", "TH-KH-police") == "PROPOSED", "the proposal in Bangkok")
    as_police(federation, "KH")
    refused_with("NO_AGREEMENT", federation, "KH", "refer", "-", text=VICTIM)


def signed_by_both_it_lets_the_same_referral_pass(federation):
    as_supervisor(federation, "TH")
    shown = federation.command("TH", "agreement", "show", "TH-KH-police")
    assert "Article 1. Victims are found, helped and told of" in shown and "PROPOSED; signed by: KH" in shown, shown
    file = federation.sign(federation.make(SOURCES / "th-kh-police.yaml", "other"), "TH")
    refused_with("FORK", federation, "TH", "agreement", "propose", file)  # made on another day: not the same body
    ours = federation.sign(federation.directory / "proposal", "TH")
    federation.command("TH", "agreement", "propose", ours)
    wait_until(lambda: federation.status("KH", "TH-KH-police") == "IN_FORCE", "Thailand's signature in Phnom Penh")
    assert federation.status("TH", "TH-KH-police") == "IN_FORCE"
    as_police(federation, "KH"), as_police(federation, "TH")
    answer = federation.ask("KH", "agreement", "permits", "-", text=VICTIM)
    assert answer["permitted"] and answer["permit"]["article"] == 1, answer
    assert federation.ask("KH", "outbox")[0]["request"] == "TEST_MESSAGE", "asking sent something"
    case = federation.refer("KH", VICTIM)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    federation.command("TH", "open", case)
    view = federation.ask("TH", "show", case)
    assert view["permit"]["agreement"] == "TH-KH-police" and view["events"][0]["sections"][0]["state"] == "OPEN"
    identity = "sections:\n  IDENTITY: {name: Sok}\n"
    refused_with("NEEDS_CONSENT", federation, "TH", "answer", case, "-", text=identity)
    refused_with("DRAFT", federation, "TH", "answer", case, "-", text=identity + "consnt: GIVEN\n")
    federation.command("TH", "answer", case, "-", text=identity + "consent: GIVEN\n")


def what_no_article_covers_is_refused_before_it_is_sealed(federation):
    other = VICTIM.replace("VICTIM_PROTECTION", "PREVENTION")
    said = refused_with("PURPOSE", federation, "KH", "refer", "-", text=other)
    assert "article 1 came nearest" in said
    identity = VICTIM + "  IDENTITY: {name: Sok}\n"
    refused_with("NEEDS_CONSENT", federation, "KH", "refer", "-", text=identity)
    refused_with("CHILD", federation, "KH", "refer", "-", text=VICTIM.replace("[VICTIM]", "[INFORMATION]") + "child: yes\n")
    said = refused_with("PRINCIPLE", federation, "KH", "refer", "-", text=VICTIM + "child: yes\n")
    assert "Rights of the Child" in said
    refused_with("OUTSIDE_AGREEMENT", federation, "KH", "refer", "-", text=VICTIM + "  EVIDENCE: {item: a phone}\n")
    refused_with("NO_AGREEMENT", federation, "KH", "refer", "-", text=VICTIM.replace("TH/th-ahtd", "MM/mm-atipd"))
    refused_with("OUTSIDE_AGREEMENT", federation, "KH", "answer", federation.ask("KH", "outbox")[0]["case"],
                 "--section", "EVIDENCE.item=a phone")


def modified_sender_is_refused_at_the_other_end(federation):
    node = federation.nodes["KH"]
    node.stop()
    node.program = federation.program("tests", "liaison-node-unruly")
    node.start()
    as_police(federation, "KH"), as_police(federation, "TH")
    unread = len(federation.ask("TH", "inbox"))
    case = federation.refer("KH", VICTIM + "  EVIDENCE: {item: a phone}\n")
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "REFUSED"}, "Thailand's refusal")
    told = federation.command("KH", "show", case)
    assert "no article of the agreement permits this" in told and "cases: Agreements" in told, told
    view = federation.ask("TH", "show", case)
    assert view["events"][0]["effect"] == "WITHOUT_EFFECT" and view["events"][0]["rule"] == "OUTSIDE_AGREEMENT", view
    assert {section["state"] for section in view["events"][0]["sections"]} == {"OUTSIDE_AGREEMENT"}
    refused_with("STATE", federation, "TH", "open", case)
    assert len(federation.ask("TH", "inbox")) == unread + 1  # shown: somebody over there does not keep the rules
    assert "NOT_BEGUN" in next(line for line in federation.command("TH", "inbox").splitlines() if case in line)
    node.stop()
    node.program = federation.program("node", "liaison-node")
    node.start()
    as_police(federation, "KH"), as_police(federation, "TH")


def sent_by_two(federation, text, flagged):
    """Cambodia's policeman refers, nothing leaves, its welfare officer approves; both sides are told so."""
    before = len(federation.ask("TH", "inbox"))
    said = federation.command("KH", "refer", "-", text=text)
    assert "NOT SENT YET" in said and "liaison approve" in said, said
    case = said.split()[1]
    assert "waits for a second officer" in federation.command("KH", "show", case)
    refused_with("SAME_OFFICER", federation, "KH", "approve", case)
    refused_with("NEEDS_SECOND", federation, "KH", "answer", case, "--section", "PROCEDURE.more=the name of the boat")
    assert len(federation.ask("TH", "inbox")) == before, "it left before the second officer had signed"
    federation.login("KH", "kh-welfare-1")
    federation.command("KH", "approve", case)
    as_police(federation, "KH")
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    for member in ("KH", "TH"):
        wait_until(lambda: len(federation.ask(member, "show", case)["events"]) == 2, "the approval")
        assert flagged in federation.command(member, "show", case)
    federation.command("TH", "open", case)
    return case


def emergency_article_takes_two_officers_and_is_flagged_on_both_sides(federation):
    refused_with("EMERGENCY_ONLY", federation, "KH", "refer", "-", text=EMERGENCY.replace("urgency: EMERGENCY", "urgency: URGENT"))
    case = sent_by_two(federation, EMERGENCY, "EMERGENCY ARTICLE: sent by two officers")
    for member in ("KH", "TH"):
        view = federation.ask(member, "show", case)
        assert view["emergency_article"] and not view["needs_second"] and view["permit"]["article"] == 9, view


def overridden_consent_takes_two_officers_and_is_flagged_on_both_sides(federation):
    identity = VICTIM + "  IDENTITY: {name: Sok}\n"
    refused_with("NEEDS_CONSENT", federation, "KH", "refer", "-", text=identity)
    refused_with("NEEDS_CONSENT", federation, "KH", "refer", "-", text=identity + "consent: OVERRIDDEN\n")
    overridden = identity + "consent: OVERRIDDEN\nconsent_ground: she cannot be asked and is in danger\n"
    case = sent_by_two(federation, overridden, "CONSENT OVERRIDDEN by two officers")
    for member in ("KH", "TH"):
        assert "she cannot be asked" in federation.command(member, "show", case)
        assert federation.ask(member, "show", case)["consent"] == "OVERRIDDEN"
    as_police(federation, "TH")
    refused_with("NEEDS_CONSENT", federation, "TH", "answer", case, "-", text=(
        "sections:\n  IDENTITY: {name: another}\nconsent: OVERRIDDEN\nconsent_ground: no other way\n"))


def next_version_replaces_it_and_shows_what_it_changes(federation):
    source = federation.changed("th-kh-police", lambda text: text.replace("version: 1", "version: 2").replace(
        "referral: [PROCEDURE, EVIDENCE]", "referral: [PROCEDURE, EVIDENCE, IDENTITY]"))
    without = federation.make(source, "unsigned", previous=federation.directory / "proposal")
    shown = federation.command("KH", "agreement", "diff", "TH-KH-police", without)
    assert "+   compartments of a referral: PROCEDURE EVIDENCE IDENTITY" in shown and "Article 3" in shown, shown
    assert "Article 1" not in shown, shown
    begun = next(row["case"] for row in federation.ask("KH", "outbox")
                 if "ANSWERED" in [party["status"] for party in row["parties"]])
    as_supervisor(federation, "KH")
    refused_with("TOO_FEW_SIGNATURES", federation, "KH", "agreement", "amend", without)
    federation.command("KH", "agreement", "amend", federation.sign(without, "KH", "TH"))
    for member in ("KH", "TH"):
        wait_until(lambda: federation.status(member, "TH-KH-police", 2) == "IN_FORCE", "version 2")
        assert federation.status(member, "TH-KH-police", 1) == "REPLACED"
    log = federation.ask("KH", "audit", "show", "--officer", "kh-supervisor-1")
    assert ("PROPOSE", "TH-KH-police", "TOO_FEW_SIGNATURES") in [(e["action"], e["member"], e["code"]) for e in log], log
    as_police(federation, "KH"), as_police(federation, "TH")
    for member in ("KH", "TH"):  # the new version's day is before theirs
        assert "not begun" not in federation.command(member, "show", begun), "a begun case was undone"
    federation.command("TH", "answer", begun, "--section", "PROCEDURE.more=she was found")
    answer = federation.ask("KH", "agreement", "permits", "-", text=EVIDENCE)
    assert (answer["permit"]["version"], answer["permit"]["article"]) == (2, 3), answer


def rejected_version_says_who_and_why(federation):
    file = federation.make(SOURCES / "th-mm-repatriation.yaml", "repatriation", "MM")
    as_supervisor(federation, "MM"), as_supervisor(federation, "TH")
    federation.command("MM", "agreement", "propose", file)
    wait_until(lambda: federation.status("TH", "TH-MM-repatriation") == "PROPOSED", "the proposal")
    federation.command("TH", "agreement", "reject", "TH-MM-repatriation", "--reason", "article 3 needs a doctor")
    wait_until(lambda: federation.status("MM", "TH-MM-repatriation") == "REJECTED", "the rejection")
    assert "article 3 needs a doctor" in federation.command("MM", "agreement", "list")
    federation.keys_command("agreement", "sign", file, "--key", federation.keys / "KH" / "root-1.key",
                            "--passphrase-file", federation.keys / "passphrases" / "KH-root-1")
    refused_with("AGREEMENT_REJECTED", federation, "MM", "agreement", "propose", file)  # no party has added its word
    refused_with("STATE", federation, "TH", "agreement", "reject", "TH-KH-police", "--number", "2", "--reason", "no")


def three_countries_need_one_agreement_of_all_three(federation):
    draft = VICTIM.replace("[TH/th-ahtd]", "[TH/th-ahtd, MM/mm-atipd]").replace(
        "VICTIM_LOCATE_OR_RESCUE", "INFORMATION_REQUEST").replace("VICTIM_PROTECTION", "INVESTIGATION").replace(
        "[VICTIM]", "[INFORMATION]")
    refused_with("NO_AGREEMENT", federation, "KH", "refer", "-", text=draft)
    file = federation.make(SOURCES / "kh-th-mm-brokers.yaml", "brokers", "KH", "TH", "MM")
    as_supervisor(federation, "MM")
    federation.command("MM", "agreement", "propose", file)
    for member in ("KH", "TH"):
        wait_until(lambda: federation.status(member, "KH-TH-MM-brokers") == "IN_FORCE", "the third agreement")
    case = federation.refer("KH", draft)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED", "MM": "DELIVERED"}, "both receipts")


def ending_by_a_dead_clock_is_refused(federation, day):
    """On the offline machine it is two hundred days ago: so the notice would have begun."""
    fault, ending = federation.directory / "dead-clock", federation.directory / "dead-ending"
    fault.write_text(f"clock {-200 * 86400}")
    federation.keys_command(
        "agreement", "end", federation.directory / "unsigned", "--member", "TH", "--on", day, "--reason", "a dead clock",
        "--out", ending, environment={"LD_PRELOAD": str(federation.build / "tests" / "libfault.so"), "LIAISON_FAULT": str(fault)})
    refused_with("AGREEMENT_NOTICE", federation, "TH", "agreement", "end", federation.sign(ending, "TH"))


def ending_keeps_its_notice_and_stops_what_is_new(federation):
    soon = (datetime.date.today() + datetime.timedelta(days=3)).isoformat()
    later = (datetime.date.today() + datetime.timedelta(days=120)).isoformat()
    ending = federation.directory / "ending"
    try:
        federation.keys_command("agreement", "end", federation.directory / "unsigned", "--member", "TH", "--on", soon,
                                "--reason", "a new one is negotiated", "--out", ending)
        raise AssertionError("sooner than the notice")
    except Refused as refused:
        assert "AGREEMENT_NOTICE" in refused.text
    federation.keys_command("agreement", "end", federation.directory / "unsigned", "--member", "TH", "--on", later,
                            "--reason", "a new one is negotiated", "--out", ending)
    as_supervisor(federation, "TH")
    ending_by_a_dead_clock_is_refused(federation, soon)
    refused_with("TOO_FEW_SIGNATURES", federation, "TH", "agreement", "end", ending)
    federation.command("TH", "agreement", "end", federation.sign(ending, "TH"))
    wait_until(lambda: "was ended by TH: a new one is negotiated" in federation.command("KH", "agreement", "list"),
               "the ending in Phnom Penh")
    row = next(row for row in federation.ask("KH", "agreement", "list") if row["version"] == 2)
    assert row["ends"].startswith(later) and row["status"] == "IN_FORCE"
    told = {row["name"]: row["expires"] for row in federation.ask("KH", "status")["expiries"] if row["kind"] == "AGREEMENT"}
    assert told["TH-KH-police"].startswith(later) and told["KH-TH-MM-brokers"].startswith("2031-01-01"), told


def agreement_that_ends_is_warned_of_and_said_to_have_ended(federation):
    as_supervisor(federation, "TH")
    for name, days in (("nearly", 20), ("over", -1)):
        until = (datetime.date.today() + datetime.timedelta(days=days)).isoformat()
        source = federation.changed("th-mm-repatriation", lambda text: text.replace("id: TH-MM-repatriation", f"id: {name}")
                                    .replace("until: 2036-01-01", f"until: {until}"))
        federation.command("TH", "agreement", "propose", federation.make(source, name, "TH", "MM"))
    told = {row["name"]: row["warning"] for row in federation.ask("TH", "status")["expiries"] if row["kind"] == "AGREEMENT"}
    assert (told["nearly"], told["over"], told["KH-TH-MM-brokers"]) == ("30", "ENDED", None), told
    line = next(line for line in federation.command("TH", "status").splitlines() if "the agreement over" in line)
    assert line.startswith("ENDED") and "sign its next version" in line, line


def malformed_and_unsigned_files_have_codes(federation):
    as_supervisor(federation, "KH")
    garbage = federation.directory / "garbage"
    garbage.write_bytes(b"\x08\x08\x12\x04abcd")
    refused_with("MALFORMED", federation, "KH", "agreement", "propose", garbage)
    refused_with("WRONG_TYPE", federation, "KH", "agreement", "propose", federation.keys / "roster")
    refused_with("WRONG_TYPE", federation, "KH", "agreement", "propose", federation.directory / "ending")
    refused_with("WRONG_TYPE", federation, "KH", "agreement", "end", federation.directory / "proposal")
    refused_with("NOT_FOUND", federation, "KH", "agreement", "show", "nothing")
    said = refused_with("USAGE", federation, "KH", "agreement", "reject", "TH-KH-police")
    assert "--reason says why" in said, said
    contradictory = federation.changed("th-kh-police", lambda text: text.replace("parties: [TH, KH]", "parties: [TH, TH]"))
    try:
        federation.make(contradictory, "contradictory")
        raise AssertionError("a party stands twice")
    except Refused as refused:
        assert "AGREEMENT_SOURCE" in refused.text and "a party stands twice" in refused.text, refused.text


def agreements_outlive_kill_and_restart(federation):
    before = {member: federation.ask(member, "agreement", "list") for member in ("KH", "TH", "MM")}
    for node in federation.nodes.values():
        node.kill()
    for node in federation.nodes.values():
        node.start()
    as_police(federation, "KH"), as_police(federation, "TH"), as_police(federation, "MM")
    for member, rows in before.items():
        assert federation.ask(member, "agreement", "list") == rows, member


def hub_learns_nothing_of_agreements(federation):
    federation.hub.stop()
    for file in (federation.directory / "hub-store").rglob("*"):
        assert file.is_dir() or b"KH-police" not in file.read_bytes(), "the hub's disk names an agreement"
    assert b"police" not in (federation.directory / "hub.log").read_bytes()


RULES = [without_an_agreement_only_test_messages_pass, proposal_of_one_country_is_in_force_nowhere,
         signed_by_both_it_lets_the_same_referral_pass, what_no_article_covers_is_refused_before_it_is_sealed,
         modified_sender_is_refused_at_the_other_end, emergency_article_takes_two_officers_and_is_flagged_on_both_sides,
         overridden_consent_takes_two_officers_and_is_flagged_on_both_sides,
         next_version_replaces_it_and_shows_what_it_changes, rejected_version_says_who_and_why,
         three_countries_need_one_agreement_of_all_three, ending_keeps_its_notice_and_stops_what_is_new,
         agreement_that_ends_is_warned_of_and_said_to_have_ended, malformed_and_unsigned_files_have_codes, agreements_outlive_kill_and_restart, hub_learns_nothing_of_agreements]


def main():
    federation = Agreed(sys.argv[1])
    with federation:
        for member in ("KH", "TH", "MM"):
            as_police(federation, member)
        for rule in RULES:
            rule(federation)
            print(rule.__name__, flush=True)


if __name__ == "__main__":
    main()
