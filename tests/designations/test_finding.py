"""Lists and searches: every spelling finds, pages neither lose nor repeat."""

import pytest

from registry.demo.people import SyntheticPerson
from tests.designations.acting import act, passport_body, pointers, renamed, with_documents
from tests.support.world import World

CLASSIC = "11010519491231002X"


def search(world: World, **wanted: object) -> list[str]:
    response = world.post(world.clerk, "/v1/designations/search", wanted)
    assert response.status_code == 200, response.json
    return [item["id"] for item in response.json["items"]]


def classic(world: World, name: str = "张三") -> SyntheticPerson:
    person = renamed(world.people.person(), name)
    return SyntheticPerson(person.name, "female", person.birth_on, CLASSIC)


def test_a_document_is_found_in_every_spelling(world: World) -> None:
    wanted = world.designate(world.draft_body(classic(world)))["id"]
    world.designate(world.draft_body())
    for kind, number in (
        ("resident_id", CLASSIC),
        ("resident_id", "11010519491231002x"),
        ("resident_id", "110105491231002"),
        ("resident_id", "１１０１０５１９４９１２３１００２Ｘ"),
        ("resident_id", " 110105 19491231 002X "),
        ("resident_id", "110105-19491231-002X"),
        ("10", CLASSIC),
        ("110001", CLASSIC),
        ("1010", CLASSIC),
        ("00", CLASSIC),
        ("01", "110105491231002"),
    ):
        assert search(world, document={"type": kind, "number": number}) == [wanted], (kind, number)


def test_a_designation_entered_in_an_odd_spelling_is_found_by_the_plain_one(world: World) -> None:
    entered = with_documents(world.draft_body(classic(world)), ("00", "１１０１０５ 491231 002"))
    wanted = world.designate(entered)
    assert wanted["subject"]["documents"] == [{"type": "resident_id", "number": CLASSIC}]
    assert search(world, document={"type": "resident_id", "number": CLASSIC}) == [wanted["id"]]


def test_a_name_is_found_in_every_spelling(world: World) -> None:
    person = renamed(world.people.person(), "古丽·买买提")
    wanted = world.draft(world.draft_body(person))
    for name in ("古丽·买买提", "古丽•买买提", "古丽 ・ 买买提", "古丽.买买提", " 古 丽·买买提"):
        assert search(world, name=name) == [wanted], name
    assert search(world, name="古丽") == []


def test_a_decision_number_is_found_and_everything_given_must_fit(world: World) -> None:
    person = world.people.person()
    body = world.draft_body(person, decision_no="A-忻公〔2025〕77号")
    wanted = world.draft(body)
    other = world.draft(world.draft_body(person))
    number = {"type": "resident_id", "number": person.resident_id}
    assert search(world, decision_no="a-忻公〔2025〕77号") == [wanted]
    assert search(world, document=number) == [other, wanted]
    assert search(world, document=number, name=person.name, decision_no=body["decision_no"]) == [wanted]
    assert search(world, document=number, name="他名") == []
    assert search(world, document=number, state="in_force") == []


def test_a_search_accepts_the_number_as_it_is_accepted_in_a_draft(world: World) -> None:
    wanted = world.draft(world.draft_body(decision_no=" 忻公〔2025〕78号 "))
    assert search(world, decision_no="忻公〔2025〕78号") == [wanted]
    assert search(world, decision_no=" 忻公〔2025〕78号 ") == [wanted]


def test_a_person_is_found_by_every_document_he_is_known_by(world: World) -> None:
    person = world.people.person()
    both = with_documents(
        world.draft_body(person), ("resident_id", person.resident_id), ("passport", "E11112222")
    )
    first = world.designate(world.draft_body(person))["id"]
    second = world.designate(both)["id"]
    third = world.designate(passport_body(world, person.name, "E11112222"))["id"]
    for document in both["subject"]["documents"]:
        assert search(world, document=document) == [third, second, first]


def test_what_cannot_be_searched_is_pointed_at(world: World) -> None:
    for body, expected in (
        ({"document": {"type": "resident_id", "number": "123"}}, ["/document/number"]),
        ({"document": {"type": "x", "number": "123"}}, ["/document/type"]),
        ({"name": "\u200b"}, ["/name"]),
        ({"limit": 0}, ["/limit"]),
        ({"limit": 201}, ["/limit"]),
        ({"numbers": []}, ["/numbers"]),
    ):
        assert pointers(world.post(world.clerk, "/v1/designations/search", body)) == expected


def test_pages_hold_everything_once_newest_first(world: World) -> None:
    person = world.people.person()
    made = [world.draft(world.draft_body(person)) for _ in range(5)]
    document = {"type": "resident_id", "number": person.resident_id}

    def listed(cursor: str | None) -> dict[str, object]:
        query = "/v1/designations?limit=2" + (f"&cursor={cursor}" if cursor else "")
        return dict(world.get(world.clerk, query).json)

    def searched(cursor: str | None) -> dict[str, object]:
        body = {"document": document, "limit": 2} | ({"cursor": cursor} if cursor else {})
        return dict(world.post(world.clerk, "/v1/designations/search", body).json)

    for page_of in (listed, searched):
        pages, cursor = [], None
        while not pages or cursor:
            page = page_of(cursor)
            pages.append([item["id"] for item in page["items"]])
            cursor = page["next"]
        assert [len(page) for page in pages] == [2, 2, 1]
        assert [each for page in pages for each in page] == made[::-1]
    world.draft(world.draft_body(person))
    first = listed(None)
    world.draft(world.draft_body(person))  # what comes later does not shift the next page
    assert [item["id"] for item in listed(first["next"])["items"]] == made[3:1:-1]


def test_a_list_is_filtered_by_state(world: World) -> None:
    draft, waiting = world.draft(world.draft_body()), world.draft(world.draft_body())
    world.submit(waiting)
    running = world.designate(world.draft_body())["id"]
    thrown = world.draft(world.draft_body())
    act(world, "reject", thrown)
    for state, expected in (
        ("draft", [draft]),
        ("submitted", [waiting]),
        ("in_force", [running]),
        ("rejected", [thrown]),
        ("ended", []),
        ("revoked", []),
    ):
        items = world.get(world.clerk, f"/v1/designations?state={state}").json["items"]
        assert [item["id"] for item in items] == expected, state


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "state=gone", "cursor=", "x=1", "limit=1&limit=2"]
)
def test_a_wrong_query_is_refused(world: World, query: str) -> None:
    pointers(world.get(world.clerk, f"/v1/designations?{query}"))


@pytest.mark.parametrize(
    "query", ["cursor=%00", "import=%00", "cursor=zzz", "cursor=%ED%A0%80", "import=%27"]
)
def test_an_odd_cursor_or_import_never_crashes(world: World, query: str) -> None:
    assert world.get(world.clerk, f"/v1/designations?{query}").status_code in (200, 400, 422)
