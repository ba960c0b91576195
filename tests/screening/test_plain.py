"""The hot path answers as the plain way does, alone and together with others, in either lane."""

import json
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from registry.access.principals import Partner
from registry.api.counter import Answer, Counter, Plain
from tests.screening import plain
from tests.support.world import World

PURPOSES = {
    "bank": ["open_bank_account", "review_existing_customer"],
    "carrier": ["issue_phone_card", "review_existing_customer"],
    "payment": ["open_payment_account"],
}


def listed_people(world: World) -> list[Any]:
    """Some under today's law, some under the older one, one under both, and two not listed."""
    people = [world.people.person() for _ in range(7)]
    for person in people[:3]:
        world.designate(world.draft_body(person))
    for person in people[2:5]:
        world.designate(world.older_body(person, "2024-03-01"))
    return people


def test_every_answer_is_that_of_the_plain_way(world: World, app: Flask) -> None:
    people = listed_people(world)
    counter: Counter = app.extensions["registry.counter"]
    access = world.services.access
    tokens = {sector: world.partner(sector) for sector in PURPOSES}
    partners = {sector: access.authenticate(token) for sector, token in tokens.items()}

    party = st.tuples(st.sampled_from(people), st.booleans())
    asked = st.tuples(
        st.sampled_from([(sector, each) for sector, all_ in PURPOSES.items() for each in all_]),
        st.lists(party, min_size=1, max_size=4),
        st.booleans(),
    )

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(asked, max_size=8))
    def alike(round_: list[Any]) -> None:
        bodies = []
        for (sector, purpose), parties, by_flask in round_:
            body = {
                "purpose": purpose,
                "reference": "B-1",
                "operator": "t-1",
                "parties": [
                    {
                        "role": "agent" if number else "applicant",
                        "name": "某某" if other_name else person.name,
                        "document": {"type": "resident_id", "number": person.resident_id},
                    }
                    for number, (person, other_name) in enumerate(parties)
                ],
            }
            # An explicit area is right, but not in the plainest way: it goes through Flask.
            bodies.append((sector, body | ({"area": "140900"} if by_flask else {})))
        answers: dict[int, Any] = {}
        together: dict[int, Plain] = {}
        for number, (sector, body) in enumerate(bodies):
            request = EnvironBuilder(
                "/v1/checks",
                method="POST",
                data=json.dumps(body),
                content_type="application/json",
                headers={"Authorization": f"Bearer {tokens[sector]}"},
            )
            if "area" in body:
                sent = app.test_client().open(request)
                assert sent.status_code == 201, sent.json
                answers[number] = sent.json
            else:
                environ = request.get_environ()
                asked = counter.read(environ, environ["wsgi.input"].read())
                assert asked
                together[number] = asked
        for number, answer in zip(together, counter.serve(list(together.values())), strict=True):
            assert isinstance(answer, Answer)
            answers[number] = json.loads(answer.content)
        for number, (sector, body) in enumerate(bodies):
            partner = partners[sector]
            assert isinstance(partner, Partner)
            assert plain.without_chance(answers[number]) == plain.check(world.services, partner, body)

    alike()


def test_both_lanes_say_the_same_to_browsers_and_caches(world: World) -> None:
    person, token = world.people.person(), world.partner("bank")
    body = world.check_body(person.name, person.resident_id)
    fast = world.post(token, "/v1/checks", body)
    slow = world.post(token, "/v1/checks", body | {"area": "140900"})
    chance = {"X-Request-Id", "Content-Length"}
    assert {k: v for k, v in fast.headers if k not in chance} == {
        k: v for k, v in slow.headers if k not in chance
    }
    assert fast.headers["X-Request-Id"].startswith("chk_")
