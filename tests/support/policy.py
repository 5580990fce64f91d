"""May this be shared? The second answer to that question, made from docs/protocol.md (section 30) and docs/cases.md
(Principles) alone, and a table of questions over the examples of docs/agreements, with its answers.

vectors.py writes both to tests/vectors/agreements.json and policy.json; tests/unit/test_policy.c holds the node's answers to it.
"""

import calendar
import time

import yaml

from exchange import FEDERATION, NOW, ROOT, pb
from peer import blake2b

AGREEMENTS = ("th-kh-police", "th-mm-repatriation", "kh-th-mm-brokers")
HOUR, DAY = 3600000, 86400000


# Code lists (27), by name ----------------------------------------------------------------------------


def code_lists():
    lists = {}
    for line in (ROOT / "docs" / "protocol.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 2 and cells[1][:1].isdigit() and " " in cells[1]:
            pairs = [entry.strip().split(" ", 1) for entry in cells[1].split(",")]
            if all(pair[0].isdigit() and len(pair) == 2 for pair in pairs):
                lists[cells[0]] = {name: int(number) for number, name in pairs}
    return lists


CODES = code_lists()
REQUEST, CONTENT, PURPOSE = CODES["request"], CODES["contents"], CODES["purpose"]
COMPARTMENT, SAFEGUARD, URGENCY = CODES["compartment"], CODES["safeguard"], CODES["urgency"]


def numbers(codes, names):
    return [codes[name] for name in names or []]


# From a source to a body -----------------------------------------------------------------------------


def day(text):
    return calendar.timegm(time.strptime(str(text), "%Y-%m-%d")) * 1000


def is_yes(value):
    return int(value in (True, "yes"))


def country(name):
    return pb["event"].Country(member=name.encode())


def article_body(source):
    consent = source.get("consent", {})
    body = pb["agreement"].Article(
        number=source["number"], title=source["title"].encode(), to=[country(name) for name in source.get("to", [])],
        requests=numbers(REQUEST, source["requests"]), contents=numbers(CONTENT, source["contents"]),
        purposes=numbers(PURPOSE, source["purposes"]), compartments=numbers(COMPARTMENT, source.get("referral")),
        answers=numbers(COMPARTMENT, source.get("answers")), consent=numbers(COMPARTMENT, consent.get("for")),
        onward=CODES["onward sharing"][source.get("onward", "NONE")],
        onward_to=[country(name) for name in source.get("onward_to", [])],
        children=CODES["children"][source.get("children", "FORBIDDEN")],
        safeguards=numbers(SAFEGUARD, source.get("safeguards")), retention_days=source["kept_days"],
        clocks=[pb["agreement"].Clocks(urgency=URGENCY[name], acknowledge_ms=clock["acknowledge_hours"] * HOUR,
                                       act_ms=clock["act_hours"] * HOUR)
                for name, clock in source.get("clocks", {}).items()],
        **{"from": [country(name) for name in source.get("from", [])]})
    optional = {"source": source.get("source", "").encode(), "lawful_ground": is_yes(consent.get("lawful_ground")),
                "handling_floor": CODES["handling"].get(source.get("handling_floor"), 0),
                "graded": is_yes(source.get("graded")), "emergency": is_yes(source.get("emergency"))}
    for name, value in optional.items():
        if value:
            setattr(body, name, value)
    return body


def agreement_body(name):
    folder = ROOT / "docs" / "agreements"
    source = yaml.safe_load((folder / f"{name}.yaml").read_text())
    texts = [pb["agreement"].AgreementText(language=text["language"].encode(), title=text["title"].encode(),
                                           digest=blake2b(b"liaison/1 text\0", (folder / text["file"]).read_bytes()))
             for text in source["texts"]]
    ladder = [pb["agreement"].Step(after_ms=step["after_hours"] * HOUR, member=step["office"].split("/")[0].encode(),
                                   office=step["office"].split("/")[1].encode()) for step in source.get("ladder", [])]
    return pb["agreement"].Agreement(
        federation=FEDERATION, id=source["id"].encode(), version=source["version"], created_ms=NOW,
        from_ms=day(source["in_force"]["from"]), until_ms=day(source["in_force"]["until"]),
        parties=[country(party) for party in source["parties"]], title=source["title"].encode(), texts=texts,
        languages=[language.encode() for language in source["languages"]], ladder=ladder,
        notice_days=source["notice_days"], wind_down_days=source.get("wind_down_days", 0),
        articles=[article_body(article) for article in source["articles"]])


# The answer ------------------------------------------------------------------------------------------


def allows(article, draft):
    """The code of the first thing that the article does not let pass, and how far it got; "" if nothing."""
    names = lambda list: [entry.member.decode() for entry in list]
    others = [party for party in draft["parties"] if party != draft["from"]]
    compartments = set(article.compartments) if draft["referral"] else set(article.answers)
    if not draft["referral"] and draft["referrer"]:
        compartments |= set(article.compartments)
    carried = [section["compartment"] for section in draft["sections"]]
    senders, receivers = names(getattr(article, "from")), names(article.to)
    asks = [
        (not senders or draft["from"] in senders, "OUTSIDE_AGREEMENT"),
        (not receivers or all(other in receivers for other in others), "OUTSIDE_AGREEMENT"),
        (draft["request"] in article.requests, "OUTSIDE_AGREEMENT"),
        (all(content in article.contents for content in draft["contents"]), "OUTSIDE_AGREEMENT"),
        (all(compartment in compartments for compartment in carried), "OUTSIDE_AGREEMENT"),
        (draft["purpose"] in article.purposes, "PURPOSE"),
        (article.emergency == draft["emergency"] and (not draft["emergency"] or draft["urgency"] == 1),
         "EMERGENCY_ONLY"),
        (consents(article.consent, article.lawful_ground, draft), "NEEDS_CONSENT"),
        (protects(article.children, article.safeguards, draft), "CHILD"),
        (all(section["handling"] >= article.handling_floor for section in draft["sections"]), "HANDLING_FLOOR"),
        (not article.graded or all(section["source_grade"] and section["information_grade"]
                                   for section in draft["sections"] if section["compartment"] == 5), "UNGRADED")]
    for index, (holds, code) in enumerate(asks):
        if not holds:
            return code, index
    return "", len(asks)


def consents(needed, lawful_ground, draft):
    if not any(section["compartment"] in needed for section in draft["sections"]):
        return True
    overridden = draft["consent"] == 3 and draft["referral"]
    return draft["consent"] == 1 or draft["ground"] and (overridden or draft["consent"] == 2 and bool(lawful_ground))


def protects(children, safeguards, draft):
    if not draft["child"] or children == 2:
        return True
    return children == 3 and all(safeguard in draft["safeguards"] for safeguard in safeguards)


def broken_principle(draft):
    """docs/cases.md, Principles, by number; 0: none."""
    carried = [section["compartment"] for section in draft["sections"]]
    is_return, victim = draft["request"] == REQUEST["REPATRIATION_REQUEST"], CONTENT["VICTIM"] in draft["contents"]
    stated = draft["safeguards"]
    rules = [
        (COMPARTMENT["MEDICAL"] in carried and not draft["emergency"] and draft["consent"] != 1, 1),
        (COMPARTMENT["MEDICAL"] in carried and
         not (draft["consent"] == 1 or draft["consent"] == 2 and draft["ground"]), 2),
        (draft["child"] and victim and SAFEGUARD["BEST_INTERESTS"] not in stated, 3),
        (draft["child"] and is_return and not {1, 2, 3} <= set(stated), 4),
        (is_return and draft["purpose"] not in (3, 5), 5),
        (COMPARTMENT["CONTACT"] in carried and draft["purpose"] not in (3, 4, 5), 6)]
    return next((number for broken, number in rules if broken), 0)


def answer(bodies, draft, at_ms):
    """Code, agreement, article, principle: as the sender's node and `liaison agreement permits` must say."""
    principle = broken_principle(draft)
    if principle:
        return {"code": "PRINCIPLE", "agreement": "", "article": 0, "principle": principle}
    best = {"code": "NO_AGREEMENT", "agreement": "", "article": 0, "principle": 0}
    if not draft["sections"] and (not draft["referral"] or draft["request"] == REQUEST["TEST_MESSAGE"]):
        return dict(best, code="")
    furthest = -1
    for body in bodies:
        if not set(draft["parties"]) <= {party.member.decode() for party in body.parties}:
            continue
        end = body.until_ms + (0 if draft["referral"] else body.wind_down_days * DAY)
        if not body.from_ms <= at_ms < end:
            if furthest < 0:
                best["code"] = "AGREEMENT_DATE"
            continue
        for article in body.articles:
            code, got = allows(article, draft)
            got = max(got - 1, 0)  # sender and receiver are one question
            if got > furthest:
                furthest = got
                best = {"code": code, "agreement": body.id.decode(), "article": article.number, "principle": 0}
    return best


# The questions ---------------------------------------------------------------------------------------

WITHIN = day("2026-06-01")
PLAIN = {"from": "TH", "parties": ["TH", "KH"], "request": REQUEST["VICTIM_LOCATE_OR_RESCUE"], "contents": [1],
         "purpose": PURPOSE["VICTIM_PROTECTION"], "sections": [], "referral": True, "referrer": True, "urgency": 3,
         "consent": 0, "ground": False, "child": 0, "safeguards": [], "emergency": 0, "at_ms": WITHIN}


def section(compartment, handling=0, source_grade=0, information_grade=0):
    return {"compartment": compartment, "handling": handling, "source_grade": source_grade,
            "information_grade": information_grade}


def ask(name, **changes):
    return dict(PLAIN, name=name, **changes)


def every_request():
    for sender, others in [("TH", ["KH"]), ("KH", ["TH"]), ("TH", ["MM"]), ("MM", ["TH"]), ("KH", ["MM"]),
                           ("MM", ["KH", "TH"]), ("TH", ["VN"])]:
        for name, number in [*REQUEST.items(), ("a request of a newer list", 99)]:
            purpose = 2 if "EVIDENCE" in name else 5 if "REPATRIATION" in name or "TRACING" in name else 1
            yield ask(f"{sender} to {' and '.join(others)}: {name}", **{"from": sender}, parties=[sender, *others],
                      request=number, purpose=purpose, sections=[section(1)])


def every_compartment():
    for request in ("VICTIM_LOCATE_OR_RESCUE", "BROKER_NOTICE", "EVIDENCE_TRANSFER"):
        for name, number in COMPARTMENT.items():
            for said, consent, ground in [("no consent", 0, False), ("consent", 1, False), ("a ground", 2, True),
                                          ("a ground that is not stated", 2, False), ("consent overridden", 3, True),
                                          ("consent overridden without a ground", 3, False)]:
                yield ask(f"{request} with {name}, {said}", request=REQUEST[request], consent=consent, ground=ground,
                          purpose={"BROKER_NOTICE": 1, "EVIDENCE_TRANSFER": 2}.get(request, 3),
                          sections=[section(number, 2, 2, 2)])


def every_purpose_and_content():
    for request in ("VICTIM_LOCATE_OR_RESCUE", "SUSPECT_LOCATE", "EVIDENCE_PRESERVATION"):
        for name, number in [("no purpose", 0), *PURPOSE.items(), ("a purpose of a newer list", 99)]:
            yield ask(f"{request} for {name}", request=REQUEST[request], purpose=number)
        for contents in ([1], [2], [3], [4], [1, 2], [2, 3], [3, 4], [1, 2, 3, 4], [1, 99]):
            yield ask(f"{request} with contents {contents}", request=REQUEST[request], contents=contents,
                      purpose=2 if request.startswith("EVIDENCE") else 1)


def children():
    for request, pair, purpose in [("VICTIM_LOCATE_OR_RESCUE", ["TH", "KH"], 3), ("SUSPECT_LOCATE", ["TH", "KH"], 1),
                                   ("REPATRIATION_REQUEST", ["TH", "MM"], 5), ("FAMILY_TRACING", ["TH", "MM"], 4)]:
        for safeguards in ([], [1], [2], [1, 2], [1, 2, 3], [1, 3], [2, 3, 4, 5], [99]):
            for contents in ([1], [2]):
                yield ask(f"a child, {request}, {safeguards} in place, {contents}", parties=pair, purpose=purpose,
                          request=REQUEST[request], contents=contents, child=1, safeguards=safeguards)


def handling():
    for floor in range(5):
        for grades in ((0, 0), (2, 0), (0, 2), (2, 2)):
            yield ask(f"intelligence under H{floor - 1} with grades {grades}" if floor else
                      f"intelligence without a code, with grades {grades}", request=REQUEST["BROKER_NOTICE"],
                      purpose=1, sections=[section(5, floor, *grades)])
    yield ask("three countries, graded", **{"from": "MM"}, parties=["MM", "KH", "TH"], purpose=1,
              request=REQUEST["BROKER_NOTICE"], sections=[section(5, 0, 1, 1)])


def emergencies():
    for urgency in URGENCY.values():
        for emergency in (0, 1):
            for compartment in (1, 3, 4):
                yield ask(f"urgency {urgency}, emergency article {emergency}, compartment {compartment}",
                          urgency=urgency, emergency=emergency, consent=2, ground=True,
                          sections=[section(compartment)])


def consent_and_floor():
    """The rules that an article sets for itself, each on both sides of its edge."""
    for pair, request, purpose in [(["TH", "KH"], "VICTIM_LOCATE_OR_RESCUE", 3), (["TH", "MM"], "REPATRIATION_REQUEST", 5),
                                   (["TH", "MM"], "FAMILY_TRACING", 4)]:
        for referral in (True, False):
            for consent in range(4):
                for ground in (True, False):
                    yield ask(f"{request}, referral {referral}, IDENTITY, consent {consent}, ground {ground}", parties=pair,
                              request=REQUEST[request], purpose=purpose, consent=consent, ground=ground,
                              referral=referral, contents=[2], sections=[section(1), section(2)])
    for request, compartment in [("BROKER_NOTICE", 5), ("BROKER_NOTICE", 1), ("JOINT_OPERATION_PROPOSAL", 5)]:
        for handling in range(5):
            yield ask(f"{request} with {compartment} under code {handling}", request=REQUEST[request], purpose=1,
                      sections=[section(1, 2), section(compartment, handling, 1, 1)] if compartment != 1 else
                      [section(1, handling)])


def later_events():
    for referrer in (True, False):
        yield ask(f"a later event without sections, referrer {referrer}", referral=False, referrer=referrer)
        for name, number in COMPARTMENT.items():
            for pair, request, purpose in [(["TH", "KH"], "VICTIM_LOCATE_OR_RESCUE", 3),
                                           (["TH", "MM"], "REPATRIATION_REQUEST", 5)]:
                yield ask(f"a later event in {request} with {name}, referrer {referrer}", parties=pair,
                          request=REQUEST[request], purpose=purpose, referral=False, referrer=referrer, consent=1,
                          sections=[section(number, 3)])


def dates():
    begin, until = day("2026-01-01"), day("2036-01-01")
    for name, at_ms in [("a millisecond before it is in force", begin - 1), ("its first millisecond", begin),
                        ("its last millisecond", until - 1), ("its end", until), ("in the wind-down", until + 90 * DAY),
                        ("the last of the wind-down", until + 180 * DAY - 1), ("after it", until + 180 * DAY)]:
        for referral in (True, False):
            yield ask(f"{name}, {'a referral' if referral else 'a later event'}", at_ms=at_ms, referral=referral,
                      sections=[section(1)])


def policy_file():
    questions = [*every_request(), *every_compartment(), *every_purpose_and_content(), *children(), *handling(),
                 *emergencies(), *consent_and_floor(), *later_events(), *dates()]
    bodies = [agreement_body(name) for name in AGREEMENTS]
    return [dict(row, **answer(bodies, row, row["at_ms"])) for row in questions]


def agreements_file():
    return [{"name": name, "source": f"docs/agreements/{name}.yaml",
             "body": agreement_body(name).SerializeToString()} for name in AGREEMENTS]
