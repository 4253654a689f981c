"""执法文书: plain data in, PDF bytes out. Nothing here knows Django, a database or today's date.

The data of a paper
===================
``render(form_id, data)`` takes one JSON-safe mapping. Every key is optional unless the form's metadata
(``codex/papers/<form>.toml``) asks for it; an unknown key is ignored.

``organ``
    ``{"name", "prefix", "address", "phone"}``. ``prefix`` is the 机关代字.
``number``
    文号, as :func:`numbers.number` writes it; ``""`` for papers that carry none.
``case``
    ``{"no", "title", "cause", "source", "filed_on", "closed_on"}``.
``party``
    ``{"kind": "organization" | "individual-business" | "person", "name", "id_label", "id_code",
    "legal_representative", "address", "phone", "gender", "birth_on", "employer"}``. For an
    individual business ``legal_representative`` is the 经营者.
``officers``
    ``[{"name", "certificate"}]``, in order of signature.
``date``
    成文日期, ISO ``2026-03-12``. It is also the PDF's timestamp, so equal data gives equal bytes.
``facts``
    The facts of the case by key, raw: ISO dates and times, integer fen, booleans, codes, texts, lists.
    The form's ``fields`` say how each is written.
``labels``
    ``{fact key: text or list of texts}`` printed in place of a raw code (a choice's label).
``pictures``
    ``{sha256: PNG bytes}``: the signatures that facts of kind ``signature`` name. They are given to a paper that
    is being made, and not kept in its data.
``remedy``
    The sentences of 救济途径, computed by the caller from the kind of act and organ.
``approvals``
    ``[{"role", "opinion", "name", "date"}]`` for approval tables; roles as in ``organs.roles``. The last
    entry of a role wins.
``papers``
    Papers issued earlier in the case, oldest first: ``[{"form", "title", "number", "date"}]``. Later papers
    cite them (the decision names the notice, the closing table the decision).
``served``
    The papers that a 送达回证 or 送达公告 is about, in the shape of ``papers``.
``signer``
    Name of the person who takes the step, where that is not one of ``officers`` (the legal reviewer).
``verify``
    ``{"code", "url"}``: prints the QR code and the verification line on page 1 of outgoing papers.
``demo_seal``
    True draws a stamp that says 演示用章. A true seal is never drawn by this program.
``demo``
    True prints 演示数据 in the margin of each page.
"""
