"""The dated law in words: what each rule is called, and what each of its values says."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from registry.designations.words import BEHAVIOURS, ITEMS, listed
from registry.law.book import ANY_CLASS, View
from registry.law.loader import Rule, Source, plain
from registry.law.values import MeasureEffect, NamedException, PurposeRule, RegimeMeasure, Threshold
from registry.law.words import Exposure, Ground, Level, Penalty, Sector, When
from registry.law.workdays import Period, Unit
from registry.screening.wording import DIRECTIONS, day_words
from registry.text import Text

LEVELS = {
    Level.COUNTY: Text("县级", "county level"),
    Level.CITY: Text("设区的市级", "city level"),
    Level.PROVINCE: Text("省级", "province level"),
    Level.MINISTRY: Text("公安部", "the Ministry"),
}
SECTORS = {
    Sector.BANK: Text("银行", "banks"),
    Sector.PAYMENT: Text("支付机构", "payment institutions"),
    Sector.CARRIER: Text("电信业务经营者", "carriers"),
    Sector.INTERNET: Text("互联网平台", "internet platforms"),
    Sector.PUBLIC: Text("公共机构", "public bodies"),
}
GROUNDS = {
    Ground.CONVICTED: Text("受过刑事处罚", "criminally punished"),
    Ground.FACILITATED: Text("买卖、出租、出借等", "sold, rented, lent or the like"),
}
_EXPOSURES = {
    Exposure.PERMITTED: Text("可以公布", "may be shown"),
    Exposure.NEEDS_BASIS: Text("另有依据方可公布", "only under a recorded basis"),
    Exposure.PROHIBITED: Text("不得公布", "may not be shown"),
}
_PENALTIES = {
    Penalty.NONE: Text("仅有认定", "the designation alone"),
    Penalty.ADMINISTRATIVE: Text("行政处罚", "an administrative penalty"),
    Penalty.CRIMINAL: Text("刑事处罚", "a criminal penalty"),
}
_STATES = {
    When.PENDING: Text("惩戒开始前", "before the sanction begins"),
    When.IN_FORCE: Text("惩戒期间", "while the sanction is in force"),
    When.ENDED: Text("惩戒期满后", "after the sanction has ended"),
}
_PERIODS = {
    Unit.WORKING_DAYS: Text("{n}个工作日", "{n} working days"),
    Unit.CALENDAR_DAYS: Text("{n}日", "{n} days"),
    Unit.MONTHS: Text("{n}个月", "{n} months"),
    Unit.YEARS: Text("{n}年", "{n} years"),
}
_CLASSES = {
    ANY_CLASS: Text("不分类", "without classes"),
    "class_1": Text("第一类", "class 1"),
    "class_2": Text("第二类", "class 2"),
}

MARKS: Mapping[str, Text] = MappingProxyType(
    {
        "A": Text("两份以上独立文本一致", "two or more independent texts agree"),
        "B": Text("一份可靠文本", "one good text"),
        "C": Text("一份间接来源", "one secondary source"),
        "U": Text("尚未核实", "unconfirmed"),
    }
)
"""How well a value is attested."""

FOLDERS: Mapping[str, Text] = MappingProxyType(
    {
        "measures": Text("各项措施的效力", "What each measure means"),
        "screening": Text("核查", "Checks"),
        "procedure": Text("办理期限", "Periods for acts"),
        "exposure": Text("公布与公开", "Showing in public"),
    }
)
"""What the folders of the law hold that are no regime."""

_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "name": Text("依据名称", "Name of the regime"),
        "designating": Text("是否可以新认定", "Whether it takes new designations"),
        "level": Text("认定机关层级", "Level of the designating authority"),
        "term": Text("惩戒期限", "Term of a sanction"),
        "term-start": Text("期限起算", "What starts the term"),
        "area": Text("适用地区", "Area in which it holds"),
        "items": Text("须涉及的卡种", "Items that must be among those concerned"),
        "conduct-from": Text("行为时间下限", "The conduct must have gone on until"),
        "classes": Text("认定事由与类别", "Classes by ground"),
        "thresholds": Text("认定数量标准", "Counts from which a class is designated"),
        "chain-cap": Text("累计期限上限", "Longest chain of terms"),
        "offences": Text("相关罪名", "Offences"),
        "exposure": Text("能否公布", "Whether it may be shown in public"),
        "screening/purposes": Text("业务种类", "Purposes of a check"),
        "screening/name-mismatch": Text("证件号码相同、姓名不一致", "A known number under another name"),
        "screening/appeal": Text("异议告知", "What a customer may do who disagrees"),
        "exposure/adult-age": Text("可以公布的最低年龄", "From which age somebody may be shown"),
        "exposure/display": Text("最长公开期限", "For how long a row may be shown"),
        "exposure/mask-minimum": Text("遮盖后至少相符的人数", "People whom a masked number must fit"),
        "exposure/penalties": Text("可以公布的处罚", "Penalties that may be shown"),
        "procedure/appeal-acceptance": Text("申诉受理", "Accepting an appeal"),
        "procedure/appeal-decision": Text("申诉决定", "Deciding an appeal"),
        "procedure/credit-objection": Text("征信异议答复", "Answering an objection to the credit record"),
        "procedure/list-withdrawal": Text("撤下公布的名单", "Taking a published list down"),
        "procedure/reconsideration-decision": Text("行政复议决定", "Deciding a reconsideration"),
        "procedure/reconsideration-filing": Text("申请行政复议", "Filing for reconsideration"),
        "procedure/reconsideration-intake": Text("行政复议受理审查", "Taking in a reconsideration"),
        "procedure/serious-list-longest": Text(
            "严重失信名单最长公示", "The serious-dishonesty list: longest display"
        ),
        "procedure/serious-list-shortest": Text(
            "严重失信名单最短公示", "The serious-dishonesty list: shortest display"
        ),
        "procedure/suspension-review": Text("中止后的复核", "Reviewing a suspension"),
    }
)


def title(rule: Rule, law: View) -> Text:
    """What a rule is called; its id where there is no better word."""
    folder, _, name = rule.id.partition("/")
    kind, _, code = name.partition("/")
    effect = law.measures.get(code or name)
    if folder == "measures" or kind == "measures":
        words = effect.value.name if effect else Text(rule.id, rule.id)
        return words if folder == "measures" else Text(f"措施：{words.zh}", f"Measure: {words.en}")
    if kind == "exceptions":
        newest: NamedException = rule.values[-1].value
        return Text(f"例外：{newest.reason.zh}", f"Exception: {newest.reason.en}")
    return _NAMES.get(rule.id) or _NAMES.get(name) or Text(rule.id, rule.id)


def folder_title(folder: str, law: View) -> Text:
    """A group of rules: a regime by its name, or what `FOLDERS` says."""
    named = law.find(f"{folder}/name")
    return FOLDERS.get(folder) or (named.value if named else Text(folder, folder))


def source_words(source: Source) -> Text:
    """Instrument and article, as one looks them up."""
    instrument, article = source.instrument, source.article
    if not article:
        return Text(instrument, instrument)
    if not article[0].isdigit():
        return Text(f"{instrument}{article}", f"{instrument}, item {article}")
    return Text(f"{instrument}第{article.replace(', ', '、')}条", f"{instrument}, art. {article}")


def value_words(unit: str, value: Any, law: View) -> list[Text]:
    """A value in words, a line for each thing that it says."""
    read = _READERS.get(unit)
    return read(value, law) if read else [_plain(value)]


def _plain(value: Any) -> Text:
    words = str(plain(value))
    return Text(words, words)


def class_words(name: str) -> Text:
    """A class of a regime."""
    return _CLASSES.get(name) or Text(name, name)


def _one(words: Mapping[Any, Text]) -> Callable[[Any, View], list[Text]]:
    return lambda value, _: [words[value]]


def _each(pairs: Iterable[tuple[Text, Text]]) -> list[Text]:
    return [Text(f"{name.zh}：{told.zh}", f"{name.en}: {told.en}") for name, told in pairs]


def _years(count: int) -> Text:
    return Text(f"{count}年", f"{count} years" if count > 1 else "1 year")


def _period(value: Period, _: View) -> list[Text]:
    words = _PERIODS[value.unit].format(n=value.count)
    if not value.moves:
        return [words]
    return [Text(f"{words.zh}（末日为休息日的顺延）", f"{words.en}, moved to the next working day")]


def _thresholds(value: Mapping[str, Threshold], _: View) -> list[Text]:
    said = []
    for name, at in value.items():
        counts = Text(
            f"{at.items}张（户）以上，或者{at.times}次以上，或者{at.recipients}个对象以上",
            f"{at.items} items, {at.times} times or {at.recipients} recipients and more",
        )
        below = Text(
            f"不足的，仅{LEVELS[at.below].zh}以上机关可以认定",
            f"below that only by an authority of {LEVELS[at.below].en} or above",
        )
        free = listed(BEHAVIOURS, at.without_threshold)
        without = Text(f"不计数量：{free.zh}", f"without a count: {free.en}")
        said += [*_each([(class_words(name), counts)]), below, without]
    return said


def _regime_measure(value: RegimeMeasure, _: View) -> list[Text]:
    classes = [class_words(name) for name in sorted(value.classes)]
    lasts = _years(value.years) if value.years else Text("与惩戒同期", "as long as the sanction")
    said = [
        Text("适用：" + "、".join(c.zh for c in classes), "For: " + ", ".join(c.en for c in classes)),
        Text(f"期限：{lasts.zh}", f"Lasts: {lasts.en}"),
    ]
    return said + [Text(f"不受影响：{each.zh}", f"Not affected: {each.en}") for each in value.exempt]


def _measure(value: MeasureEffect, law: View) -> list[Text]:
    bound = listed(SECTORS, value.sectors)
    said = [value.name, Text(f"约束：{bound.zh}", f"Binds: {bound.en}")]
    purposes = law.purposes.value
    said += _each(
        (purposes[purpose].name, DIRECTIONS[direction]) for purpose, direction in value.directions.items()
    )
    for sector, kept in value.still_allowed.items():
        zh, en = "；".join(each.zh for each in kept), "; ".join(each.en for each in kept)
        said.append(
            Text(f"{SECTORS[sector].zh}仍可办理：{zh}", f"Still granted by {SECTORS[sector].en}: {en}")
        )
    return said


def _exception(value: NamedException, law: View) -> list[Text]:
    name = law.purposes.value[value.purpose].name
    done = Text(f"{_STATES[value.when].zh}，{name.zh}", f"{_STATES[value.when].en}, {name.en}")
    return [value.reason, *_each([(done, DIRECTIONS[value.direction])])]


def _purposes(value: Mapping[Any, PurposeRule], _: View) -> list[Text]:
    return _each((rule.name, listed(SECTORS, rule.sectors)) for rule in value.values())


_READERS: Mapping[str, Callable[[Any, View], list[Text]]] = MappingProxyType(
    {
        "text": lambda value, _: [value],
        "state": lambda value, _: [
            Text("可以", "open") if value else Text("不再接受新认定", "closed to new designations")
        ],
        "day": lambda value, _: [day_words(value)],
        "event": lambda *_: [Text("认定之日", "the day of the designation")],
        "level": lambda value, _: [Text(f"{LEVELS[value].zh}以上", f"{LEVELS[value].en} or above")],
        "direction": _one(DIRECTIONS),
        "item_kinds": lambda value, _: [listed(ITEMS, value)],
        "classes": lambda value, _: _each((GROUNDS[key], class_words(name)) for key, name in value.items()),
        "years": lambda value, _: _each((class_words(name), _years(years)) for name, years in value.items()),
        "count of years": lambda value, _: [_years(value)],
        "thresholds": _thresholds,
        "regime measure": _regime_measure,
        "measure": _measure,
        "exception": _exception,
        "purposes": _purposes,
        "period": _period,
        "offences": lambda value, _: [
            Text(f"刑法第{article}条：{name.zh}", f"Criminal Law art. {article}: {name.en}")
            for article, name in value.items()
        ],
        "exposure": lambda value, _: _each(
            (class_words(name), _EXPOSURES[may]) for name, may in value.items()
        ),
        "penalties": lambda value, _: [listed(_PENALTIES, value)],
    }
)


def since_words(day: date) -> Text:
    """From when a value holds."""
    return Text(f"{day_words(day).zh}起", f"from {day_words(day).en}")
