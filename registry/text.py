"""Sentences for people, in both languages of the registry.

A `Text` is written where it is needed, Chinese and English side by side, so that neither is
forgotten. Codes (slugs, measures, directions) are never `Text`: they do not change with the language.
"""

from dataclasses import dataclass
from typing import Literal

Language = Literal["zh-CN", "en"]
DEFAULT_LANGUAGE: Language = "zh-CN"


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def into(self, language: Language) -> str:
        """The sentence in `language`."""
        return self.en if language == "en" else self.zh

    def format(self, **facts: object) -> "Text":
        """Both sentences with `{name}` replaced by the fact of that name; a `Text` fact is put in
        in the language of the sentence."""
        return Text(
            self.zh.format(**{k: v.zh if isinstance(v, Text) else v for k, v in facts.items()}),
            self.en.format(**{k: v.en if isinstance(v, Text) else v for k, v in facts.items()}),
        )
