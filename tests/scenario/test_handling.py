"""What the originator of a section allows, and what the receiver's node makes of it, with real processes.

usage: test_handling.py BUILD [RULE ...]
"""

import contextlib
import datetime
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import rules
from federation import Federation, Refused, ROOT, wait_until

EXAMPLES = ROOT / "docs" / "examples"


def refused_with(code, federation, *words, **options):
    """The command must be refused with that code of the table."""
    try:
        federation.command(*words, **options)
    except Refused as refused:
        assert f"({code})" in refused.text, f"refused, but with: {refused.text}"
        return refused
    raise AssertionError(f"not refused: {words}")


def draft(sections, to="TH/th-ahtd", handling=""):
    lines = "\n".join(f"  {name}:\n    text: {text}" for name, text in sections.items())
    return (f"to: [{to}]\nrequest: INFORMATION_REQUEST\ncontents: [INFORMATION]\nurgency: ROUTINE\n"
            f"purpose: INVESTIGATION\nsections:\n{lines}\n" + (f"handling:\n{handling}\n" if handling else ""))


def opened(federation, sender, receiver, text):
    """A case that the receiver's officer has opened; its number."""
    case = federation.refer(sender, text)
    wait_until(lambda: federation.command(receiver, "show", case), "the referral's arrival")
    federation.command(receiver, "open", case)
    return case


def sections(federation, member, case, index=0):
    return {s["compartment"]: s for s in federation.ask(member, "show", case)["events"][index]["sections"]}


# Drafts -----------------------------------------------------------------------------------------


def receiver_sees_what_the_originator_allows(federation):
    case = opened(federation, "MM", "TH", EXAMPLES / "fishing-vessel.yaml")
    seen = sections(federation, "TH", case)
    assert seen["INTELLIGENCE"]["handling"] == {"code": "H1", "grade": "B2", "uses": [], "onward": [], "expires": None}
    assert "INTELLIGENCE [H1, graded B2]" in federation.command("TH", "show", case)


def every_word_of_a_draft_arrives(federation):
    words = "  IDENTITY: {code: H3, uses: [COURT, EXPORT], onward: [MM], expires: 2090-03-31}"
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}, handling=words))
    assert sections(federation, "TH", case)["IDENTITY"]["handling"] == {
        "code": "H3", "grade": "", "uses": ["COURT", "EXPORT"], "onward": ["MM"],
        "expires": "2090-03-31T00:00:00.000Z"}


def options_say_the_same_as_a_draft(federation):
    case = federation.ask("KH", "refer", "--to", "TH/th-ahtd", "--request", "INFORMATION_REQUEST", "--content",
                          "INFORMATION", "--purpose", "INVESTIGATION", "--section", "IDENTITY.who=a name",
                          "--handling", "IDENTITY.code=H3", "--handling", "IDENTITY.uses=COURT", "--handling",
                          "IDENTITY.uses=EXPORT", "--handling", "IDENTITY.onward=MM")["case"]
    assert sections(federation, "KH", case)["IDENTITY"]["handling"] == {
        "code": "H3", "grade": "", "uses": ["COURT", "EXPORT"], "onward": ["MM"], "expires": None}


