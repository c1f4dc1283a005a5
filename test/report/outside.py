"""What carriers cost outside the market in a period, by docs/tariffs.md and docs/market.md: price ticks, or components
that come to them at the time at which the period begins. Standard library only; exact fractions."""

from datetime import datetime, timedelta, timezone
from fractions import Fraction

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def minute_of(text):
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def holds(part, local):
    if local.month not in part.get("months", [local.month]):
        return False
    if local.isoweekday() not in part.get("weekdays", [local.isoweekday()]):
        return False
    if "hours" not in part:
        return True
    now = 60 * local.hour + local.minute
    for hours in part["hours"]:
        first, last = map(minute_of, hours.split("-"))
        if (first <= now < last) if first < last else not last <= now < first:
            return True
    return False


def rate_of(component, offsets, ms):
    if component["by"] == "energy":
        return component["rate"]
    if component["by"] == "series":
        start = datetime.fromisoformat(component["start"].replace("Z", "+00:00"))
        passed = (EPOCH + timedelta(milliseconds=ms) - start) // timedelta(minutes=component["minutes"])
        return component["rates"][max(0, min(passed, len(component["rates"]) - 1))]
    ahead = [minutes for since, minutes in offsets if since <= ms] or [offsets[0][1]]
    local = EPOCH + timedelta(milliseconds=ms, minutes=ahead[-1])
    return next(part["rate"] for part in component["parts"] if holds(part, local))


def price_at(given, is_paid, payment, tick, ms):
    """Price ticks; `is_paid`: of what is fed in, for which the member is paid."""
    if isinstance(given, int):
        return given
    lines = []
    for component in given:
        if component["by"] == "percent":
            total = sum((amount for sort, amount in lines if sort in component["of"]), Fraction(0))
            lines.append((component["sort"], total * Fraction(component["percent"]) / 100))
            continue
        offsets = payment.get("zone", {"offsets": [[0, 0]]})["offsets"]
        less = Fraction(component.get("less", 0), 1_000_000)
        rate = Fraction(rate_of(component, offsets, ms)) * (1 - less)
        lines.append((component["sort"], -rate if component["sort"] == "feedIn" else rate))
    paid = sum((amount for _, amount in lines), Fraction(0)) / Fraction(tick)
    value = -paid if is_paid else paid
    ticks = (2 * abs(value) + 1) // 2
    return int(ticks if value > 0 else -ticks)


def tariffs_at(payment, tick, ms):
    """The tariffs of a payment contract in a period that begins at an instant."""
    return {
        carrier: {
            **tariff,
            "retail": price_at(tariff["retail"], False, payment, tick, ms),
            "feedIn": price_at(tariff["feedIn"], True, payment, tick, ms),
        }
        for carrier, tariff in payment["tariffs"].items()
    }
