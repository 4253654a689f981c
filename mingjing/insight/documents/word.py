"""Word files (.docx, ECMA-376): everything they say, also where no reader looks.

Read are the body, tables, text boxes, headers, footers, notes, comments, tracked deletions, field codes, links, the
properties of the file, and any other text or attribute of any part. Pictures and embedded objects are counted.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mingjing.kernel.refused import Refused
from mingjing.kernel.zips import TORN

from ..leaks import Passage
from .telling import unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MOST_PARTS, MOST_UNPACKED = 5_000, 400 * 1024 * 1024
_TITLES = (
    (r"word/document\.xml", "正文"),
    (r"word/header\d*\.xml", "页眉"),
    (r"word/footer\d*\.xml", "页脚"),
    (r"word/comments\w*\.xml", "批注"),
    (r"word/people\.xml", "批注人"),
    (r"word/footnotes\.xml", "脚注"),
    (r"word/endnotes\.xml", "尾注"),
    (r"docProps/core\.xml", "元数据"),
    (r"docProps/app\.xml", "元数据"),
    (r"docProps/custom\.xml", "自定义属性"),
    (r"customXml/.*", "自定义数据"),
    (r".*\.rels", "链接"),
)
_FIELDS = {
    "creator": "作者",
    "lastModifiedBy": "最后修改人",
    "title": "标题",
    "subject": "主题",
    "description": "备注",
    "keywords": "关键词",
    "Company": "单位",
    "Manager": "经理",
}
# Words of the format itself, which say nothing of anybody.
_DULL = re.compile(r"^[\x00-\x7f]*$")
_TELLING = re.compile(r"[\u4e00-\u9fff]|\d{6}|@|\d{3}[-*xX]\d{4}")
# Names of fonts and styles, and numbers of positions and revisions.
_LAYOUT = frozenset(("ascii", "hAnsi", "eastAsia", "cs", "hint", "rsidR", "rsidRPr", "rsidP", "rsidRDefault", "rsidTr",
                     "rsidDel", "rsidSect", "paraId", "textId", "durableId", "id", "cx", "cy", "x", "y", "uri", "panose1",
                     "usb0", "usb1", "usb2", "usb3", "csb0", "csb1", "nsid", "tmpl", "typeface"))  # fmt: skip


def open_parts(data: bytes) -> zipfile.ZipFile:
    """The package. Raises: Refused ``unreadable-document``, ``unknown-document``, ``too-large-document``."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except TORN as broken:
        raise unreadable("Word 文件") from broken
    sizes = [one.file_size for one in package.infolist()]
    if len(sizes) > MOST_PARTS or sum(sizes) > MOST_UNPACKED:
        raise Refused(
            "too-large-document", "文件解开后过大，疑似压缩炸弹，不予处理。", remedy="请核对文件来源。"
        )
    if "word/document.xml" not in package.namelist():
        raise Refused(
            "unknown-document",
            "不是 Word 文档（.docx）。",
            remedy="可以处理：文本（.txt）、Word（.docx）、PDF。",
        )
    if any(one.flag_bits & 1 for one in package.infolist()):
        raise Refused("encrypted-document", "文件加了密码，不能读取。", remedy="请去掉密码后再试。")
    return package


def tree(package: zipfile.ZipFile, part: str) -> Element:
    """A part as XML. Raises: Refused ``unreadable-document``."""
    try:
        root: Element = fromstring(package.read(part))
    except (*TORN, KeyError, ParseError, DefusedXmlException) as broken:
        raise unreadable(f"Word 文件的部件 {part[:60]}") from broken
    return root


def read(data: bytes) -> tuple[tuple[Passage, ...], tuple[str, ...]]:
    """Every passage of every part, and what cannot be judged."""
    with open_parts(data) as package:
        names = sorted(package.namelist(), key=lambda name: (name != "word/document.xml", name))
        passages: list[Passage] = []
        for name in names:
            if name.endswith((".xml", ".rels")) and not _is_dull(name):
                passages += _passages(name, tree(package, name))
    return tuple(passages), _unjudged(names)