def section_without_a_code_has_its_default(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    assert {name: s["handling"]["code"] for name, s in sections(federation, "TH", case).items()} == {
        "PROCEDURE": "H0", "IDENTITY": "H2"}


def handling_that_is_not_understood_names_its_line(federation):
    for wrong in ["  IDENTITY: {code: H4}", "  IDENTITY: {grade: D1}", "  IDENTITY: {grade: B5}",
                  "  IDENTITY: {uses: [SALE]}", "  IDENTITY: {onward: MM}", "  IDENTITY: {expires: soon}",
                  "  IDENTITY: {colour: red}", "  MEDICAL: {code: H1}", "  IDENTITY: H1"]:
        refused = refused_with("DRAFT", federation, "KH", "refer", "-",
                               text=draft({"IDENTITY": "a name"}, handling=wrong))
        assert "line 10" in refused.text and "handling" in refused.text, (wrong, refused.text)


# Enforcement at the receiving node --------------------------------------------------------------

FORWARD = ["--to", "MM/mm-atipd", "--request", "THIRD_STATE_ASSISTANCE", "--content", "INFORMATION", "--purpose",
           "INVESTIGATION"]


def forward(federation, case, *words):
    return federation.ask("TH", "forward", case, *words, *FORWARD)["case"]


def whole(federation, case, use, how=None):
    """The whole case, which another officer has to allow."""
    federation.login("TH", "th-welfare-1")
    federation.command("TH", "export", case, "--for", use, "--approve", "th-police-1")
    federation.login("TH", "th-police-1")
    return (how or federation.command)("TH", "export", case, "--for", use)


def chosen_compartment_is_exported_by_one_officer(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    leaves = federation.ask("TH", "export", case, "--for", "ANALYSIS", "--compartment", "PROCEDURE")
    assert [(s["compartment"], s["state"], len(s["entries"])) for s in leaves["case"]["events"][0]["sections"]] == [
        ("PROCEDURE", "OPEN", 1), ("IDENTITY", "LEFT_OUT", 0)]
    printed = federation.command("TH", "export", case, "--for", "ANALYSIS", "--compartment", "IDENTITY")
    assert "a name" in printed and "a request" not in printed, printed
    refused_with("HANDLING", federation, "TH", "export", case, "--for", "COURT", "--compartment", "IDENTITY")


def whole_case_is_exported_by_two_officers(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    export = ["export", case, "--for", "ANALYSIS"]
    refused = refused_with("WHOLE_CASE", federation, "TH", *export)
    assert "--approve th-police-1" in refused.text and "a name" not in refused.text, refused.text
    refused_with("WHOLE_CASE", federation, "TH", *export, "--compartment", "PROCEDURE", "--compartment", "IDENTITY")
    refused_with("SAME_OFFICER", federation, "TH", *export, "--approve", "th-police-1")
    refused_with("NO_OFFICER", federation, "TH", *export, "--approve", "th-nobody")
    federation.login("TH", "th-supervisor-1")
    refused_with("ROLE", federation, "TH", *export, "--approve", "th-police-1")
    federation.login("TH", "th-welfare-1")
    said = federation.command("TH", *export, "--approve", "th-police-1")
    assert "th-police-1 may export the whole of it" in said and "a name" not in said, said
    refused_with("WHOLE_CASE", federation, "TH", *export)  # it was not the other way round
    federation.login("TH", "th-police-1")
    refused_with("WHOLE_CASE", federation, "TH", "export", case, "--for", "COURT")  # nor for that
    assert "a name" in federation.command("TH", *export)
    federation.login("TH", "th-auditor-1")
    log = [(e["action"], e["officer"], e["second"], e["code"]) for e in federation.ask("TH", "audit", "show", "--case", case)]
    assert ("APPROVE_EXPORT", "th-welfare-1", "", "") in log, log
    assert log[0] == ("EXPORT_ANALYSIS", "th-police-1", "th-welfare-1", ""), log
    assert "th-police-1 with th-welfare-1" in federation.command("TH", "audit", "show", "--case", case)
    federation.login("TH", "th-police-1")


def allowance_to_export_ends_after_a_day(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    whole(federation, case, "ANALYSIS")
    with clock_of(federation) as ahead:
        assert "a name" in federation.command("TH", "export", case, "--for", "ANALYSIS")
        ahead(1.01)
        refused_with("WHOLE_CASE", federation, "TH", "export", case, "--for", "ANALYSIS")


def export_holds_what_may_leave_and_names_what_may_not(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    leaves = whole(federation, case, "COURT", federation.ask)["case"]["events"][0]["sections"]
    assert [(s["compartment"], s["state"], len(s["entries"])) for s in leaves] == [
        ("PROCEDURE", "OPEN", 1), ("IDENTITY", "HANDLING", 0)]
    leaves = whole(federation, case, "ANALYSIS", federation.ask)["case"]["events"][0]["sections"]
    assert [s["state"] for s in leaves] == ["OPEN", "OPEN"]
    printed = whole(federation, case, "COURT")
    assert printed.startswith("EXPORT for COURT") and "a request" in printed and "a name" not in printed


def export_that_would_hold_nothing_is_refused(federation):
    case = opened(federation, "MM", "TH", draft({"INTELLIGENCE": "a broker"}, handling="  INTELLIGENCE: {grade: A1}"))
    refused_with("HANDLING", federation, "TH", "export", case, "--for", "COURT")
    whole(federation, case, "ANALYSIS")


def what_leaves_is_in_the_audit_log_with_its_case(federation):
    words = "  PROCEDURE: {code: H0, onward: [MM]}"
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}, handling=words))
    whole(federation, case, "COURT")
    forward(federation, case, "--compartment", "PROCEDURE")
    federation.login("TH", "th-auditor-1")
    log = [e for e in federation.ask("TH", "audit", "show", "--case", case) if e["action"] in ("EXPORT_COURT", "FORWARD")]
    assert [(e["action"], e["officer"], e["shown"]) for e in log] == [
        ("FORWARD", "th-police-1", ["PROCEDURE"]), ("EXPORT_COURT", "th-police-1", ["PROCEDURE"])], log
    federation.login("TH", "th-police-1")


def exception_lets_a_section_into_court(federation):
    words = "  INTELLIGENCE: {grade: A1, uses: [COURT]}"
    case = opened(federation, "MM", "TH", draft({"INTELLIGENCE": "a broker"}, handling=words))
    assert "a broker" in whole(federation, case, "COURT")


def export_needs_the_role_and_the_compartment(federation):
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}, handling="  IDENTITY: {code: H0}"))
    federation.login("TH", "th-supervisor-1")
    refused_with("ROLE", federation, "TH", "export", case, "--for", "COURT")
    federation.login("TH", "th-police-1")
    whole(federation, case, "COURT")


