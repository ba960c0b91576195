"""The cases of `cases/*.yaml`, each row a test: law.md told as facts, day and answer."""

from datetime import date

import pytest

from registry.errors import NotLawful
from registry.law.words import Direction, Purpose, Sector
from registry.screening.rules import Question, Result, find
from registry.screening.wording import sentence
from tests.law import reading

SECTORS = reading.read("sectors")["may_ask"]
ASKABLE = {(sector, purpose) for sector, purposes in SECTORS.items() for purpose in purposes}


def _answers(name):
    """Every day × name × sector × purpose of one file of directions."""
    case = reading.read(name)
    people = {
        who: {key: case["usual"] | facts for key, facts in designations.items()}
        for who, designations in case["people"].items()
    }
    for block in case["answers"]:
        cells = {(sector, purpose) for sector in SECTORS for purpose in block.get(sector, ())}
        assert cells == ASKABLE, f"{name}: {block['who']} {block['days']} leaves cells open"
        for label, day in block["days"].items():
            for whose in block.get("names", ("same", "other")):
                for sector, purpose in sorted(cells):
                    yield pytest.param(
                        case.get("overlay"),
                        people[block["who"]],
                        block,
                        day,
                        whose,
                        sector,
                        purpose,
                        id=f"{name}, {block['who']}, {label} {day}, {whose} name, {sector}, {purpose}",
                    )


def _rows(start, *parts):
    """Every row of the lists `parts` of the files that begin with `start`."""
    for name in reading.files(start):
        case = reading.read(name)
        groups = case["groups"] if parts == ("groups",) else {part: case.get(part, ()) for part in parts}
        for group, rows in groups.items():
            for row in rows:
                facts = case.get("usual", {}) | row.get("facts", {})
                yield pytest.param(case, facts, row, id=f"{name}, {group}, {row['what']}")


@pytest.mark.parametrize(
    ("overlay", "designations", "block", "day", "whose", "sector", "purpose"),
    [row for name in reading.files("directions-") for row in _answers(name)],
)
def test_the_direction_is_that_of_the_table(overlay, designations, block, day, whose, sector, purpose):
    law = reading.book(overlay)
    person = reading.listed(designations, law, block.get("suspended", ()), same_name=whose == "same")
    question = Question(Purpose(purpose), Sector(sector), block.get("asked_in", "110000"), law.on(day))

    finding = find(person, question)

    of_the_holder = Direction(block[sector][purpose])
    if of_the_holder is Direction.PROCEED:
        assert (finding.result, finding.direction) == (Result.NO_MATCH, Direction.PROCEED)
        assert finding.effects == ()
    elif whose == "other":  # possible_match if and only if the true holder would get more than proceed
        assert (finding.result, finding.direction) == (Result.POSSIBLE_MATCH, Direction.REVIEW)
        assert (finding.effects, finding.contact) == ((), reading.PHONE)
    else:
        assert (finding.result, finding.direction) == (Result.MATCH, of_the_holder)
        shown = {measure.code for effect in finding.effects for measure in effect.measures}
        if "shown" in block:
            assert shown == set(block["shown"].get(sector, ()))


@pytest.mark.parametrize("sector", list(Sector))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_sector_may_ask_for_its_own_purposes_only(sector, purpose):
    law = reading.book().on(date(2026, 11, 22))

    assert law.permits(purpose, sector) == ((sector, purpose) in ASKABLE)


@pytest.mark.parametrize(("case", "facts", "row"), list(_rows("designations", "groups")))
def test_a_designation_is_lawful_or_refused(case, facts, row):
    law = reading.book(case.get("overlay"))
    if "refused" in row:
        with pytest.raises(NotLawful) as caught:
            reading.planned(facts, law, case["today"])
        assert caught.value.slug == "not-lawful"
        assert row["refused"] in ("any", str(caught.value.facts["rule"]).rsplit("/", 1)[-1])
    else:
        sanctions = reading.planned(facts, law, case["today"])
        assert [" ".join(filter(None, (s.regime, s.class_))) for s in sanctions] == row["lawful"]


