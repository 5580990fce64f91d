"""Erasing a case, with real processes: two officers, legal hold, what stays, and what a counterpart gets that forgot.

usage: test_erasure.py BUILD [RULE ...]
"""

import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import rules
from federation import Federation, Refused, wait_until

DRAFT = ("to: [TH/th-ahtd]\nrequest: INFORMATION_REQUEST\npurpose: INVESTIGATION\ncontents: [INFORMATION]\nsections:\n"
         "  PROCEDURE: {asked: a request}\n  IDENTITY: {name: Sok}\n")


def refused_with(code, federation, *words):
    """The command must be refused with that code of the table."""
    try:
        federation.command(*words)
    except Refused as refused:
        assert f"({code})" in refused.text, f"refused, but with: {refused.text}"
        return
    raise AssertionError(f"not refused: {words}")


def opened(federation):
    case = federation.refer("KH", DRAFT)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    federation.command("TH", "open", case)
    wait_until(lambda: len(federation.ask("KH", "show", case)["events"]) == 2, "the opening")
    return case


def by_two(federation, act, case, member="KH"):
    first, second = f"{member.lower()}-police-1", f"{member.lower()}-welfare-1"
    federation.login(member, first)
    assert federation.ask(member, act, case)["done"] is False
    refused_with("SAME_OFFICER", federation, member, act, case)
    federation.login(member, second)
    assert federation.ask(member, act, case)["done"] is True
    federation.login(member, first)


def states(federation, member, case):
    """Of the sections of its first event."""
    return {s["state"] for s in federation.ask(member, "show", case)["events"][0]["sections"]}


def two_officers_erase_what_the_sections_say_and_nothing_else(federation):
    case, other = opened(federation), opened(federation)
    before = federation.ask("KH", "show", case)
    federation.login("KH", "kh-police-1")
    said = federation.command("KH", "erase", case)
    assert "not erased yet" in said and states(federation, "KH", case) == {"OPEN"}, said
    federation.login("KH", "kh-welfare-1")
    said = federation.command("KH", "erase", case)
    assert "is erased" in said and "backups" in said, said
    federation.login("KH", "kh-police-1")
    after = federation.ask("KH", "show", case)
    assert states(federation, "KH", case) == {"ERASED"} and after["erased"]
    assert all(not s["entries"] for event in after["events"] for s in event["sections"])
    kept = lambda view: [(e["action"], e["digest"], e["effect"], e["deliveries"]) for e in view["events"]]
    assert kept(after) == kept(before) and after["parties"] == before["parties"]
    assert "ERASED at" in federation.command("KH", "show", case)
    assert "ERASED" in next(line for line in federation.command("KH", "outbox").splitlines() if case in line)
    assert states(federation, "KH", other) == {"OPEN"} and states(federation, "TH", case) == {"OPEN"}


def erased_case_is_still_proved_and_goes_on(federation):
    case = opened(federation)
    by_two(federation, "erase", case)
    bundle = federation.directory / "bundle"
    bundle.write_bytes(federation.evidence("KH", case))
    proved = federation.command("KH", "verify", bundle, "--root", federation.fingerprint())
    assert "KH" in proved and "DELIVERED" in proved, proved
    federation.command("TH", "answer", case, "--section", "PROCEDURE.more=an answer that comes later")
    wait_until(lambda: "comes later" in federation.command("KH", "show", case), "the answer")
    refused_with("ERASED", federation, "KH", "export", case, "--for", "COURT", "--compartment", "IDENTITY")
    by_two(federation, "erase", case)
    assert "comes later" not in federation.command("KH", "show", case)


def legal_hold_is_set_by_one_and_lifted_by_two(federation):
    case = opened(federation)
    refused_with("STATE", federation, "KH", "release", case)
    assert federation.ask("KH", "hold", case)["done"] is True
    assert "LEGAL HOLD since" in federation.command("KH", "show", case)
    assert federation.ask("KH", "show", case)["held_by"] == "kh-police-1"
    refused_with("LEGAL_HOLD", federation, "KH", "erase", case)
    by_two(federation, "release", case)
    by_two(federation, "erase", case)


def erasing_needs_the_role_and_is_in_the_audit_log(federation):
    case = opened(federation)
    federation.login("KH", "kh-auditor-1")
    for act in ("erase", "hold", "release"):
        refused_with("ROLE", federation, "KH", act, case)
    by_two(federation, "erase", case)
    federation.login("KH", "kh-auditor-1")
    log = [(e["officer"], e["code"]) for e in federation.ask("KH", "audit", "show", "--case", case) if e["action"] == "ERASE"]
    assert log[0] == ("kh-welfare-1", "") and ("kh-police-1", "SAME_OFFICER") in log, log
    federation.login("KH", "kh-police-1")


def what_is_on_its_way_is_not_erased(federation):
    federation.nodes["TH"].stop()
    case = federation.refer("KH", DRAFT)
    refused_with("ON_ITS_WAY", federation, "KH", "erase", case)
    federation.nodes["TH"].start()
    federation.login("TH", "th-police-1")
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "Thailand's receipt")
    by_two(federation, "erase", case)
    assert states(federation, "TH", case) == {"STATE"}  # whole, and not opened yet


def addressee_erases_too(federation):
    case = opened(federation)
    by_two(federation, "erase", case, "TH")
    assert states(federation, "TH", case) == {"ERASED"} and states(federation, "KH", case) == {"OPEN"}


def erasing_outlives_kill_and_restart(federation):
    case = opened(federation)
    by_two(federation, "erase", case)
    federation.nodes["KH"].kill()
    federation.nodes["KH"].start()
    federation.login("KH", "kh-police-1")
    assert states(federation, "KH", case) == {"ERASED"}


def counterpart_that_forgot_gets_the_header_and_the_word(federation):
    """Letters that it had and lost are sent again, and what was erased is not in them any more."""
    case, other = opened(federation), opened(federation)
    by_two(federation, "erase", case)
    node = federation.nodes["TH"]
    node.stop()
    shutil.rmtree(federation.directory / "TH-store")
    node.start("--restored")
    federation.login("TH", "th-police-1")
    wait_until(lambda: federation.peer("TH", "KH")["channel"] == "OPEN", "Cambodia's answer", 60)
    for number in (case, other):
        wait_until(lambda: len(federation.ask("TH", "show", number)["events"]) == 2, "what it forgot", 60)
    assert states(federation, "TH", case) == {"ERASED"} and states(federation, "TH", other) == {"OPEN"}
    assert states(federation, "KH", case) == {"ERASED"}
    later = opened(federation)
    assert states(federation, "TH", later) == {"OPEN"}


RULES = [
    two_officers_erase_what_the_sections_say_and_nothing_else,
    erased_case_is_still_proved_and_goes_on,
    legal_hold_is_set_by_one_and_lifted_by_two,
    erasing_needs_the_role_and_is_in_the_audit_log,
    what_is_on_its_way_is_not_erased,
    addressee_erases_too,
    erasing_outlives_kill_and_restart,
    counterpart_that_forgot_gets_the_header_and_the_word,
]


def main():
    chosen = rules.chosen(RULES)
    with Federation(sys.argv[1], members=("KH", "TH")) as federation:
        federation.login("KH", "kh-police-1")
        federation.login("TH", "th-police-1")
        for rule in chosen:
            rules.hold(rule, federation)


if __name__ == "__main__":
    main()
