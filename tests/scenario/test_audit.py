"""The audit log at real nodes: what is in it, that it is there before anything is shown, and that a log which was
cut or put back is found, by itself or by a counterpart's word. Each rule is a function, named by what it proves.

usage: test_audit.py BUILD [RULE ...]
"""

import json
import pathlib
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import rules
from auditcut import cut
from federation import Federation, Refused, ROOT, wait_until

EXAMPLES = ROOT / "docs" / "examples"


def entries(federation, member, *words):
    """As its auditor reads them, oldest first."""
    federation.login(member, f"{member.lower()}-auditor-1")
    return list(reversed(federation.ask(member, "audit", "show", *words)))


def refused_with(code, federation, *words):
    try:
        federation.command(*words)
    except Refused as refused:
        assert f"({code})" in refused.text, refused.text
        return refused
    raise AssertionError(f"not refused: {words}")


def verdict(federation, member, exit_code=0):
    """What verify says, and that it ends with this code."""
    federation.login(member, f"{member.lower()}-auditor-1")
    try:
        out, code = federation.command(member, "audit", "verify", "--json"), 0
    except Refused as refused:
        out, code = refused.text, refused.code
    assert code == exit_code, out
    return json.JSONDecoder().raw_decode(out)[0]


def end_of(federation, member):
    return verdict(federation, member)["end"]["number"]


def exchange_words(federation, member, other):
    """By stick, so that both have heard each other: a courier file brings a note."""
    for sender, reader in ((member, other), (other, member), (member, other), (other, member)):
        stick = federation.directory / "words"
        stick.unlink(missing_ok=True)
        federation.login(sender, f"{sender.lower()}-operator-1")
        federation.command(sender, "courier", "write", reader, "--out", stick)
        federation.login(reader, f"{reader.lower()}-operator-1")
        federation.command(reader, "courier", "read", stick)


def seen_by(federation, member, witness):
    found = [w["seen"] for w in verdict(federation, member)["witnesses"] if w["member"] == witness]
    return found[0]["number"] if found and found[0] else 0


def delivered(federation, member, case):
    return set(federation.deliveries(member, case).values()) == {"DELIVERED"}


# What is in it ------------------------------------------------------------------------------------


def every_look_is_an_entry_with_who_what_and_why(federation):
    federation.login("KH", "kh-police-1")
    case = federation.refer("KH", EXAMPLES / "riyadh.yaml")
    wait_until(lambda: delivered(federation, "KH", case), "Thailand's receipt")
    federation.login("TH", "th-welfare-1")
    federation.command("TH", "inbox")
    federation.command("TH", "show", case)
    federation.command("TH", "open", case)
    federation.command("TH", "show", case, "--why", "to find her a shelter")
    log = [e for e in entries(federation, "TH") if e["officer"] == "th-welfare-1"]
    assert [e["action"] for e in log] == ["LOGIN", "INBOX", "SHOW", "OPEN", "SHOW"], log
    assert all(e["roles"] == ["WELFARE"] and e["code"] == "" for e in log)
    preview, look = log[2], log[4]
    assert preview["case"] == look["case"] == case and preview["shown"] == []
    sections = {s["compartment"]: s["state"] for s in shown_to(federation, "TH", "th-welfare-1", case)}
    assert set(look["shown"]) == {c for c, state in sections.items() if state == "OPEN"} and look["shown"]
    assert set(look["shut"]) == {c for c, state in sections.items() if state != "OPEN"}
    assert look["purpose"] == "to find her a shelter"


def shown_to(federation, member, officer, case):
    federation.login(member, officer)
    return [s for e in federation.ask(member, "show", case)["events"] for s in e["sections"]]


def refusals_and_wrong_passphrases_are_entries(federation):
    wrong = federation.directory / "wrong"
    wrong.write_text("not this one, sorry")
    wrong.chmod(0o600)
    refused_with("LOGIN", federation, "TH", "login", "th-supervisor-1", "--passphrase-file", wrong)
    refused_with("LOGIN", federation, "TH", "login", "my-secret-passphrase", "--passphrase-file", wrong)
    federation.login("TH", "th-operator-1")
    refused_with("ROLE", federation, "TH", "inbox")
    refused_with("ROLE", federation, "TH", "audit", "show")
    log = entries(federation, "TH")[-6:]
    assert [(e["officer"], e["action"], e["code"]) for e in log[:5]] == [
        ("th-supervisor-1", "LOGIN", "LOGIN"), ("", "LOGIN", "LOGIN"), ("th-operator-1", "LOGIN", ""),
        ("th-operator-1", "INBOX", "ROLE"), ("th-operator-1", "AUDIT_SHOW", "ROLE")], log
    assert "my-secret-passphrase" not in json.dumps(log), "a name that nobody has is kept"


