"""SM2 signatures with SM3 (GB/T 32918.2), from the optional package ``gmssl_pyx`` of the extra ``sm2``.

The key lies in a file, which is good enough to develop with. A system under 密评 signs in a certified module:
see :mod:`mingjing.record.signers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

from mingjing.kernel.refused import Refused

KIND = b"\xffgm-sm2-sm3"
"""The signature type: ff, for which C2SP signed-note asks a longer name to follow."""

_HALF = 32


@dataclass(frozen=True, repr=False)
class Key:
    """A private key of 32 bytes with its public point of 64 (x ‖ y)."""

    public: bytes
    private: bytes

    @classmethod
    def generate(cls) -> Key:
        """A fresh key. Raises: Refused ``sm2-missing``."""
        return cls(*map(bytes, library().sm2_key_generate()))

    @classmethod
    def parse(cls, text: str) -> Key:
        """The key that :meth:`secret` wrote. Raises: Refused ``bad-key``."""
        kind, _, rest = text.partition(" ")
        try:
            data = bytes.fromhex(rest)
        except ValueError:
            data = b""
        if kind != "SM2" or len(data) != 3 * _HALF:
            raise Refused("bad-key", "SM2 私钥文件无法识别。", remedy="从备份恢复（权限 0600）。")
        return cls(data[: 2 * _HALF], data[2 * _HALF :])

    def secret(self) -> str:
        """The text to be kept where nobody else reads it."""
        return f"SM2 {(self.public + self.private).hex()}"

    def sign(self, message: bytes) -> bytes:
        """The signature r ‖ s of 64 bytes, with the usual identity of GM/T 0009. Raises: ``sm2-missing``."""
        return _from_der(library().sm2_sign(self.private, self.public, message))

    def __repr__(self) -> str:
        return f"Key({self.public[:4].hex()}…)"


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (r ‖ s) is over exactly ``message``. Raises: Refused ``sm2-missing``."""
    if len(signature) != 2 * _HALF:
        return False
    return bool(library().sm2_verify(public, message, _to_der(signature)))


def library() -> ModuleType:
    """The package. Raises: Refused ``sm2-missing``."""
    try:
        import gmssl_pyx
    except ImportError as error:
        raise Refused(
            "sm2-missing",
            "没有安装 SM2 签名所需的软件包，没有签名。",
            remedy="pip install 'mingjing[sm2]'，或者从 MINGJING_LOG_SIGNERS 中去掉 sm2。",
        ) from error
    module: ModuleType = gmssl_pyx
    return module


def _from_der(data: bytes) -> bytes:
    """r ‖ s of a DER sequence of two integers (GM/T 0009), each 32 bytes wide."""
    first = 4 + data[3]
    r, s = data[4:first], data[first + 2 : first + 2 + data[first + 1]]
    return b"".join(int.from_bytes(part, "big").to_bytes(_HALF, "big") for part in (r, s))


def _to_der(signature: bytes) -> bytes:
    parts = b"".join(_der_integer(signature[at : at + _HALF]) for at in (0, _HALF))
    return bytes([0x30, len(parts)]) + parts


def _der_integer(data: bytes) -> bytes:
    number = int.from_bytes(data, "big")
    width = number.bit_length() // 8 + 1
    return bytes([0x02, width]) + number.to_bytes(width, "big")