def every_look_for_a_use_is_in_the_audit_log(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    whole(federation, case, "COURT")
    refused_with("HANDLING", federation, "TH", "forward", case, "--compartment", "IDENTITY", *FORWARD)
    federation.login("TH", "th-supervisor-1")
    entries = [e for e in federation.ask("TH", "audit", "show") if e["case"] == case]
    federation.login("TH", "th-police-1")
    exported = next(e for e in entries if e["action"] == "EXPORT_COURT")
    assert (exported["officer"], exported["shown"], exported["shut"]) == ("th-police-1", ["PROCEDURE"], ["IDENTITY"])
    assert any(e["action"] == "FORWARD" and e["code"] == "HANDLING" for e in entries), entries


@contextlib.contextmanager
def clock_of(federation):
    """Thailand's node and its clock: a function that sets it so many days ahead."""
    node = federation.nodes["TH"]
    node.stop()
    faults = node.preload_faults(federation.build)
    node.start()
    federation.login("TH", "th-police-1")

    def ahead(days):
        faults.write_text(f"clock {int(days * 86400)}")
        federation.login("TH", "th-police-1")

    yield ahead
    faults.write_text("")
    node.stop()
    node.environment = {}
    node.start()
    federation.login("TH", "th-police-1")


def expiry_locks_the_section_and_nothing_else(federation):
    with clock_of(federation) as ahead:
        expires_in_two_days(federation, ahead)


def expires_in_two_days(federation, ahead):
    day = (datetime.date.today() + datetime.timedelta(days=2)).isoformat()
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"},
                                                handling=f"  IDENTITY: {{code: H0, expires: {day}}}"))
    assert sections(federation, "TH", case)["IDENTITY"]["state"] == "OPEN"
    ahead(3)
    assert {name: s["state"] for name, s in sections(federation, "TH", case).items()} == {
        "PROCEDURE": "OPEN", "IDENTITY": "SECTION_EXPIRED"}
    refused_with("SECTION_EXPIRED", federation, "TH", "forward", case, "--compartment", "IDENTITY", *FORWARD)


