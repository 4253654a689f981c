"""核验包: what a stranger needs to check some entries offline, in one zip archive.

Members are stored, not compressed, and dated alike, so that equal content gives equal bytes and every program
can read them: for each entry a folder with its record, disclosures and ``.tlog-proof``; the trust policy
(C2SP tlog-policy); the verifier itself; the documents under ``files/``; a few words of explanation.
"""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files as resources

from mingjing.kernel.refused import Refused
from mingjing.record import queries, trust
from mingjing.record.models import Entry

MEDIA_TYPE = "application/zip"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first moment that a zip archive can tell
_READABLE = 0o100644 << 16

_EXPLANATION = """核验包说明

{what}

包内文件：
  policy.txt      信任政策：认哪几本日志的公钥、要哪些见证方联署（C2SP tlog-policy 格式）
  verify.py       离线核验程序，只用 Python 自带的功能（3.9 以上），可以先读一遍
  files/          文书
  其余各文件夹    各是一条记录：record.json 记录原文，proof.tlog-proof 它在日志中的证明，
                  disclosures.txt 随包披露的内容

怎样核验（不联网，不安装任何东西）：
  1. 从官方渠道（例如本机关公告、司法行政机关网站）取得政策文件或者日志公钥。
     下载地址：{address}/log 。包内的 policy.txt 只能说明本包自身一致。
  2. 运行： python verify.py 本包.zip --policy 政策文件
     不解压本包也可以；程序先从包里取出 verify.py 即可。
  3. 也可以在 {address}/verify 用浏览器核验，文件不会上传。

答案里“没有证明的”各项，是本包证明不了的内容，请一并阅读。
"""


@dataclass(frozen=True)
class Part:
    """One entry of a bundle: the folder it stands in, and which of its personal values may be read."""

    folder: str
    entry_id: uuid.UUID
    reveal: Sequence[str] = ()


def policy() -> str:
    """The trust policy of this deployment, for those who verify: the logs of all years, and the witnesses."""
    return str(trust.published())


def verifier() -> bytes:
    """The offline verifier, one file."""
    return resources("mingjing.record.verifier").joinpath("mingjing_verify.py").read_bytes()


def bundle(parts: Sequence[Part], documents: Mapping[str, bytes], *, what: str, address: str) -> bytes:
    """The archive for these entries; ``what`` says in words what it is about.

    An entry that is in no log yet is left out. Raises: Refused ``not-sealed`` if none is left, as
    :func:`queries.prove`. Cost: about 5 queries for each entry.
    """
    members: dict[str, bytes] = {}
    for part in parts:
        members |= _members(part)
    if not members:
        raise Refused("not-sealed", "记录还没有编入日志，暂时不能出具核验包。", remedy="稍候几分钟再试。")
    explained = _EXPLANATION.format(what=what, address=address)
    return _archive(
        {
            "核验说明.txt": explained.encode(),
            "verify.py": verifier(),
            "policy.txt": policy().encode(),
            **members,
            **{f"files/{name}": content for name, content in documents.items()},
        }
    )


def _members(part: Part) -> dict[str, bytes]:
    try:
        proof = queries.tlog_proof(part.entry_id)
    except Refused as refused:
        if refused.code == "not-sealed":
            return {}
        raise
    body = Entry.objects.values_list("body", flat=True).get(id=part.entry_id)
    members = {f"{part.folder}/record.json": bytes(body), f"{part.folder}/proof.tlog-proof": proof.encode()}
    texts = queries.disclosures(part.entry_id, part.reveal)
    if texts:
        members[f"{part.folder}/disclosures.txt"] = "".join(f"{text}\n" for text in texts).encode()
    return members


def _archive(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name, _EARLIEST)
            member.external_attr = _READABLE
            archive.writestr(member, content)
    return out.getvalue()
