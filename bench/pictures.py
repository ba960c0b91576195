"""Line charts as SVG, for a page that people read: a few lines over a few evenly spaced places."""

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

_WIDTH, _HEIGHT = 800, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 620, 64, 340
_INSET, _LABEL_GAP = 24, 17
_STYLE = (
    "text{font-family:'Helvetica Neue',Arial,'Noto Sans',sans-serif;font-size:13px;fill:#4b5563}"
    ".title{font-size:17px;font-weight:600;fill:#111827}.line{font-weight:600}"
)


def chart(
    title: str,
    unit: str,
    across: str,
    places: Sequence[str],
    lines: Mapping[str, Sequence[float]],
    colours: Mapping[str, str],
    logarithmic: bool = False,
) -> str:
    """An SVG document: `lines` by name, one value (in `unit`) at each of `places`, which are `across`.

    The scale begins at zero, or is `logarithmic` for values that lie orders of magnitude apart.
    """
    scale = _Scale([value for values in lines.values() for value in values], logarithmic)
    step = (_RIGHT - _LEFT - 2 * _INSET) / max(1, len(places) - 1)
    xs = [_LEFT + _INSET + step * number for number in range(len(places))]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">',
        f'<style>{_STYLE}</style><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        _text(20, 30, title, "start", "title"),
        _text(20, 50, unit, "start"),
    ]
    for tick in scale.ticks:
        y = scale.at(tick)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#e5e7eb" fill="none"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{tick:,g}" if tick < 1e6 else f"{tick:,.0f}", "end"))
    parts += [_text(x, _BOTTOM + 22, place, "middle") for x, place in zip(xs, places, strict=True)]
    parts.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 46, across, "middle"))
    ends = _apart({name: scale.at(values[-1]) for name, values in lines.items()})
    for name, values in lines.items():
        colour = colours[name]
        points = [(x, scale.at(value)) for x, value in zip(xs, values, strict=True)]
        drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in points]
        parts.append(_text(_RIGHT + 8, ends[name] + 4, name, "start", "line", colour))
    return "\n".join([*parts, "</svg>\n"])


class _Scale:
    """From a value to its height in the picture."""

    def __init__(self, values: Sequence[float], logarithmic: bool) -> None:
        self._of = math.log10 if logarithmic else float
        if logarithmic:
            steps = [m * 10.0**e for e in range(-3, 10) for m in (1, 2, 5)]
            low = max(each for each in steps if each <= min(values))
            high = min(each for each in steps if each >= max(values))
            self.ticks = [each for each in steps if low <= each <= high]
        else:
            rough = max(values) / 5
            power = 10.0 ** math.floor(math.log10(rough))
            step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough)
            self.ticks = [step * number for number in range(math.ceil(max(values) / step) + 1)]
        self._low, self._high = self._of(self.ticks[0]), self._of(self.ticks[-1])

    def at(self, value: float) -> float:
        """The y of `value`."""
        return _BOTTOM - (_BOTTOM - _TOP) * (self._of(value) - self._low) / (self._high - self._low)


def _apart(heights: Mapping[str, float]) -> dict[str, float]:
    """Where labels stand so that none covers another: from the lowest up, each at its height or higher."""
    placed: dict[str, float] = {}
    for name, y in sorted(heights.items(), key=lambda each: -each[1]):
        placed[name] = min([y, *(below - _LABEL_GAP for below in placed.values())])
    return placed


def _text(x: float, y: float, words: str, anchor: str, kind: str = "", colour: str = "") -> str:
    style = (f' class="{kind}"' if kind else "") + (f' style="fill:{colour}"' if colour else "")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{style}>{escape(words)}</text>'