def what_another_country_gave_is_locked_when_the_agreement_keeps_it_no_longer(federation):
    words = "  PROCEDURE: {code: H0, onward: [MM]}"
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}, handling=words))
    own = opened(federation, "TH", "KH", draft({"PROCEDURE": "our own"}).replace("TH/th-ahtd", "KH/kh-task-force"))
    linked = forward(federation, case, "--compartment", "PROCEDURE")
    kept = datetime.datetime.fromisoformat(federation.ask("TH", "show", case)["keep_until"].replace("Z", "+00:00"))
    days = (kept - datetime.datetime.now(datetime.timezone.utc)).total_seconds() / 86400
    assert 20 < days < 4000, days
    assert sections(federation, "TH", linked)["PROCEDURE"]["handling"]["expires"] == (
        federation.ask("TH", "show", case)["keep_until"])
    with clock_of(federation) as ahead:
        ahead(days - 1)
        assert sections(federation, "TH", case)["PROCEDURE"]["state"] == "OPEN"
        assert federation.ask("TH", "status")["locked"] == 0
        ahead(days + 1)
        assert sections(federation, "TH", case)["PROCEDURE"]["state"] == "KEPT_LONG_ENOUGH"
        assert sections(federation, "TH", linked)["PROCEDURE"]["state"] == "KEPT_LONG_ENOUGH"
        assert sections(federation, "TH", own)["PROCEDURE"]["state"] == "OPEN"
        refused_with("KEPT_LONG_ENOUGH", federation, "TH", "export", case, "--for", "COURT")
        refused_with("KEPT_LONG_ENOUGH", federation, "TH", "forward", case, "--compartment", "PROCEDURE", *FORWARD)
        assert federation.ask("TH", "status")["locked"] > 0
        assert "lets nothing be kept any longer" in federation.command("TH", "status")
        row = next(row for row in federation.ask("TH", "inbox") if row["case"] == case)
        assert row["locked"] and "LOCKED" in federation.command("TH", "inbox"), row


def referral_that_nobody_opens_climbs_the_ladder(federation):
    case = federation.refer("KH", draft({"PROCEDURE": "a request"}))
    seen = lambda: next(row for row in federation.ask("TH", "inbox") if row["case"] == case)
    wait_until(lambda: federation.command("TH", "show", case), "the referral's arrival")
    with clock_of(federation) as ahead:
        assert (seen()["late"], seen()["escalated"]) == (False, [])
        ahead(3.1)  # past the clock of ROUTINE
        assert (seen()["late"], seen()["escalated"]) == (True, [])
        ahead(4.1)  # and a day later
        assert seen()["escalated"] == [{"member": "TH", "office": "th-ahtd"}, {"member": "KH", "office": "kh-task-force"}]
        assert "escalated to TH/th-ahtd by the agreement" in federation.command("TH", "show", case)
        assert "LATE ESCALATED" in federation.command("TH", "inbox")
        federation.command("TH", "open", case)
        assert (seen()["late"], seen()["escalated"]) == (False, [])


def forwarded_section_begins_a_case_that_says_where_it_comes_from(federation):
    words = "  IDENTITY: {onward: [MM]}"
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}, handling=words))
    linked = forward(federation, case, "--compartment", "IDENTITY", "--section", "PROCEDURE.asked=please look")
    wait_until(lambda: federation.command("MM", "show", linked), "the forwarded case's arrival")
    federation.command("MM", "open", linked)
    seen = sections(federation, "MM", linked)
    assert {name: s["entries"][0]["text"] for name, s in seen.items()} == {
        "IDENTITY": "a name", "PROCEDURE": "please look"}
    assert seen["IDENTITY"]["handling"]["onward"] == ["MM"]
    about = federation.ask("MM", "show", linked)["events"][0]["about"]
    assert (about["origin_member"], about["origin_case"]) == ("KH", case)
    assert "it comes from KH, case" in federation.command("MM", "show", linked)


