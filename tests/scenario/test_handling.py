"""What the originator of a section allows, and what the receiver's node makes of it, with real processes.

usage: test_handling.py BUILD [RULE ...]
"""

import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
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


RULES = [
    receiver_sees_what_the_originator_allows,
    every_word_of_a_draft_arrives,
    options_say_the_same_as_a_draft,
    section_without_a_code_has_its_default,
    handling_that_is_not_understood_names_its_line,
]


def main():
    build, names = sys.argv[1], sys.argv[2:]
    federation = Federation(build)
    with federation:
        for member, officer in (("KH", "kh-police-1"), ("TH", "th-police-1"), ("MM", "mm-police-1")):
            federation.login(member, officer)
        for rule in RULES:
            if not names or rule.__name__ in names:
                rule(federation)
                print(f"{rule.__name__}: holds", flush=True)


if __name__ == "__main__":
    main()
