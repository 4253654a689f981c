"""四性检测: the tests of authenticity, completeness, usability and security that a sealed volume must pass.

Each test has a name of its own, a verdict, what was found, and how to mend it. Labels: DA/T 70-2018
(文书类电子档案检测一般要求), whose four properties these are; the tests are those this platform can make itself.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from mingjing.cases import queries as cases
from mingjing.kernel import canonical, merkle
from mingjing.kernel.refused import Refused
from mingjing.record import queries as record

from . import pdfa
from .models import Volume
from .pieces import pages_of

KEPT_TYPES = ("application/pdf", "image/", "video/", "audio/", "text/")
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Result:
    """One test: its property and name, whether it holds, what was found, and the remedy where it does not."""

    aspect: str
    test: str
    ok: bool
    found: str
    remedy: str = ""


@dataclass(frozen=True)
class _File:
    title: str
    sha256: str
    size_bytes: int
    media_type: str
    pages: int


Test = Callable[[Volume, Sequence[_File], datetime], Result]


def test_volume(volume: Volume, at: datetime) -> list[Result]:
    """Every test of a sealed volume. Cost: every file of the volume is read once."""
    kept = _files(volume)
    return [test(volume, kept, at) for test in TESTS]


def _files(volume: Volume) -> list[_File]:
    found = [_File("装订的案卷", volume.sha256, volume.size_bytes, "application/pdf", 1)]
    told = [line for lines in volume.catalogue["volumes"].values() for line in lines]
    for one in told:
        pages = one["last"] - one["first"] + 1
        found.append(_File(one["title"], one["sha256"], one["size_bytes"], one["media_type"], pages))
    for one in volume.catalogue["media"]:
        found.append(_File(one["title"], one["sha256"], one["size_bytes"], one["media_type"], 0))
    for late in volume.late_papers.all():
        found.append(_File(late.title, late.sha256, late.size_bytes, late.media_type, late.pages))
    return found


def _verdict(aspect: str, test: str, wrong: Sequence[str], fine: str, remedy: str) -> Result:
    if not wrong:
        return Result(aspect, test, True, fine)
    shown = "；".join(wrong[:5]) + (f"；等 {len(wrong)} 项" if len(wrong) > 5 else "")
    return Result(aspect, test, False, shown, remedy)


# --- 真实性 ---


def _content(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """固化信息: every file is still what its SHA-256 says."""
    wrong = [f"“{one.title}”{why}" for one in kept if (why := _changed(one))]
    remedy = "从备份恢复该文件，再运行 mingjing record verify --deep。"
    return _verdict("真实性", "文件内容与登记的校验值一致", wrong, f"{len(kept)} 个文件全部一致", remedy)


def _changed(one: _File) -> str:
    try:
        with record.open_blob(one.sha256) as stream:
            digest = hashlib.sha256()
            while piece := stream.read(CHUNK_BYTES):
                digest.update(piece)
    except Refused:
        return "不在存储中"
    return "" if digest.hexdigest() == one.sha256 else "内容已经变动"


def _sealed(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """来源: everything that happened in the case stands in the log."""
    happened = record.history(_subject(volume))
    waiting = [f"第 {one.seq} 条（{one.kind}）" for one in happened if one.leaf_index is None]
    remedy = "运行 mingjing record seal 后再检测。"
    fine = f"{len(happened)} 条记录全部在日志中"
    return _verdict("真实性", "全过程记录已经编入存证日志", waiting, fine, remedy)


def _proofs(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """来源: the proof of every entry leads to the signed root."""
    wrong, count = [], 0
    for one in record.history(_subject(volume)):
        if one.leaf_index is None:
            continue
        count += 1
        if not _proven(record.prove(one.entry_id)):
            wrong.append(f"第 {one.seq} 条（{one.kind}）")
    remedy = "运行 mingjing record verify，依其提示办理。"
    return _verdict("真实性", "每条记录的证明成立", wrong, f"{count} 条证明全部成立", remedy)


def _proven(proof: Mapping[str, Any]) -> bool:
    body = base64.b64decode(str(proof["record"]))
    leaf = merkle.leaf_hash(canonical.entry(hashlib.sha256(body).digest(), canonical.sm3(body)))
    lines = str(proof["checkpoint"]).split("\n")
    path = [base64.b64decode(str(item)) for item in proof["inclusion"]]
    index = int(str(proof["leaf_index"]))
    return merkle.verify_inclusion(leaf, index, int(lines[1]), path, base64.b64decode(lines[2]))


def _chain(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """来源: the entries of the case follow each other without a gap."""
    seqs = [one.seq for one in record.history(_subject(volume))]
    gaps = [f"缺第 {n} 条" for n in range(1, (seqs[-1] if seqs else 0) + 1) if n not in set(seqs)]
    return _verdict(
        "真实性", "记录首尾相连没有缺号", gaps, f"第 1 至 {len(seqs)} 条相连", "请系统管理员核查。"
    )


# --- 完整性 ---


def _pages(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """目录: the page numbers go on without a gap, and there are as many pieces as the volume says."""
    wrong = []
    for lines in volume.catalogue["volumes"].values():
        ends = [0, *(line["last"] for line in lines)]
        wrong += [
            f"“{line['title']}”应从第 {end + 1} 页起，目录写第 {line['first']} 页"
            for end, line in zip(ends, lines, strict=False)
            if line["first"] != end + 1
        ]
    count = sum(len(lines) for lines in volume.catalogue["volumes"].values())
    if count != volume.copies:
        wrong.append(f"目录有 {count} 件，封卷时为 {volume.copies} 件")
    fine = f"{volume.copies} 件，{volume.pages} 页"
    return _verdict("完整性", "目录页码连续、件数相符", wrong, fine, "案卷已经封存，请系统管理员核查数据库。")


def _whole(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """要素: every paper and file of the case lies in the volume or in its drawer."""
    held = {one.sha256 for one in kept}
    papers = volume.case.papers.filter(voided_at__isnull=True, issued_at__lte=volume.sealed_at)
    wrong = [f"《{one.title}》{one.number}" for one in papers if one.sha256 not in held]
    files = volume.case.evidence.filter(Q(added_at__isnull=True) | Q(added_at__lte=volume.sealed_at))
    wrong += [f"“{one.name}”" for one in files if one.sha256 not in held]
    fine = "案件的文书和材料都在卷内"
    return _verdict("完整性", "应归档的文件没有遗漏", wrong, fine, "请办理补充归档，写明遗漏的原因。")


def _demands(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """办理: recordings that were due, services that must be proved."""
    lines = cases.lasting_checks(volume.case, at)
    wrong = [f"{line.title}：{line.reason}" if line.reason else line.title for line in lines if not line.ok]
    return _verdict(
        "完整性",
        "须音像记录的环节、须送达的文书齐全",
        wrong,
        "没有缺项",
        "找到材料的，办理补充归档；确实没有的，请负责人写明原因、签署例外。",
    )


# --- 可用性 ---


def _opens(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """格式: every PDF and picture opens and has the pages that the catalogue gives it."""
    wrong = []
    for one in kept[1:]:
        if one.pages and pages_of(one.sha256, one.media_type) != one.pages:
            wrong.append(f"“{one.title}”页数不符或者不能打开")
    return _verdict("可用性", "文书和图像可以打开", wrong, "全部可以打开", "重新扫描后办理补充归档。")


def _pdfa(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """格式: the bound volume is PDF/A."""
    with record.open_blob(volume.sha256) as stream:
        wrong = pdfa.faults(stream)
    return _verdict("可用性", "装订本符合 PDF/A-2b（结构检查）", wrong, "符合", "请系统管理员检查文书格式。")


def _types(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """格式: of every file it is known what it is."""
    wrong = [f"“{one.title}”为 {one.media_type}" for one in kept if not one.media_type.startswith(KEPT_TYPES)]
    remedy = "转换为 PDF、图像、音视频通用格式后办理补充归档，原件保留。"
    return _verdict("可用性", "文件格式可以长期读取", wrong, "格式都在可以长期读取之列", remedy)


# --- 安全性 ---


def _log(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """系统: the database refuses changes of the record, the key is safe, the log is published."""
    wrong = [f"{one.name}：{one.detail}" for one in record.doctor() if not one.fine]
    return _verdict(
        "安全性", "存证日志只可追加、签名私钥安全", wrong, "正常", "运行 mingjing doctor，依其提示办理。"
    )


def _no_programs(volume: Volume, kept: Sequence[_File], at: datetime) -> Result:
    """病毒: no file is a program, whatever its name says."""
    wrong = [f"“{one.title}”" for one in kept if _is_program(one)]
    return _verdict("安全性", "卷内没有可以执行的程序", wrong, "没有", "请核实来源，另行保管，不要打开。")


def _is_program(one: _File) -> bool:
    try:
        with record.open_blob(one.sha256) as stream:
            head = stream.read(4)
    except Refused:
        return False
    return head[:2] in (b"MZ", b"#!") or head == b"\x7fELF"


def _subject(volume: Volume) -> str:
    return f"case:{volume.case_id}"


TESTS: tuple[Test, ...] = (
    _content, _sealed, _proofs, _chain, _pages, _whole, _demands, _opens, _pdfa, _types, _log, _no_programs,
)  # fmt: skip