def handling_code_blocks_forwarding(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    refused = refused_with("HANDLING", federation, "TH", "forward", case, "--compartment", "IDENTITY", *FORWARD)
    assert "IDENTITY to MM" in refused.text


def country_that_is_not_named_gets_nothing(federation):
    words = "  PROCEDURE: {onward: [VN]}"
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}, handling=words))
    refused_with("ONWARD", federation, "TH", "forward", case, "--compartment", "PROCEDURE", *FORWARD)


def article_that_asks_for_permission_blocks_what_the_code_lets_pass(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}))
    refused_with("ONWARD", federation, "TH", "forward", case, "--compartment", "PROCEDURE", *FORWARD)


def forwarded_section_is_bound_at_the_forwarder_and_beyond(federation):
    words = "  IDENTITY: {onward: [MM]}"
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}, handling=words))
    linked = forward(federation, case, "--compartment", "IDENTITY")
    wait_until(lambda: federation.command("MM", "show", linked), "the forwarded case's arrival")
    federation.command("MM", "open", linked)
    for member in ("TH", "MM"):
        refused_with("HANDLING", federation, member, "export", linked, "--for", "COURT")


def own_section_is_referred_and_not_forwarded(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}))
    federation.command("TH", "answer", case, "--section", "PROCEDURE.text=an answer")
    event = federation.ask("TH", "show", case)["events"][-1]
    refused_with("ORIGIN", federation, "TH", "forward", case, f"{event['member']}.{event['number']}", "--compartment",
                 "PROCEDURE", *FORWARD)
    refused_with("NO_EVENT", federation, "TH", "forward", case, "KH.9", "--compartment", "PROCEDURE", *FORWARD)


# Corrections and revocations --------------------------------------------------------------------


def arrives(federation, member, case, action):
    """Waits for the event; all of that action in the case."""
    def found():
        return [e for e in federation.ask(member, "show", case)["events"] if e["action"] == action]
    wait_until(found, f"{action} at {member}")
    return found()


def forwarded(federation, text, handling, compartment="IDENTITY"):
    """KH's case at TH, and the one that TH began with MM from it; MM has opened it."""
    case = opened(federation, "KH", "TH", draft({compartment: text}, handling=handling))
    linked = forward(federation, case, "--compartment", compartment)
    wait_until(lambda: federation.command("MM", "show", linked), "the forwarded case's arrival")
    federation.command("MM", "open", linked)
    assert sections(federation, "MM", linked)[compartment]["state"] == "OPEN"
    return case, linked


def revocation_locks_the_section_at_the_receiver(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    federation.command("KH", "revoke", case, "KH.1", "--compartment", "IDENTITY")
    arrives(federation, "TH", case, "REVOKE")
    assert {name: s["state"] for name, s in sections(federation, "TH", case).items()} == {
        "PROCEDURE": "OPEN", "IDENTITY": "SECTION_REVOKED"}
    federation.command("KH", "revoke", case, "KH.1")
    wait_until(lambda: sections(federation, "TH", case)["PROCEDURE"]["state"] == "SECTION_REVOKED", "the whole event")
    refused_with("SECTION_REVOKED", federation, "TH", "export", case, "--for", "ANALYSIS")


def revocation_is_possible_when_the_case_is_closed(federation):
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}))
    federation.command("KH", "close", case, "--outcome", "NO_ACTION")
    federation.command("KH", "revoke", case, "KH.1")
    arrives(federation, "TH", case, "REVOKE")
    assert sections(federation, "TH", case)["IDENTITY"]["state"] == "SECTION_REVOKED"