def what_the_operator_does_is_an_entry(federation):
    node, backup = federation.nodes["TH"], federation.directory / "plain-backup"
    federation.login("TH", "th-operator-1")
    federation.command("TH", "courier", "write", "KH", "--out", federation.directory / "a-stick")
    node.stop()
    subprocess.run([node.program, node.settings, "--backup", backup], check=True)
    node.start()
    log = [(e["action"], e["member"]) for e in entries(federation, "TH")]
    assert ("COURIER_WRITE", "KH") in log
    assert log.index(("BACKED_UP", "")) + 1 == len(log) - 2 and log[-2][0] == "STARTED", log


def show_finds_by_case_officer_and_time(federation):
    case = next(e["case"] for e in entries(federation, "TH") if e["case"])
    assert {e["case"] for e in entries(federation, "TH", "--case", case[:10].lower())} == {case}
    assert {e["officer"] for e in entries(federation, "TH", "--officer", "th-welfare-1")} == {"th-welfare-1"}
    whole = entries(federation, "TH")
    assert entries(federation, "TH", "--until", "2020-01-01") == []
    assert len(entries(federation, "TH", "--from", "2020-01-01 00:00")) > len(whole)
    text = federation.command("TH", "audit", "show")
    assert "th-welfare-1" in text and "SHOW" in text and case in text
    refused_with("USAGE", federation, "TH", "audit", "show", "--from", "yesterday")


def log_and_its_reading_say_nothing_of_a_case(federation):
    log = json.dumps(entries(federation, "TH")) + federation.command("TH", "audit", "show")
    for secret in ("Riyadh", "oil industry", "broker"):
        assert secret not in log, secret


# Before it is shown -------------------------------------------------------------------------------


def nothing_is_shown_that_the_log_could_not_be_told_of(federation):
    node = federation.nodes["TH"]
    federation.login("TH", "th-police-1")
    case = federation.ask("TH", "inbox")[0]["case"]
    node.stop()
    faults = node.preload_faults(federation.build)
    node.start()
    for words in (("show", case), ("inbox",), ("evidence", case)):
        federation.login("TH", "th-police-1")
        faults.write_text("sync")
        refused = refused_with("STORE", federation, "TH", *words)
        assert "Riyadh" not in refused.text and case not in refused.text, "shown all the same"
        assert node.child.wait(10) == 1, "it goes on after a failed sync"
        faults.write_text("")
        node.start()
    node.stop()
    node.environment = {}
    node.start()
    assert verdict(federation, "TH")["whole"]


def what_was_shown_is_in_the_log_after_a_kill(federation):
    federation.login("TH", "th-police-1")
    case = federation.ask("TH", "inbox")[0]["case"]
    for _ in range(5):
        federation.login("TH", "th-police-1")
        federation.command("TH", "show", case)
        federation.nodes["TH"].kill()
        federation.nodes["TH"].start()
    log = [e["action"] for e in entries(federation, "TH") if e["action"] in ("SHOW", "STARTED")]
    assert log[-10:] == ["SHOW", "STARTED"] * 5, log[-10:]
    assert verdict(federation, "TH")["whole"]


# Tampering ----------------------------------------------------------------------------------------


def counterparts_hold_each_others_words(federation):
    before = end_of(federation, "TH")
    exchange_words(federation, "TH", "KH")
    assert seen_by(federation, "TH", "KH") >= before
    assert verdict(federation, "KH")["whole"]


def restore_that_is_said_is_an_entry_with_what_was_lost(federation):
    node, backup = federation.nodes["TH"], federation.directory / "TH-backup"
    node.stop()
    subprocess.run([node.program, node.settings, "--backup", backup], check=True)
    node.start()
    for _ in range(3):
        federation.login("TH", "th-police-1")
    exchange_words(federation, "TH", "KH")
    seen = seen_by(federation, "TH", "KH")
    put_back(federation, "TH", backup, "--restored")
    wait_until(lambda: verdict(federation, "TH")["findings"], "Cambodia's word", 60)
    result = verdict(federation, "TH")
    lost = [f for f in result["findings"] if f["witness"] == "KH"]
    assert result["whole"] and lost[0]["code"] == "RESTORED" and lost[0]["number"] == seen, result
    assert lost[0]["entries"] > 0 and result["end"]["generation"] == 2
    log = entries(federation, "TH")
    assert [e["action"] for e in log if e["place"]["generation"] == 2][:2] == ["RESTORED", "STARTED"]
    assert next(e for e in log if e["action"] == "LOST")["seen"]["number"] == seen
    exchange_words(federation, "TH", "KH")
    assert verdict(federation, "TH")["whole"] and verdict(federation, "KH")["findings"] == []


