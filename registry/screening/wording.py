"""The sentence for the counter: polite, short, true, and without accusation or case facts."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from registry.law.book import View
from registry.law.words import Direction, Purpose, When
from registry.screening.rules import Effect, Finding, Question, Result
from registry.text import Text

DIRECTIONS: Mapping[Direction, Text] = MappingProxyType(
    {
        Direction.PROCEED: Text("可以办理", "May proceed"),
        Direction.LIMIT: Text("限制办理", "Limited service"),
        Direction.REVIEW: Text("人工核实", "Check by hand"),
        Direction.REFUSE: Text("暂不办理", "Not available now"),
    }
)
"""The word that stands for each at the counter."""

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

_NOTHING = Text("未发现限制，可以办理。", "No restriction was found; the business may proceed.")
_POSSIBLE = Text(
    "您的证件信息需要人工核实，请稍候；核实之前，此项业务暂不能办理。",
    "Your document needs to be checked by hand; please wait. Until then this business cannot go ahead.",
)
_MAY = Text("您可以{limited}。", "You may go on with {limited}. ")
_LIMITED = Text(
    "根据{basis}，目前有以下限制：{words}，期限至{until}。",
    "Under {basis} the following applies: {words}, until {until}. ",
)
_REFUSED = Text(
    "根据{basis}，您目前暂不能{purpose}，期限至{until}。",
    "Under {basis}, {purpose} is not available to you at present, until {until}. ",
)
_REVIEWED = Text(
    "根据{basis}，{purpose}前需要人工核实，请稍候。",
    "Under {basis}, {purpose} needs a check by hand first; please wait. ",
)
_KEPT = Text("以下不受影响：{kept}。", "Not affected: {kept}. ")
_APPEAL = Text("如有异议，{appeal}。", "If you disagree, {appeal}.")
_NONE = Text("", "")


def sentence(finding: Finding, question: Question) -> Text:
    """What the teller may say and the customer may take away: first what is possible, then what is not."""
    if finding.result is Result.NO_MATCH:
        return _NOTHING
    if finding.result is Result.POSSIBLE_MATCH:
        return _POSSIBLE
    leading = finding.effects[0]
    parts = [_part(leading, question)]
    # A check by hand may end well, and then what is limited stays limited.
    limited = next((found for found in finding.effects if found.direction is Direction.LIMIT), None)
    if limited and leading.direction is Direction.REVIEW:
        parts.append(_part(limited, question))
    kept = joined(_kept(finding, question))
    if kept.zh:
        parts.append(_KEPT.format(kept=kept))
    appeal = question.law.get("screening/appeal").value.format(authority=leading.sanction.authority)
    parts.append(_APPEAL.format(appeal=appeal))
    return Text("".join(part.zh for part in parts), "".join(part.en for part in parts))


def _part(found: Effect, question: Question) -> Text:
    template = {Direction.LIMIT: _LIMITED, Direction.REFUSE: _REFUSED}.get(found.direction, _REVIEWED)
    limited = question.law.purposes.value[question.purpose].limited
    may = _MAY.format(limited=limited) if limited and found.direction is Direction.LIMIT else _NONE
    told = template.format(
        purpose=purpose_name(question.law, question.purpose),
        basis=basis(found),
        words=found.cause.words,
        until=day_words(found.until),
    )
    return Text(may.zh + told.zh, may.en + told.en)


def purpose_name(law: View, purpose: Purpose) -> Text:
    """A purpose in words."""
    return law.purposes.value[purpose].name


def still_allowed(finding: Finding, question: Question) -> list[Text]:
    """What the asking sector must still grant."""
    limited = question.law.purposes.value[question.purpose].limited
    kept = _kept(finding, question)
    return [limited, *kept] if limited and finding.direction is Direction.LIMIT else kept


def _kept(finding: Finding, question: Question) -> list[Text]:
    """What all sanctions in force together leave untouched.

    A sanction grants what any of its measures leaves open; where several are in force, only what every
    one of them grants is left.
    """
    granted = [_granted(found, question) for found in finding.effects if found.state is When.IN_FORCE]
    return [text for text in granted[0] if all(text in other for other in granted)] if granted else []


def _granted(found: Effect, question: Question) -> list[Text]:
    texts: dict[Text, None] = {}
    for measure in found.measures:
        allowed = measure.effect.value.still_allowed.get(question.sector, ())
        texts |= dict.fromkeys(allowed + measure.imposed.value.exempt)
    return list(texts)


def basis(found: Effect) -> Text:
    """The instrument and article, as a customer may look them up."""
    name, article = found.regime.name.value, found.cause.basis.source.article
    if not article:
        return name
    if not article[0].isdigit():
        return Text(f"{name.zh}{article}", f"{name.en}, item {article}")
    *first, last = article.split(", ")
    articles = f"articles {', '.join(first)} and {last}" if first else f"article {last}"
    return Text(f"{name.zh}第{'、'.join([*first, last])}条", f"{name.en}, {articles}")


def joined(texts: list[Text]) -> Text:
    """Several texts as one list."""
    return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def day_words(day: date) -> Text:
    """A day as people write it."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {_MONTHS[day.month - 1]} {day.year}")