def correction_replaces_and_the_old_is_marked(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "the bus of 9 o'clock"}))
    federation.command("KH", "correct", case, "KH.1", "--section", "PROCEDURE.text=the bus of 11 o'clock")
    event = arrives(federation, "TH", case, "CORRECT")[0]
    old = sections(federation, "TH", case)["PROCEDURE"]
    assert (old["state"], old["standing"]) == ("OPEN", "SECTION_CORRECTED")
    assert event["sections"][0]["entries"][0]["text"] == "the bus of 11 o'clock"
    assert event["about"]["member"] == "KH" and event["about"]["number"] == 1
    printed = whole(federation, case, "COURT")
    assert "11 o'clock" in printed and "9 o'clock" not in printed
    assert "corrected" in federation.command("TH", "show", case)


def only_the_originator_corrects_and_revokes(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request"}))
    refused_with("NOT_ORIGINATOR", federation, "TH", "revoke", case, "KH.1")
    refused_with("NOT_ORIGINATOR", federation, "TH", "correct", case, "KH.1", "--section", "PROCEDURE.text=another")
    refused_with("NO_EVENT", federation, "KH", "revoke", case, "TH.1")  # it has no section


def revocation_follows_to_the_third_country(federation):
    case, linked = forwarded(federation, "a name", "  IDENTITY: {onward: [MM]}")
    assert federation.ask("TH", "show", linked)["duties"] == 0
    refused_with("STATE", federation, "TH", "pass-on", linked)
    before = federation.ask("TH", "status")["duties"]
    federation.command("KH", "revoke", case, "KH.1")
    arrives(federation, "TH", case, "REVOKE")
    assert federation.ask("TH", "status")["duties"] == before + 1
    assert next(row for row in federation.ask("TH", "outbox") if row["case"] == linked)["duties"] == 1
    assert "pass-on" in federation.command("TH", "show", linked) and "PASS ON" in federation.command("TH", "outbox")
    assert sections(federation, "TH", linked)["IDENTITY"]["state"] == "OPEN"  # until it is signed there too
    assert federation.ask("TH", "pass-on", linked)["passed_on"] == 1
    arrives(federation, "MM", linked, "REVOKE")
    for member in ("TH", "MM"):
        assert sections(federation, member, linked)["IDENTITY"]["state"] == "SECTION_REVOKED"
    assert federation.ask("TH", "status")["duties"] == before
    refused_with("STATE", federation, "TH", "pass-on", linked)


def corrections_follow_to_the_third_country_and_so_do_theirs(federation):
    case, linked = forwarded(federation, "the 9 o'clock bus", "  IDENTITY: {onward: [MM]}")
    for number, text in ((1, "the 10 o'clock bus"), (2, "the 11 o'clock bus")):
        federation.command("KH", "correct", case, f"KH.{number}", "--section", f"IDENTITY.text={text}", "--handling",
                           "IDENTITY.onward=MM")
        wait_until(lambda: federation.ask("TH", "show", linked)["duties"] == 1, "the correction at TH")
        federation.command("TH", "pass-on", linked)
        wait_until(lambda: text in federation.command("MM", "show", linked), "the correction at MM")
    events = [e for e in federation.ask("MM", "show", linked)["events"] if e["sections"]]
    assert [e["sections"][0]["standing"] for e in events] == ["SECTION_CORRECTED", "SECTION_CORRECTED", ""]
    federation.command("KH", "revoke", case, "KH.1")
    wait_until(lambda: federation.ask("TH", "show", linked)["duties"] == 1, "the revocation at TH")
    assert federation.ask("TH", "pass-on", linked)["passed_on"] == 1  # it takes the corrections along
    wait_until(lambda: federation.ask("MM", "show", linked)["events"][-1]["action"] == "REVOKE", "the revocation at MM")
    for event in (e for e in federation.ask("MM", "show", linked)["events"] if e["sections"]):
        assert event["sections"][0]["state"] == "SECTION_REVOKED"


def forwarder_changes_nothing_of_what_it_forwarded(federation):
    _, linked = forwarded(federation, "a name", "  IDENTITY: {onward: [MM]}")
    refused_with("NOT_ORIGINATOR", federation, "TH", "correct", linked, "TH.1", "--section", "IDENTITY.text=another")


def what_is_passed_on_is_in_the_audit_log_of_the_case_it_comes_from(federation):
    """A section of it was opened and sealed anew, as by FORWARD; what is refused is an entry too, and shows nothing."""
    case, linked = forwarded(federation, "the 9 o'clock bus", "  IDENTITY: {onward: [MM]}")
    refused_with("STATE", federation, "TH", "pass-on", linked)
    federation.command("KH", "correct", case, "KH.1", "--section", "IDENTITY.text=the 10 o'clock bus", "--handling",
                       "IDENTITY.onward=MM")
    wait_until(lambda: federation.ask("TH", "show", linked)["duties"] == 1, "the correction at TH")
    federation.command("TH", "pass-on", linked, "--why", "she took the later bus")
    federation.command("KH", "revoke", case, "KH.1")
    wait_until(lambda: federation.ask("TH", "show", linked)["duties"] == 1, "the revocation at TH")
    federation.command("TH", "pass-on", linked)
    federation.login("TH", "th-auditor-1")
    log = {of: [(e["officer"], e["code"], e["shown"], e["purpose"])
                for e in federation.ask("TH", "audit", "show", "--case", of) if e["action"] == "PASS_ON"]
           for of in (case, linked)}
    federation.login("TH", "th-police-1")
    assert log[case] == [("th-police-1", "", [], ""), ("th-police-1", "", ["IDENTITY"], "she took the later bus")], log
    assert log[linked] == [("th-police-1", "STATE", [], "")], log


# Asking the originator --------------------------------------------------------------------------


def question_that_is_granted_permits_exactly_that(federation):
    case = opened(federation, "KH", "TH", draft({"PROCEDURE": "a request", "IDENTITY": "a name"}))
    federation.command("TH", "ask", case, "KH.1", "--compartment", "IDENTITY", "--use", "FORWARD", "--to", "MM")
    ask = arrives(federation, "KH", case, "ASK")[0]
    assert ask["about"] == {"member": "KH", "number": 1, "compartment": "IDENTITY", "uses": ["FORWARD"],
                            "countries": ["MM"], "origin_member": "", "origin_case": ""}
    assert "about KH.1 IDENTITY, for: FORWARD, to: MM" in federation.command("KH", "show", case)
    refused_with("HANDLING", federation, "TH", "forward", case, "--compartment", "IDENTITY", *FORWARD)
    federation.command("KH", "grant", case, f"TH.{ask['number']}")
    arrives(federation, "TH", case, "GRANT")
    leaves = whole(federation, case, "COURT", federation.ask)["case"]["events"][0]["sections"]
    assert [s["state"] for s in leaves] == ["OPEN", "HANDLING"]
    refused_with("ONWARD", federation, "TH", "forward", case, "--compartment", "PROCEDURE", *FORWARD)
    linked = forward(federation, case, "--compartment", "IDENTITY")
    wait_until(lambda: federation.command("MM", "show", linked), "the forwarded case's arrival")
    federation.command("MM", "open", linked)
    assert sections(federation, "MM", linked)["IDENTITY"]["handling"]["onward"] == ["MM"]


def use_in_court_can_be_granted(federation):
    case = opened(federation, "MM", "TH", draft({"INTELLIGENCE": "a broker"}, handling="  INTELLIGENCE: {grade: A1}"))
    federation.command("TH", "ask", case, "MM.1", "--compartment", "INTELLIGENCE", "--use", "COURT")
    number = arrives(federation, "MM", case, "ASK")[0]["number"]
    refused_with("HANDLING", federation, "TH", "export", case, "--for", "COURT")
    federation.command("MM", "grant", case, f"TH.{number}")
    arrives(federation, "TH", case, "GRANT")
    assert "a broker" in whole(federation, case, "COURT")


def question_that_is_denied_permits_nothing(federation):
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}))
    federation.command("TH", "ask", case, "KH.1", "--compartment", "IDENTITY", "--use", "COURT")
    number = arrives(federation, "KH", case, "ASK")[0]["number"]
    federation.command("KH", "deny", case, f"TH.{number}")
    arrives(federation, "TH", case, "DENY")
    refused_with("HANDLING", federation, "TH", "export", case, "--for", "COURT")
    refused_with("STATE", federation, "KH", "grant", case, f"TH.{number}")


