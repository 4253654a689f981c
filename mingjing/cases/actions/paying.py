"""Payment: the platform never takes money; a bank's reconciliation file closes a slip."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from mingjing.kernel.fines import yuan
from mingjing.kernel.refused import Refused
from mingjing.law import queries as law
from mingjing.organs.authority import Actor, require

from ..models import Payment
from .taking import Taken, take


def confirm_payment(
    *, code: str, amount_fen: int, paid_on: date, bank_reference: str, actor: Actor, at: datetime
) -> Taken | None:
    """Close the slip ``code`` from one line of the bank's file, and take the step that waits for it.

    Returns None when the same line was already taken in. Amounts in fen. Source: 行政处罚法/67.
    """
    require(actor, "payment.reconcile")
    with transaction.atomic():
        payment = Payment.objects.select_for_update().select_related("case").filter(code=code).first()
        if payment is None:
            raise Refused("unknown-code", f"缴款码 {code} 不存在。", remedy="请核对银行文件中的缴款码。")
        if payment.organ_id != actor.organ_id:
            raise Refused(
                "other-organ",
                f"缴款码 {code} 不属于{actor.organ_name}。",
                remedy="请核对银行文件，由开出缴款通知的机关确认。",
            )
        if payment.state == "paid":
            if payment.bank_reference == bank_reference:
                return None
            raise Refused(
                "already-paid",
                f"缴款码 {code} 已于 {payment.paid_on} 缴清（流水 {payment.bank_reference}），本行流水为 {bank_reference}。",
                remedy="疑似重复缴款，请与银行、财政核对退库。",
            )
        if amount_fen != payment.due_fen:
            raise Refused(
                "wrong-amount",
                f"缴款码 {code} 应缴 {yuan(payment.due_fen)}，银行到账 {yuan(amount_fen)}，不一致。",
                remedy="请核对；分期或者加处罚款的，请先在案件中办理相应事项。",
            )
        case = payment.case
        edition = law.procedure_edition(case.procedure, case.edition)
        step = next(rule.id for rule in edition.steps.values() if rule.confirms_payment)
        taken = take(
            case_id=case.pk,
            step=step,
            facts={"paid_fen": amount_fen, "paid_on": paid_on, "bank_reference": bank_reference},
            actor=actor,
            at=at,
            through="payment",
        )
        payment.paid_fen = amount_fen
        payment.paid_on = paid_on
        payment.bank_reference = bank_reference
        payment.state = "paid"
        payment.save(update_fields=["paid_fen", "paid_on", "bank_reference", "state"])
        return taken
