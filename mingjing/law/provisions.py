"""The inside of an article: its 款, 项 and 目, read from the stored text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mingjing.kernel.numerals import number_of

_ITEM = re.compile(r"^[（(]\s*([一二三四五六七八九十百]{1,6}|[0-9０-９]{1,3})\s*[)）]")
_SUBITEM = re.compile(r"^([0-9０-９]{1,2})\s*[.．、]")


@dataclass
class Paragraph:
    """款: its opening words and its items, each with its subitems (number → text)."""

    text: str
    items: dict[int, str] = field(default_factory=dict)
    subitems: dict[tuple[int, int], str] = field(default_factory=dict)


class Paragraphs:
    """An article taken apart: every line that opens no 项 and no 目 begins a new 款."""

    def __init__(self, text: str) -> None:
        self.all: list[Paragraph] = []
        item = 0
        for line in filter(None, (raw.strip() for raw in text.splitlines())):
            item = self._take(line, item)

    def _take(self, line: str, item: int) -> int:
        """File one line; give back the number of the item that is now open."""
        opened = _ITEM.match(line)
        if opened and self.all:
            number = number_of(opened.group(1))
            self.all[-1].items[number] = line
            return number
        sub = _SUBITEM.match(line)
        if sub and item:
            self.all[-1].subitems[item, number_of(sub.group(1))] = line
            return item
        if line.startswith("|") and self.all:  # the row of a table is part of the 款 above it
            self.all[-1].text += f"\n{line}"
            return item
        self.all.append(Paragraph(line))
        return 0

    @property
    def size(self) -> str:
        """How many 款 there are, and 项 where there is one 款, in words."""
        items = f"{len(self.all[0].items)}项" if len(self.all) == 1 and self.all[0].items else ""
        return f"{len(self.all)}款{items}"

    def find(self, paragraph: int | None, item: int | None, subitem: int | None = None) -> str | None:
        """The words of a place, None if there is no such place.

        Where an article has one 款 only, a number given for the 款 may mean the 项: such a 款 is never cited
        by number, so 64(2) of an article of one 款 and eight 项 is its second 项.
        """
        if paragraph is None and item is None:
            return "\n".join(self._whole(part) for part in self.all)
        alone = len(self.all) == 1
        if alone and paragraph is not None and item is None and paragraph in self.all[0].items:
            return self.all[0].items[paragraph]
        chosen = self._paragraph(paragraph, item)
        if chosen is None or item is None:
            return None if chosen is None else self._whole(chosen)
        if subitem is not None:
            return chosen.subitems.get((item, subitem))
        return chosen.items.get(item)

    def _paragraph(self, paragraph: int | None, item: int | None) -> Paragraph | None:
        if paragraph is not None:
            return self.all[paragraph - 1] if paragraph <= len(self.all) else None
        # 第三十五条第（二）项 without a 款: the 款 that has such an item.
        return next((part for part in self.all if item in part.items), None)

    @staticmethod
    def _whole(part: Paragraph) -> str:
        lines = [part.text]
        for number, text in part.items.items():
            lines.append(text)
            lines.extend(words for (item, _), words in part.subitems.items() if item == number)
        return "\n".join(lines)
