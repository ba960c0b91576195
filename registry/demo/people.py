"""Synthetic people, organisations, cards and phones for demonstrations and load tests.

Nobody here exists. Check digits are right, so the numbers pass every rule of form; a number may belong
to somebody by chance, which is why they are never used outside demonstration databases.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum import luhn
from stdnum.cn import uscc

from registry.identity.citizen import Sex, with_check_digit

_YOUNGEST, _OLDEST = 18, 75  # years on `today`

_AREAS = {
    "140902": "忻州市",
    "140921": "忻州市",
    "140922": "忻州市",
    "140981": "忻州市",
    "140105": "太原市",
    "110105": "北京市",
    "310115": "上海市",
    "440106": "广州市",
    "440305": "深圳市",
    "420106": "武汉市",
    "510104": "成都市",
    "610113": "西安市",
    "530102": "昆明市",
    "650102": "乌鲁木齐市",
}
_AREA_CODES = tuple(_AREAS)
_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜"
_COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "令狐", "皇甫", "尉迟", "慕容")
_GIVEN: dict[Sex, str] = {
    "male": "伟强磊军勇杰涛明超刚平辉鹏华飞鑫波斌宇浩凯健俊帆志建国文海峰",
    "female": "芳娜敏静丽艳娟霞秀英玲桂兰梅红玉婷雪琳慧欣怡佳颖洁莉萍燕晓月",
}
_DOTTED: dict[Sex, tuple[str, ...]] = {
    "male": ("买买提", "艾力", "吐尔逊", "阿不都", "扎西", "玉素甫"),
    "female": ("古丽", "阿依古丽", "帕提古丽", "热依汗", "卓玛", "米热"),
}
_FATHERS = ("吐尔逊", "艾山", "买买提", "玉素甫", "卡德尔", "次仁")
_COMPOUND_SHARE, _DOTTED_SHARE, _SHORT_SHARE = 0.03, 0.02, 0.2

_BRANDS = "兴隆恒瑞盛泰嘉和永昌德信宏远鼎丰华安"
_TRADES = ("商贸", "科技", "建材", "餐饮管理", "物流", "信息咨询", "电子商务")
_USCC_CHARACTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CARD_PREFIXES = ("622848", "621700", "621661", "622202", "623668")
_PHONE_PREFIXES = ("135", "138", "139", "150", "158", "176", "186", "189", "199")


@dataclass(frozen=True, slots=True)
class SyntheticPerson:
    """A person who does not exist, with an 18-digit resident id that agrees with birth and sex."""

    name: str
    sex: Sex
    birth_on: date
    resident_id: str


@dataclass(frozen=True, slots=True)
class SyntheticOrganisation:
    """A company that does not exist, with a unified social credit code."""

    name: str
    uscc: str


class People:
    """A source of synthetic people: the same `seed` and `today` give the same people in the same order."""

    def __init__(self, seed: int, today: date) -> None:
        # Repeatable is wanted, and nothing here is secret.
        self._random = Random(seed)  # nosec B311
        self._first_birth = years_before(today, _OLDEST)
        self._birth_days = (years_before(today, _YOUNGEST) - self._first_birth).days + 1
        self._issued: set[str] = set()

    def person(self) -> SyntheticPerson:
        """An adult of 18 to 75 years on `today`, with a resident id this source has not given before."""
        sex: Sex = self._random.choice(("male", "female"))
        name = self._person_name(sex)
        while True:
            birth_on = self._first_birth + timedelta(days=self._random.randrange(self._birth_days))
            sequence = self._random.randrange(1, 500) * 2 - (sex == "male")
            area = self._random.choice(_AREA_CODES)
            resident_id = with_check_digit(f"{area}{birth_on:%Y%m%d}{sequence:03}")
            if resident_id not in self._issued:
                self._issued.add(resident_id)
                return SyntheticPerson(name, sex, birth_on, resident_id)

    def organisation(self) -> SyntheticOrganisation:
        """A limited company registered in one of the areas."""
        area = self._random.choice(_AREA_CODES)
        brand = "".join(self._random.sample(_BRANDS, 2))
        name = f"{_AREAS[area]}{brand}{self._random.choice(_TRADES)}有限公司"
        body = f"91{area}MA" + "".join(self._random.choices(_USCC_CHARACTERS, k=7))
        return SyntheticOrganisation(name, body + uscc.calc_check_digit(body))

    def bank_card(self) -> str:
        """A bank card of 19 digits with its Luhn digit."""
        body = f"{self._random.choice(_CARD_PREFIXES)}{self._random.randrange(10**12):012}"
        return body + luhn.calc_check_digit(body)

    def phone(self) -> str:
        """A mobile number of 11 digits."""
        return f"{self._random.choice(_PHONE_PREFIXES)}{self._random.randrange(10**8):08}"

    def _person_name(self, sex: Sex) -> str:
        style = self._random.random()
        if style < _DOTTED_SHARE:
            return f"{self._random.choice(_DOTTED[sex])}·{self._random.choice(_FATHERS)}"
        compound = style < _DOTTED_SHARE + _COMPOUND_SHARE
        surname = self._random.choice(_COMPOUND_SURNAMES if compound else _SURNAMES)
        length = 1 if self._random.random() < _SHORT_SHARE else 2
        return surname + "".join(self._random.choices(_GIVEN[sex], k=length))


def years_before(day: date, years: int) -> date:
    """The corresponding day `years` earlier; 28 February where 29 does not exist."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