def _is_dull(name: str) -> bool:
    return bool(
        re.match(r"word/(?:theme/|fontTable|webSettings|styles|stylesWithEffects)|\[Content_Types\]", name)
    )


def title_of(name: str) -> str:
    """What people call a part."""
    return next((title for pattern, title in _TITLES if re.fullmatch(pattern, name)), f"部件 {name}")


def _unjudged(names: list[str]) -> tuple[str, ...]:
    pictures = sum(name.startswith("word/media/") for name in names)
    objects = [name for name in names if re.match(r"word/(?:embeddings|activeX)/|.*vbaProject", name)]
    told = []
    if pictures:
        told.append(f"文件中有 {pictures} 幅图片，图中文字不能由机器判断，须由人核对")
    if objects:
        told.append(f"文件中嵌有 {len(objects)} 个对象（表格、附件或者宏），不能由机器判断，须由人核对")
    if any(name.startswith("docProps/thumbnail") for name in names):
        told.append("文件中有缩略图，可能显示首页内容，须由人核对")
    return tuple(told)


def _passages(name: str, root: Element) -> Iterator[Passage]:
    title = title_of(name)
    if name.startswith("docProps/"):
        yield from _properties(title, root)
    else:
        shown = "".join(words(root))
        if shown.strip():
            yield Passage(title, shown)
        deleted = "\n".join(_deleted(root))
        if deleted.strip():
            yield Passage(f"{title}·修订中删除的文字", deleted)
    yield from _attributes(title, root)


def _properties(title: str, root: Element) -> Iterator[Passage]:
    for one in root.iter():
        field = one.tag.rsplit("}", 1)[-1]
        text = (one.text or "").strip()
        if text and not (_DULL.match(text) and not _TELLING.search(text)):
            yield Passage(f"{title}·{_FIELDS.get(field, one.get('name', field))}", text, bare=True)


def words(root: Element) -> Iterator[str]:
    """The words of a part in order: cells apart by tabs, paragraphs by line breaks."""
    for one in root:
        tag = one.tag.rsplit("}", 1)[-1] if isinstance(one.tag, str) else ""
        if tag in ("t", "instrText"):
            yield one.text or ""
        elif tag in ("tab", "br", "cr"):
            yield "\t" if tag == "tab" else "\n"
        elif tag in ("del", "moveFrom", "delText"):
            continue
        elif tag == "tr":
            yield "\t".join("".join(words(cell)).strip("\n") for cell in one) + "\n"
        elif tag in ("pPr", "rPr", "tblPr", "tcPr", "trPr", "sectPr"):
            continue
        else:
            if one.text and one.text.strip() and not one.tag.startswith(W):
                yield one.text + "\n"
            yield from words(one)
            if tag == "p":
                yield "\n"


def _deleted(root: Element) -> Iterator[str]:
    for one in root.iter():
        if one.tag in (f"{W}del", f"{W}moveFrom"):
            yield "".join(text.text or "" for text in one.iter() if text.tag in (f"{W}delText", f"{W}t"))


def _attributes(title: str, root: Element) -> Iterator[Passage]:
    """Authors of comments and revisions, alternative texts, targets of links, variables: attributes that tell."""
    seen = set()
    for one in root.iter():
        for key, value in one.attrib.items():
            field = key.rsplit("}", 1)[-1]
            if field not in _LAYOUT and _TELLING.search(value) and (field, value) not in seen:
                seen.add((field, value))
                yield Passage(f"{title}·{_ATTRIBUTES.get(field, field)}", value, bare=True)


_ATTRIBUTES = {
    "author": "作者",
    "initials": "作者缩写",
    "descr": "图片说明",
    "title": "图片标题",
    "name": "名称",
    "Target": "链接地址",
    "tooltip": "提示",
    "val": "属性",
    "alias": "别名",
    "tag": "标记",
    "userId": "用户",
}
