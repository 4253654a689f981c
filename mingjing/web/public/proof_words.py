"""What the verification pages say by script: the words of verify.py, and those of the page itself.

One table for the page, its English twin and the page for saving, so that the browser and the offline
program never answer differently.
"""

from __future__ import annotations

from mingjing.record.verifier.mingjing_verify import WORDS

_PAGE = {
    "mark-genuine": ("真", "GENUINE"),
    "mark-changed": ("改动", "CHANGED"),
    "mark-consistent": ("自身一致", "CONSISTENT"),
    "mark-unusable": ("无法核验", "UNUSABLE"),
    "name-decision": ("作出决定的记录", "The decision"),
    "name-publication": ("公示的记录", "The publication"),
    "name-withdrawal": ("撤下的记录", "The withdrawal"),
    "name-proof": ("记录", "The record"),
    "step-signed": ("一、签名头有日志的签名和见证方的联署", "1. The head is signed by the log and its witnesses"),
    "step-record": ("二、记录的内容", "2. What the record says"),
    "step-climb": ("三、记录在所签名的日志里", "3. The record stands in the signed log"),
    "leaf": ("本条记录的散列", "hash of this record"),
    "root": ("树根，与签名头相同", "root, the same as in the signed head"),
    "ladder": ("逐级算到树根，共 {count} 级", "Up to the root in {count} steps"),
    "open-file-here": ("文书“{file}”没有一并选择，没有核对", "document “{file}” was not chosen along, so it was not checked"),
    "open-key-here": (
        "公钥是不是官方的：请选择从官方渠道取得的信任政策再核验一次",
        "that the key is the official one: choose the trust policy you got from an official source and verify again",
    ),
    "policy-own": ("核对所用：您选择的信任政策。", "Checked against the trust policy you chose."),
    "policy-site": (
        "核对所用：本网站公布的信任政策。要不依赖本网站，请选择从官方渠道取得的信任政策。",
        "Checked against the trust policy of this site. Choose one from another official source to do without us.",
    ),
    "digest": ("您的文件 SHA-256：", "SHA-256 of your file: "),
    "decision": ("查看公示的决定", "See the published decision"),
    "not_sealed": ("记录还没有编入日志，几分钟后可以取得证明。", "The record is not in the log yet; its proof can be had in a few minutes."),
    "unverified": ("未核验", "NOT VERIFIED"),
    "large": ("文件太大", "File too large"),
    "large_text": ("超过 200 MB 的文件请用离线核验程序。", "For files over 200 MB use the offline verifier."),
    "later": ("暂时不能核验", "Cannot verify just now"),
    "later_text": ("网络或者服务器没有应答，请稍后再试。", "The network or the server did not answer; try again later."),
    "unread_text": ("文件没有读出来，或者网络中断，请重试。", "The file could not be read, or the network broke off; try again."),
}  # fmt: skip


def words(*, english: bool) -> dict[str, str]:
    """Every word by its key, in one language."""
    return {word: texts[english] for word, texts in {**WORDS, **_PAGE}.items()}