def question_is_put_to_the_originator_by_another(federation):
    case = opened(federation, "KH", "TH", draft({"IDENTITY": "a name"}))
    words = ["--compartment", "IDENTITY", "--use"]
    refused_with("NOT_ORIGINATOR", federation, "KH", "ask", case, "KH.1", *words, "COURT")
    refused_with("DRAFT", federation, "TH", "ask", case, "KH.1", *words, "FORWARD")
    refused_with("NO_EVENT", federation, "TH", "ask", case, "KH.1", "--use", "COURT")
    federation.command("TH", "ask", case, "KH.1", *words, "COURT")
    number = [e for e in federation.ask("TH", "show", case)["events"] if e["action"] == "ASK"][0]["number"]
    refused_with("NOT_ORIGINATOR", federation, "TH", "grant", case, f"TH.{number}")


def forwarder_grants_nothing_of_what_it_forwarded(federation):
    _, linked = forwarded(federation, "a name", "  IDENTITY: {onward: [MM]}")
    federation.command("MM", "ask", linked, "TH.1", "--compartment", "IDENTITY", "--use", "COURT")
    number = arrives(federation, "TH", linked, "ASK")[0]["number"]
    refused_with("NOT_ORIGINATOR", federation, "TH", "grant", linked, f"MM.{number}")
    federation.command("TH", "deny", linked, f"MM.{number}")
    arrives(federation, "MM", linked, "DENY")