@pytest.mark.parametrize(("case", "facts", "row"), list(_rows("terms", "terms")))
def test_a_term_ends_on_the_corresponding_day(case, facts, row):
    (sanction,) = reading.planned(facts, reading.book(case.get("overlay")), case["today"])

    assert (sanction.starts_on, sanction.ends_on) == (row["from"], row["to"])
    earlier = {measure.code: measure.ends_on for measure in sanction.measures if measure.ends_on}
    assert earlier == row.get("earlier", {})


@pytest.mark.parametrize(("case", "facts", "row"), list(_rows("terms", "measures")))
def test_a_sanction_carries_the_measures_of_its_regime(case, facts, row):
    (sanction,) = reading.planned(facts, reading.book(case.get("overlay")), case["today"])

    assert sorted(measure.code for measure in sanction.measures) == sorted(row["carries"])


@pytest.mark.parametrize(("case", "facts", "row"), list(_rows("terms", "unconfirmed")))
def test_an_unconfirmed_value_is_named_wherever_it_decides(case, facts, row):
    law = reading.book(case.get("overlay"))
    (sanction,) = reading.planned(facts, law, case["today"])

    assert law.on(sanction.starts_on).get(row["rule"]).source.provisional
    assert row["rule"] in sanction.rules


@pytest.mark.parametrize(
    "story", [pytest.param(story, id=story["what"]) for story in reading.read("chains")["chains"]]
)
def test_repeated_sanctions_are_served_one_after_the_other(story):
    law = reading.book()
    usual = reading.read("terms")["usual"]
    links = {}
    for number, step in enumerate(story["steps"], 1):
        for key, words in step.get("record", {}).items():
            day, class_ = words.split()
            ground = {"class_1": "convicted", "class_2": "facilitated"}[class_]
            (sanction,) = reading.planned(
                usual | {"ground": ground, "decided_on": date.fromisoformat(day)}, law
            )
            links[key] = (sanction, None)
        links.pop(step.get("remove"), None)

        terms = reading.chained(links, law)

        assert {key: _words(term) for key, term in terms.items()} == step["terms"], f"step {number}"
        links = {key: (sanction, terms[key].ends_on) for key, (sanction, _) in links.items()}


def _words(term):
    return f"{term.starts_on} … {term.ends_on}" if term.starts_on <= term.ends_on else "nothing"


def _sentences():
    case = reading.read("sentences")
    for row in case["sentences"]:
        whose = "other name" if row.get("other_name") else "same name"
        name = f"{row['who']}, {row['day']}, {whose}, {row['sector']}, {row['purpose']}"
        yield pytest.param(case, row, id=name)


@pytest.mark.parametrize(("case", "row"), list(_sentences()))
def test_the_sentence_says_what_the_customer_needs_and_accuses_nobody(case, row):
    law = reading.book()
    designations = {key: case["usual"] | facts for key, facts in case["people"][row["who"]].items()}
    person = reading.listed(
        designations, law, same_name=not row.get("other_name"), authority=case["authority"]
    )
    question = Question(Purpose(row["purpose"]), Sector(row["sector"]), "110000", law.on(row["day"]))

    say = sentence(find(person, question), question)

    for part in row["zh"]:
        assert part in say.zh
    for part in row["en"]:
        assert part in say.en
    titles = [regime.name.value for regime in law.on(row["day"]).regimes.values()]
    zh, en = say.zh, say.en.lower()
    for title in titles:
        zh, en = zh.replace(title.zh, ""), en.replace(title.en.lower(), "")
    assert [word for word in case["never"]["zh"] if word in zh] == []
    assert [word for word in case["never"]["en"] if word in en] == []
    assert [twice for twice in ("办理办理", "办理开立", "办理注册") if twice in say.zh] == []


def test_every_case_file_is_read():
    known = ("directions-", "designations", "terms")
    read = [name for start in known for name in reading.files(start)] + ["chains", "sectors", "sentences"]
    read += ["periods"]  # by the calendar: tests/workdays/test_periods.py

    assert sorted(read) == reading.files("")
