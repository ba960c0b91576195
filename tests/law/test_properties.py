"""What holds for any facts, any day and any chain (law.md §§3 and 4)."""

from calendar import monthrange
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from registry.designations.rules import Link, chain
from registry.law.terms import when, years_later
from registry.law.words import Direction, Purpose, Sector, When
from registry.screening.rules import Question, find
from tests.law import reading
from tests.law.test_cases import ASKABLE

ONE = timedelta(days=1)
CAP = 5
days = st.dates(date(2017, 1, 1), date(2095, 12, 31))
askable = st.sampled_from(sorted(ASKABLE))


@given(days, st.integers(1, 5))
def test_a_term_ends_on_the_corresponding_day_or_the_months_last(start, years):
    end = years_later(start, years)

    assert (end.year, end.month) == (start.year + years, start.month)
    assert end.day == min(start.day, monthrange(end.year, end.month)[1])


@given(days, st.integers(1, 5))
def test_a_later_start_never_ends_earlier(start, years):
    assert years_later(start, years) <= years_later(start + ONE, years)


@given(days, days, st.integers(-2000, 2000))
def test_a_term_is_in_force_exactly_between_its_days(first, second, offset):
    starts_on, ends_on = sorted((first, second))
    day = starts_on + timedelta(days=offset)

    state = when(day, starts_on, ends_on)

    assert (state is When.IN_FORCE) == (starts_on <= day <= ends_on)
    assert (state is When.PENDING) == (day < starts_on)
    assert (state is When.ENDED) == (day > ends_on)


# --- chains -----------------------------------------------------------------------------------


@st.composite
def links(draw):
    """Up to six links of one person, decided within some eight years, many of them on touching days."""
    count = draw(st.integers(1, 6))
    first = draw(st.dates(date(2024, 12, 1), date(2032, 12, 31)))
    made = []
    for number in range(count):
        near = draw(st.sampled_from([0, 1, 2, 365, 730, 731, 732, 1095, 1096, 1826, 1827, 1828]))
        decided_on = first + timedelta(days=near + draw(st.integers(-3, 900)))
        years = draw(st.sampled_from([2, 3]))
        stood = draw(
            st.none() | st.integers(0, 365 * years).map(lambda gap, on=decided_on: on + timedelta(gap))
        )
        made.append(Link(f"l{number}", decided_on, years, stood))
    return made


def served(terms):
    """The terms in order, without those to which nothing was left."""
    return sorted((t for t in terms.values() if t.starts_on <= t.ends_on), key=lambda t: t.starts_on)


@given(links())
def test_the_terms_of_a_chain_never_overlap(made):
    terms = served(chain(made, CAP))

    assert all(earlier.ends_on < later.starts_on for earlier, later in pairwise(terms))


@given(links())
def test_nobody_is_sanctioned_for_more_than_five_years_without_a_gap(made):
    runs = []
    for term in served(chain(made, CAP)):
        if runs and term.starts_on == runs[-1][1] + ONE:
            runs[-1][1] = term.ends_on
        else:
            runs.append([term.starts_on, term.ends_on])

    assert all(ends_on <= years_later(starts_on, CAP) for starts_on, ends_on in runs)


@given(links())
def test_no_end_is_later_than_it_stood(made):
    terms = chain(made, CAP)

    assert all(terms[link.id].ends_on <= link.stood for link in made if link.stood)


@given(links())
def test_no_term_begins_before_its_decision_or_lasts_longer_than_its_years(made):
    terms = chain(made, CAP)

    for link in made:
        term = terms[link.id]
        assert term.starts_on >= link.decided_on
        assert term.ends_on <= years_later(term.starts_on, link.years)


@given(links(), st.randoms(use_true_random=False))
def test_the_order_of_recording_does_not_matter(made, random):
    shuffled = random.sample(made, len(made))

    assert chain(shuffled, CAP) == chain(made, CAP)


@given(links())
def test_recomputing_what_stands_changes_nothing(made):
    terms = chain(made, CAP)
    again = chain([Link(each.id, each.decided_on, each.years, terms[each.id].ends_on) for each in made], CAP)

    assert again == terms


@given(links(), st.data())
def test_removing_a_link_moves_no_end_later(made, data):
    before = chain(made, CAP)
    gone = data.draw(st.sampled_from(made))
    left = [
        Link(each.id, each.decided_on, each.years, before[each.id].ends_on)
        for each in made
        if each is not gone
    ]

    after = chain(left, CAP)

    assert all(after[each.id].ends_on <= before[each.id].ends_on for each in left)


# --- directions -------------------------------------------------------------------------------


@st.composite
def designations(draw):
    """The facts of a designation that is lawful on its day, of any regime."""
    return reading.read("terms")["usual"] | {
        "decided_on": draw(st.dates(date(2017, 1, 1), date(2032, 12, 31))),
        "ground": draw(st.sampled_from(["convicted", "facilitated"])),
        "level": "province",
        "item_kinds": draw(st.sampled_from([["bank_account"], ["bank_account", "phone_card"]])),
        "conduct_to": date(2023, 1, 1),
    }


def people(least, most):
    """Designations of one person by a key."""
    return st.lists(designations(), min_size=least, max_size=most).map(
        lambda made: {f"d{number}": facts for number, facts in enumerate(made)}
    )


def ask(person, sector, purpose, day):
    """The finding in the example's area, where every regime is valid."""
    law = reading.book("example-area").on(day)
    return find(person, Question(Purpose(purpose), Sector(sector), "440100", law))


law_days = st.dates(date(2022, 12, 1), date(2045, 12, 31))


@given(people(0, 3), designations(), st.booleans(), askable, law_days)
def test_one_more_sanction_of_the_same_name_never_makes_the_answer_milder(facts, more, suspended, asked, day):
    law = reading.book("example-area")
    person = [each for key, one in facts.items() for each in reading.listed({key: one}, law)]
    added = reading.listed({"more": more}, law, suspended=["more"] if suspended else [])

    before, after = ask(person, *asked, day), ask(person + added, *asked, day)

    assert after.direction.severity >= before.direction.severity


@given(people(1, 3), askable, law_days)
def test_another_name_is_a_possible_match_exactly_where_the_holder_gets_more_than_proceed(facts, asked, day):
    law = reading.book("example-area")
    holder = [each for key, one in facts.items() for each in reading.listed({key: one}, law)]
    other = [each for key, one in facts.items() for each in reading.listed({key: one}, law, same_name=False)]

    of_holder, of_other = ask(holder, *asked, day), ask(other, *asked, day)

    more = of_holder.direction is not Direction.PROCEED
    assert of_other.direction is (Direction.REVIEW if more else Direction.PROCEED)
    assert of_other.effects == ()


@given(designations(), askable, st.integers(-3, 2300))
def test_a_sanction_answers_only_between_its_days_except_that_85_stays_under_review(facts, asked, offset):
    law = reading.book()
    person = reading.listed({"only": facts}, law)
    (sanction,) = person
    day = sanction.starts_on + timedelta(days=offset)

    finding = ask(person, *asked, day)

    if not sanction.starts_on <= day <= sanction.ends_on:
        reviewed = (
            sanction.regime == "pboc-2019-85"
            and day > sanction.ends_on
            and asked in {("bank", "open_bank_account"), ("payment", "open_payment_account")}
        )
        assert finding.direction is (Direction.REVIEW if reviewed else Direction.PROCEED)
    assert all(measure.until <= sanction.ends_on for found in finding.effects for measure in found.measures)
    assert all(day <= measure.until for found in finding.effects for measure in found.measures)