RULES = [
    receiver_sees_what_the_originator_allows,
    every_word_of_a_draft_arrives,
    options_say_the_same_as_a_draft,
    section_without_a_code_has_its_default,
    handling_that_is_not_understood_names_its_line,
    chosen_compartment_is_exported_by_one_officer,
    whole_case_is_exported_by_two_officers,
    allowance_to_export_ends_after_a_day,
    export_holds_what_may_leave_and_names_what_may_not,
    export_that_would_hold_nothing_is_refused,
    what_leaves_is_in_the_audit_log_with_its_case,
    exception_lets_a_section_into_court,
    export_needs_the_role_and_the_compartment,
    every_look_for_a_use_is_in_the_audit_log,
    expiry_locks_the_section_and_nothing_else,
    what_another_country_gave_is_locked_when_the_agreement_keeps_it_no_longer,
    referral_that_nobody_opens_climbs_the_ladder,
    forwarded_section_begins_a_case_that_says_where_it_comes_from,
    handling_code_blocks_forwarding,
    country_that_is_not_named_gets_nothing,
    article_that_asks_for_permission_blocks_what_the_code_lets_pass,
    forwarded_section_is_bound_at_the_forwarder_and_beyond,
    own_section_is_referred_and_not_forwarded,
    revocation_locks_the_section_at_the_receiver,
    revocation_is_possible_when_the_case_is_closed,
    correction_replaces_and_the_old_is_marked,
    only_the_originator_corrects_and_revokes,
    revocation_follows_to_the_third_country,
    corrections_follow_to_the_third_country_and_so_do_theirs,
    forwarder_changes_nothing_of_what_it_forwarded,
    what_is_passed_on_is_in_the_audit_log_of_the_case_it_comes_from,
    question_that_is_granted_permits_exactly_that,
    use_in_court_can_be_granted,
    question_that_is_denied_permits_nothing,
    question_is_put_to_the_originator_by_another,
    forwarder_grants_nothing_of_what_it_forwarded,
]


def main():
    chosen = rules.chosen(RULES)
    federation = Federation(sys.argv[1])
    with federation:
        for member, officer in (("KH", "kh-police-1"), ("TH", "th-police-1"), ("MM", "mm-police-1")):
            federation.login(member, officer)
        for rule in chosen:
            rules.hold(rule, federation)


if __name__ == "__main__":
    main()
