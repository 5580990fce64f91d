"""What ends is told in time, to people by `status` and to machines by metrics: each kind of thing at 60, 30 and 7 days
and when it has ended, at the country whose it is; and a counterpart hears of the manifest.

usage: test_warnings.py BUILD
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import ROOT, Federation, Refused, wait_until
from papers import Papers, day

DAY = 86400
DRAFT = """to: [TH/th-ahtd]
request: INFORMATION_REQUEST
purpose: INVESTIGATION
contents: [INFORMATION]
sections:
  PROCEDURE: {asked: when}
"""


def until(days):
    return f"until: {day(days)}"


def ending(text):
    """The source with everything about to end: the manifest in 50 days, the signing key in 5, and so on."""
    text = text.replace("member: KH\n", "member: KH\ndays: 50\n")
    text = text.replace("node:\n", f"node:\n  {until(5)}\n")
    for officer, days in (("kh-police-1", 20), ("kh-operator-1", 100)):
        text = text.replace(f"  - id: {officer}\n", f"  - id: {officer}\n    {until(days)}\n")
    text = text.replace("  - id: kh-welfare-1\n", f"  - id: kh-welfare-1\n    from: {day(-30)}\n    {until(-1)}\n")
    for compartment, days in (("PROCEDURE", 55), ("IDENTITY", 62)):
        text = text.replace(f"    compartment: {compartment}\n", f"    compartment: {compartment}\n    {until(days)}\n")
    return text


def warnings(federation, member="KH"):
    """By kind, name and compartment, what status warns of."""
    return {(row["kind"], row["name"], row["compartment"]): row["warning"]
            for row in federation.ask(member, "status")["expiries"] if row["member"] in ("", member)}


def metrics(federation, daemon):
    """By name and label, the values of a daemon's file."""
    text = (federation.directory / f"{daemon}.prom").read_text()
    return {name: int(value) for name, value in re.findall(r"^(\S+) (-?\d+)$", text, re.M)}


def expires(federation, kind):
    return metrics(federation, "KH")[f'liaison_node_expires_seconds{{kind="{kind}"}}']


def nothing_is_said_of_what_is_far(federation):
    assert set(warnings(federation).values()) == {None}, warnings(federation)
    assert "WARNING" not in federation.command("KH", "status")


def each_kind_is_warned_of_in_its_time(federation):
    told = Papers(federation, "KH").next_manifest(ending)
    assert "officer kh-welfare-1: ENDED" in told, told
    Papers(federation, "KH").reload()
    wait_until(lambda: warnings(federation)[("MANIFEST", "", None)] == "60", "the manifest's warning")
    expected = {("SIGNING_KEY", "", None): "7", ("TRANSPORT_KEY", "", None): "7",
                ("OFFICER", "kh-police-1", None): "30", ("OFFICER", "kh-welfare-1", None): "ENDED",
                ("OFFICER", "kh-operator-1", None): None, ("ROLE_KEY", "kh-task-force", "PROCEDURE"): "60",
                ("ROLE_KEY", "kh-task-force", "IDENTITY"): None, ("ROSTER", "", None): None}
    found = warnings(federation)
    assert {key: found[key] for key in expected} == expected, found


def people_are_told_what_to_do_soonest_first(federation):
    lines = federation.command("KH", "status").splitlines()
    table = lines[next(i for i, line in enumerate(lines) if line.startswith("WARNING")) + 1:]
    assert [line.split()[0] for line in table] == ["ENDED", "7", "7", "30", "60", "60"], table
    for line, words in zip(table, ("the keys of officer kh-welfare-1", "signing key", "transport key", "kh-police-1",
                                   "our manifest", "the role key of kh-task-force, PROCEDURE"), strict=True):
        assert words in line and ("then a new manifest" in line or "manifest make" in line), line


def counterpart_is_warned_of_the_manifest_only(federation):
    wait_until(lambda: federation.peer("TH", "KH")["manifest"] == 2, "the manifest at the counterpart")
    rows = [row for row in federation.ask("TH", "status")["expiries"] if row["member"] == "KH"]
    assert [(row["kind"], row["warning"]) for row in rows] == [("MANIFEST", "60")], rows
    line = next(line for line in federation.command("TH", "status").splitlines() if "the manifest of KH" in line)
    assert "only it can make the next" in line, line


def signs_nothing(federation, code):
    try:
        federation.refer("KH", DRAFT)
    except Refused as refused:
        assert f"({code})" in refused.text, refused.text
        return
    raise AssertionError(f"a referral was signed in spite of {code}")


def officer_whose_keys_have_ended_signs_nothing(federation):
    federation.login("KH", "kh-welfare-1")
    signs_nothing(federation, "KEY_EXPIRED")
    federation.login("KH", "kh-police-1")
    case = federation.refer("KH", DRAFT)
    wait_until(lambda: federation.deliveries("KH", case) == {"TH": "DELIVERED"}, "the receipt")


def nothing_is_signed_under_a_manifest_that_has_ended(federation):
    node = federation.nodes["KH"]
    node.stop()
    faults = node.preload_faults(federation.build)
    faults.write_text(f"clock {70 * 86400}")
    node.start()
    federation.login("KH", "kh-police-1")
    signs_nothing(federation, "EXPIRED")
    node.stop()
    node.environment = {}
    node.start()
    federation.login("KH", "kh-police-1")


def metrics_say_when_each_kind_ends(federation):
    Papers(federation, "KH").reload()
    wait_until(lambda: expires(federation, "signing_key") <= 5 * DAY, "the metrics")
    for kind, least, most in (("roster", 729, 731), ("manifest", 49, 50), ("signing_key", 3, 5),
                              ("transport_key", 3, 5), ("officer", -2, 0), ("role_key", 53, 55), ("epoch", 5, 7),
                              ("agreement", 20000, 40000)):
        assert least * DAY <= expires(federation, kind) <= most * DAY, (kind, expires(federation, kind) / DAY)


def metrics_follow_what_waits(federation):
    waiting = 'liaison_node_letters_open{member="TH"}', 'liaison_node_items_waiting{member="TH"}'
    federation.nodes["TH"].stop()
    federation.refer("KH", DRAFT)
    Papers(federation, "KH").reload()
    wait_until(lambda: sum(metrics(federation, "KH")[name] for name in waiting) > 0, "what waits")
    federation.nodes["TH"].start()

    def is_all_settled():
        Papers(federation, "KH").reload()
        return sum(metrics(federation, "KH")[name] for name in waiting) == 0
    wait_until(is_all_settled, "the receipt in the metrics")


def page_has_every_metric(federation):
    page = (ROOT / "docs" / "operations.md").read_text()
    names = {name.partition("{")[0] for name in
             re.findall(r"^# TYPE liaison_node_(\w+)", (federation.directory / "KH.prom").read_text(), re.M)}
    table = set(re.findall(r"^\| `(\w+)` \|", page.split("## Metrics")[1].split("\n## ")[0], re.M))
    assert names == table, names ^ table


RULES = [nothing_is_said_of_what_is_far, each_kind_is_warned_of_in_its_time, people_are_told_what_to_do_soonest_first,
         counterpart_is_warned_of_the_manifest_only, officer_whose_keys_have_ended_signs_nothing,
         metrics_say_when_each_kind_ends, metrics_follow_what_waits, page_has_every_metric,
         nothing_is_signed_under_a_manifest_that_has_ended]


def main():
    with Federation(sys.argv[1], members=("KH", "TH")) as federation:
        for rule in RULES:
            rule(federation)
            print(rule.__name__, flush=True)


if __name__ == "__main__":
    main()
