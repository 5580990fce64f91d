"""The docs name what the code has: every code with its rule, every rule a heading, every command in --help.

usage: test_docs.py BUILD [--write]: --write prints docs/codes.md anew.
"""

import json
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
HEAD = """# Codes

Printed from the one table of refusal codes, `include/liaison/error.h`. A number is never used again.

| number | code | rule | what is wrong | what to do |
|---|---|---|---|---|
"""


def codes(build):
    out = subprocess.run([build / "node/cli/liaison", "codes", "--json"], capture_output=True, check=True).stdout
    return json.loads(out)


def page(rows):
    return HEAD + "".join(
        f"| {r['number']} | {r['name']} | {r['rule']} | {r['text']} | {r['advice']} |\n" for r in rows)


def headings(name):
    text = (DOCS / f"{name}.md").read_text()
    return {re.sub(r"^\d+\.\s*", "", line.lstrip("# ").strip()) for line in text.splitlines() if line.startswith("#")}


def every_rule_is_a_heading(rows):
    for row in rows:
        name, rule = row["rule"].split(": ")
        assert rule in headings(name), f"{row['name']}: docs/{name}.md has no heading \"{rule}\""


def no_two_codes_have_one_number(rows):
    """The later one would be shown under the name of the first, and sent so to another country."""
    numbers = [row["number"] for row in rows]
    assert len(set(numbers)) == len(numbers), sorted(n for n in set(numbers) if numbers.count(n) > 1)


def codes_page_is_the_table(rows):
    assert (DOCS / "codes.md").read_text() == page(rows), "docs/codes.md is not the table: run with --write"


def links_lead_somewhere():
    for document in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target} does not exist"


def named_files_exist():
    for document in [ROOT / "README.md", *DOCS.rglob("*.md")]:
        for target in re.findall(r"`((?:node|proto|broker|keys|tests|include|docs)/[\w./-]+)`", document.read_text()):
            assert (ROOT / target).exists(), f"{document.name}: {target} does not exist"


def named_rules_exist():
    """Each rule that the testing page names is one of a test."""
    tests = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.[cp]*"))
    for rule in re.findall(r"`([a-z]+(?:_[a-z0-9]+){3,})`", (DOCS / "testing.md").read_text()):
        assert re.search(rf"\b{rule}\b", tests), f"docs/testing.md: no test is named {rule}"


def scenario_refuses_a_rule_that_it_has_not(build):
    """Where rules may be named: who mistypes one must not read that it holds."""
    scenarios = [path for path in (ROOT / "tests" / "scenario").glob("test_*.py")
                 if re.search(r"^usage: .* BUILD \[(RULE|DRILL) \.\.\.\]$", path.read_text(), re.M)]
    assert scenarios
    for path in scenarios:
        done = subprocess.run([sys.executable, path, build, "no_such_rule"], capture_output=True, text=True)
        assert done.returncode == 1 and "no_such_rule" in done.stderr, f"{path.name}: {done}"


def protocol_tables_have_every_field():
    """Each field of each schema that the protocol page describes stands in its tables with its number."""
    text = (DOCS / "protocol.md").read_text()
    for schema in ("signed", "roster", "event", "letter", "hub", "courier", "evidence"):
        body = (ROOT / "proto" / "schema" / f"{schema}.proto").read_text()
        for message, fields in re.findall(r"message (\w+) \{(.*?)\n?\}", body, re.S):
            table = re.search(rf"\*\*{message}\*\*.*?(?=\n\*\*|\n#)", text, re.S)
            assert table, f"docs/protocol.md has no table of {message}"
            for name, number in re.findall(r"(\w+) = (\d+);", fields):
                assert re.search(rf"\| {number} \| `?{name}`? \|", table[0]), f"{message}.{name} = {number} is missing"


LIBRARIES = ("sodium", "protobuf-c", "lmdb", "yaml", "seccomp", "zmq", "czmq", "qrencode", "jansson", "smartcols")


def includes_follow_the_table():
    """Dependencies go one way, as the architecture page has them."""
    table = {row[0]: row[1:] for row in re.findall(r"^\| ((?:proto|keys|broker|node)[\w/]*) \|([^|]*)\|([^|]*)\|$",
                                                   (DOCS / "architecture.md").read_text(), re.M)}
    sources = [file for top in ("proto", "keys", "broker", "node") for file in (ROOT / top).rglob("*.[ch]")]
    folders = {str(file.parent.relative_to(ROOT)) for file in sources}
    assert folders == set(table), f"the table's folders differ: {folders ^ set(table)}"
    for file in sources:
        used, libraries = table[str(file.parent.relative_to(ROOT))]
        for mark, header in re.findall(r'^#include ([<"])([^>"]+)', file.read_text(), re.M):
            if mark == "<":
                library = next((name for name in LIBRARIES if re.match(rf"(lib)?{name}\b", header)), None)
                assert library is None or library in re.findall(r"[\w-]+", libraries), f"{file}: <{header}>"
            elif header.endswith(".pb-c.h"):
                assert "generated" in used, f"{file}: {header}"
            elif not (file.parent / header).exists():
                homes = [home for home in folders if (ROOT / home / header).exists()]
                assert any(re.search(rf"\b{home.split('/')[-1]}\b", used) for home in homes), f"{file}: {header}"


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    rows = codes(build)
    if "--write" in sys.argv:
        (DOCS / "codes.md").write_text(page(rows))
    no_two_codes_have_one_number(rows)
    codes_page_is_the_table(rows)
    every_rule_is_a_heading(rows)
    links_lead_somewhere()
    named_files_exist()
    named_rules_exist()
    scenario_refuses_a_rule_that_it_has_not(build)
    protocol_tables_have_every_field()
    includes_follow_the_table()
    print("the docs name what the code has")


if __name__ == "__main__":
    main()