def put_back(federation, member, backup, *options):
    node, store = federation.nodes[member], federation.directory / f"{member}-store"
    node.stop()
    shutil.rmtree(store)
    shutil.copytree(backup, store)
    node.start(*options)


def cut_log_is_found_where_it_was_cut(federation):
    last = end_of(federation, "TH")
    federation.nodes["TH"].stop()
    cut(federation.directory / "TH-store", last - 2, last - 1, generation=2)
    federation.nodes["TH"].start()
    result = verdict(federation, "TH", exit_code=7)
    found = [f for f in result["findings"] if f["code"] == "AUDIT_CUT"]
    assert not result["whole"] and len(found) == 1, result
    assert (found[0]["generation"], found[0]["number"], found[0]["entries"]) == (2, last - 2, 2)
    refused = refused_with("AUDIT_CUT", federation, "TH", "audit", "verify")
    assert refused.code == 7 and "rule: cases: Audit" in refused.text and f"2.{last - 2}: entries" in refused.text


def log_put_back_unsaid_is_found_by_a_counterparts_word(federation):
    """Somebody copies the store of a stopped node, and puts the copy back to undo what officers did since."""
    node, store, copy = federation.nodes["KH"], federation.directory / "KH-store", federation.directory / "KH-copy"
    node.stop()
    shutil.copytree(store, copy)
    node.start()
    before = end_of(federation, "KH")
    federation.login("KH", "kh-police-1")
    federation.command("KH", "inbox")
    exchange_words(federation, "KH", "TH")
    seen = seen_by(federation, "KH", "TH")
    assert seen > before
    put_back(federation, "KH", copy)
    federation.login("KH", "kh-police-1")
    for _ in range(seen):  # the log outgrows what its witness has seen
        federation.command("KH", "outbox")

    def is_found():
        found = verdict_of_any_exit(federation, "KH")["findings"]
        return [f for f in found if f["witness"] == "TH" and f["code"] in ("AUDIT_ROLLED_BACK", "AUDIT_REWRITTEN")]

    wait_until(is_found, "Thailand's word", 60)
    assert is_found()[0]["number"] == seen and is_found()[0]["found"]
    log = entries(federation, "KH")
    assert [e["member"] for e in log if e["action"] in ("ROLLED_BACK", "REWRITTEN")] == ["TH"]
    assert verdict(federation, "KH", exit_code=7)["end"]["generation"] == 2


def verdict_of_any_exit(federation, member):
    federation.login(member, f"{member.lower()}-auditor-1")
    try:
        out = federation.command(member, "audit", "verify", "--json")
    except Refused as refused:
        out = refused.text
    return json.JSONDecoder().raw_decode(out)[0]


def counterpart_knows_whose_log_went_back(federation):
    accused = [f for f in verdict_of_any_exit(federation, "TH")["findings"] if f["about"] == "KH"]
    assert accused and accused[0]["code"] == "AUDIT_ROLLED_BACK", accused
    assert federation.ask("TH", "status")["proofs"] > 0


RULES = [
    every_look_is_an_entry_with_who_what_and_why,
    refusals_and_wrong_passphrases_are_entries,
    what_the_operator_does_is_an_entry,
    show_finds_by_case_officer_and_time,
    log_and_its_reading_say_nothing_of_a_case,
    nothing_is_shown_that_the_log_could_not_be_told_of,
    what_was_shown_is_in_the_log_after_a_kill,
    counterparts_hold_each_others_words,
    restore_that_is_said_is_an_entry_with_what_was_lost,
    cut_log_is_found_where_it_was_cut,
    log_put_back_unsaid_is_found_by_a_counterparts_word,
    counterpart_knows_whose_log_went_back,
]


def main():
    chosen = rules.chosen(RULES)
    with Federation(sys.argv[1], members=("KH", "TH")) as federation:
        for rule in chosen:
            rules.hold(rule, federation)


if __name__ == "__main__":
    main()
