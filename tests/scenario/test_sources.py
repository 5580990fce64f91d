"""What a country's people write into the sources of their manifests, and type about role keys: what follows from it,
and which mistakes are refused before the roots meet. No daemon runs.

usage: test_sources.py BUILD
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from federation import Federation
from nacl.signing import SigningKey
from papers import Papers, day


class Desk(Papers):
    """Makes manifests, unsigned, one after the other."""

    def __init__(self, federation):
        super().__init__(federation, "KH")
        self.first = re.sub(r"^version: .*\n", "", (self.place / "manifest.yaml").read_text(), flags=re.M)
        self.made = 0

    def make(self, text, previous="manifest"):
        """The file of the manifest that is made of a source, and what `show` says of it."""
        self.made += 1
        source, out = self.place / f"{self.made}.yaml", self.place / f"{self.made}.manifest"
        source.write_text(text)
        words = ("--previous", self.place / previous) if previous else ()
        self.keys_command("manifest", "make", "--source", source, *words, "--out", out)
        return out.name, self.keys_command("show", out)

    def refused(self, words, call, *arguments, **options):
        try:
            call(*arguments, **options)
        except AssertionError as said:
            assert words in str(said), f"not for \"{words}\" but: {said}"
            return
        raise AssertionError(f"not refused: {words}")


def without(text, name):
    return re.sub(rf"^  - id: {name}\n(    .*\n)*", "", text, flags=re.M)


def with_line(text, name, line):
    return text.replace(f"  - id: {name}\n", f"  - id: {name}\n    {line}\n")


def fresh():
    """A new public key; good for signing and for sealing."""
    return bytes(SigningKey.generate().verify_key).hex()


OTHER = fresh()


def with_other_key(text, use, key=OTHER):
    return re.sub(rf"^  {use}: \w+$", f"  {use}: {key}", text, count=1, flags=re.M)


def line_of(shown, start):
    found = [line for line in shown.splitlines() if line.split()[:len(start)] == list(start)]
    return found[0] if found else None


def versions_follow_one_another(desk):
    desk.refused("the version must be 2", desk.make, "version: 3\n" + desk.first)
    desk.refused("only version 1 can do without --previous", desk.make, "version: 2\n" + desk.first, previous=None)
    second, shown = desk.make(desk.first)
    assert "manifest of KH, version 2" in shown
    assert "manifest of KH, version 3" in desk.make(desk.first, previous=second)[1]
    desk.refused("the version before is of KH", desk.make, desk.first.replace("member: KH", "member: TH"))


def officer_who_is_left_out_stays_as_retired(desk):
    shown = desk.make(without(desk.first, "kh-police-1"))[1]
    assert "retired" in line_of(shown, ("officer", "kh-police-1"))
    shown = desk.make(without(desk.first, "kh-police-1") + "forget: [kh-police-1]\n")[1]
    assert line_of(shown, ("officer", "kh-police-1")) is None


def office_of_an_officer_who_is_carried_over_stays(desk):
    text = desk.first.replace("kh-task-force", "kh-new-office")
    for name in ("kh-police-1", "kh-welfare-1", "kh-operator-1"):
        text = without(text, name)
    shown = desk.make(text)[1]
    assert line_of(shown, ("office", "kh-task-force")) and line_of(shown, ("office", "kh-new-office"))


def signing_key_that_is_left_out_stays_as_retired_and_a_transport_key_goes(desk):
    old = dict(re.findall(r"^  (signing|transport): (\w{16})", desk.first, re.M))
    shown = desk.make(with_other_key(with_other_key(desk.first, "signing"), "transport", fresh()))[1]
    assert "retired" in line_of(shown, ("node", "signing", old["signing"]))
    assert line_of(shown, ("node", "transport", old["transport"])) is None


def what_was_revoked_stays_revoked_and_is_not_forgotten(desk):
    key = re.search(r"key: (\w+)", desk.first)[1]
    old = re.search(r"^  signing: (\w+)", desk.first, re.M)[1]
    text = with_other_key(with_line(desk.first, "kh-police-1", "status: revoked"), "signing")
    text = text.replace(f"    key: {key}\n", f"    key: {key}\n    status: revoked\n")
    text += f"node_keys: [{{use: signing, key: {old}, status: revoked}}]\n"
    second, shown = desk.make(text)
    for turn in range(3):  # in every version from then on
        assert "REVOKED" in line_of(shown, ("officer", "kh-police-1")), turn
        assert "REVOKED" in line_of(shown, ("node", "signing", old[:16])), turn
        assert "REVOKED" in line_of(shown, ("key", "of", "kh-task-force", "PROCEDURE")), turn
        later = without(with_other_key(desk.first, "signing"), "kh-police-1")
        later = re.sub(rf"^  - office: .*\n    compartment: .*\n    key: {key}\n", "", later, flags=re.M)
        for what in ("kh-police-1", old, key):
            desk.refused("what was revoked is never forgotten", desk.make, later + f"forget: [{what}]\n", previous=second)
        desk.refused("was revoked in version", desk.make, with_other_key(desk.first, "signing"), previous=second)
        second, shown = desk.make(later, previous=second)


def forgetting_is_of_what_is_there_and_nowhere_else(desk):
    desk.refused("is not in the version before", desk.make, desk.first + "forget: [nobody]\n")
    desk.refused("stands in this source as well", desk.make, desk.first + "forget: [kh-police-1]\n")


def another_name_needs_keys_of_its_own(desk):
    desk.refused("these are keys of \"kh-police-1\"", desk.make, desk.first.replace("id: kh-police-1", "id: kh-police-2"))


def validity_is_as_it_was_unless_it_is_said_or_the_keys_are_new(desk):
    second, shown = desk.make(with_line(desk.first, "kh-police-1", f"until: {day(20)}"))
    assert day(20) in line_of(shown, ("officer", "kh-police-1"))
    assert day(20) in line_of(desk.make(desk.first, previous=second)[1], ("officer", "kh-police-1"))
    shown = desk.make(with_line(desk.first, "kh-police-1", f"until: {day(40)}"), previous=second)[1]
    assert day(40) in line_of(shown, ("officer", "kh-police-1"))
    keys = re.search(r"- id: kh-police-1\n(    .*\n)*?    signing: (\w+)\n    box: (\w+)\n", desk.first)
    renewed = desk.first.replace(keys[2], fresh()).replace(keys[3], fresh())
    assert day(20) not in line_of(desk.make(renewed, previous=second)[1], ("officer", "kh-police-1"))


def entries_that_mean_nothing_name_their_line(desk):
    for line, words in (("status: gone", "is not a known status"), ("until: 2027-13-01", "must be a day"),
                        ("until: tomorrow", "must be a day"), ("until: 2020-01-01", "it ends before it begins"),
                        ("colour: red", "colour")):
        desk.refused(words, desk.make, with_line(desk.first, "kh-police-1", line))
        desk.refused(", line ", desk.make, with_line(desk.first, "kh-police-1", line))


def source_that_is_no_form_is_told_once_and_with_its_line(desk):
    source = desk.place / "no.form"
    for text, line in (("", "line 1: it is empty"), ("version: 2\noffices: [", "line 3: did not find")):
        source.write_text(text)
        for kind in ("manifest", "roster"):
            try:
                desk.keys_command(kind, "make", "--source", source, "--out", desk.place / "no.file")
            except AssertionError as said:
                assert line in str(said) and str(said).count(", line ") == 1, f"{kind}: {said}"
            else:
                raise AssertionError(f"not refused: {kind}")


def what_would_be_refused_once_it_is_signed_is_refused_when_it_is_made(desk):
    desk.refused("(INCONSISTENT)", desk.make, with_other_key(with_other_key(desk.first, "signing"), "transport"))
    desk.refused("(INCONSISTENT)", desk.make, desk.first.replace("  - id: kh-police-1\n    office: kh-task-force",
                                                                 "  - id: kh-police-1\n    office: nowhere"))


# Role keys ---------------------------------------------------------------------------------------


def role_file(desk, compartment):
    return desk.place / "node" / "roles" / f"kh-task-force-{compartment}.key"


def role_key_is_given_to_whom_the_manifest_allows(desk):
    words = ("role", "share", role_file(desk, "IDENTITY"), "--key", desk.place / "node/officers/kh-police-1.key")
    revoked = desk.make(with_line(desk.first, "kh-welfare-1", "status: revoked"))[0]
    for holder, manifest, code in (("kh-operator-1", "manifest", "(ROLE)"), ("nobody", "manifest", "(UNKNOWN_KEY)"),
                                   ("kh-welfare-1", revoked, "(KEY_REVOKED)"), ("kh-welfare-1", None, "(USAGE)"),
                                   ("kh-operator-1=" + fresh(), "manifest", "(ROLE)")):
        options = ("--manifest", desk.place / manifest) if manifest else ()
        desk.refused(code, desk.keys_command, *words, "--holder", holder, *options, holder="kh-police-1")
    before = role_file(desk, "CONTACT").read_bytes()
    told = desk.keys_command("role", "share", role_file(desk, "CONTACT"), *words[3:], "--holder", "kh-welfare-1",
                             "--manifest", desk.place / "manifest", holder="kh-police-1")
    assert "not held by kh-police-1" in told and role_file(desk, "CONTACT").read_bytes() == before


def next_role_key_leaves_out_who_is_no_more(desk):
    revoked = desk.make(with_line(desk.first, "kh-welfare-1", "status: revoked"))[0]
    desk.keys_command("role", "rotate", role_file(desk, "IDENTITY"), "--manifest", desk.place / revoked)
    shown = desk.keys_command("show", role_file(desk, "IDENTITY-2"))
    assert "held by kh-police-1\n" in shown, shown
    assert "held by kh-police-1 kh-welfare-1\n" in desk.keys_command("show", role_file(desk, "IDENTITY"))
    desk.keys_command("role", "rotate", role_file(desk, "IDENTITY"), "--manifest", desk.place / "manifest")
    assert role_file(desk, "IDENTITY-3").exists(), "the next generation takes no other's place"


def recovery_takes_two_officers_or_more_and_has_enough_of_them(desk):
    words = ("role", "rotate", role_file(desk, "EVIDENCE"), "--manifest", desk.place / "manifest")
    two = ("--recovery", "kh-welfare-1", "--recovery", "kh-operator-1")
    for threshold, code in (("1", "(TOO_FEW_SHARES)"), ("0", "(TOO_FEW_SHARES)"), ("3", "(TOO_FEW_SHARES)"),
                            ("two", "(USAGE)"), ("999", "(USAGE)")):
        desk.refused(code, desk.keys_command, *words, *two, "--recovery-threshold", threshold)
    desk.refused("(USAGE)", desk.keys_command, *words, *two)
    desk.refused("(UNKNOWN_KEY)", desk.keys_command, *words, "--recovery", "nobody", "--recovery-threshold", "2")
    assert not role_file(desk, "EVIDENCE-2").exists()
    desk.keys_command(*words, *two, "--recovery-threshold", "2")
    assert "recovered by 2 of kh-welfare-1 kh-operator-1" in desk.keys_command("show", role_file(desk, "EVIDENCE-2"))


def recovery_names_who_typed_a_wrong_passphrase_and_gives_nothing(desk):
    file = role_file(desk, "EVIDENCE-2")
    before = file.read_bytes()
    secrets = desk.federation.keys / "passphrases"

    def share(officer, passphrase):
        return "--share", f"{desk.place}/node/officers/{officer}.key={secrets}/{passphrase}"
    words = ("role", "recover", file, "--manifest", desk.place / "manifest", "--holder", "kh-police-1")
    desk.refused("kh-operator-1.key", desk.keys_command, *words, *share("kh-welfare-1", "kh-welfare-1"),
                 *share("kh-operator-1", "kh-welfare-1"))
    desk.refused("(ROLE)", desk.keys_command, *words[:-1], "kh-welfare-1", *share("kh-welfare-1", "kh-welfare-1"),
                 *share("kh-operator-1", "kh-operator-1"))
    desk.refused("(TOO_FEW_SHARES)", desk.keys_command, *words, *share("kh-welfare-1", "kh-welfare-1"),
                 *share("kh-police-1", "kh-police-1"))
    assert file.read_bytes() == before


RULES = [versions_follow_one_another, officer_who_is_left_out_stays_as_retired,
         office_of_an_officer_who_is_carried_over_stays,
         signing_key_that_is_left_out_stays_as_retired_and_a_transport_key_goes,
         what_was_revoked_stays_revoked_and_is_not_forgotten, forgetting_is_of_what_is_there_and_nowhere_else,
         another_name_needs_keys_of_its_own, validity_is_as_it_was_unless_it_is_said_or_the_keys_are_new,
         entries_that_mean_nothing_name_their_line, source_that_is_no_form_is_told_once_and_with_its_line,
         what_would_be_refused_once_it_is_signed_is_refused_when_it_is_made,
         role_key_is_given_to_whom_the_manifest_allows, next_role_key_leaves_out_who_is_no_more,
         recovery_takes_two_officers_or_more_and_has_enough_of_them,
         recovery_names_who_typed_a_wrong_passphrase_and_gives_nothing]


def main():
    federation = Federation(sys.argv[1])
    federation.ceremony()
    desk = Desk(federation)
    for rule in RULES:
        rule(desk)
        print(rule.__name__, flush=True)
    federation.remove()


if __name__ == "__main__":
    main()
