"""Bills of all members for a month from an exported ledger: {"document", "month", "tariff"} on standard input.

Written from docs/bills.md, docs/tariffs.md, docs/market.md and docs/sharing.md, standard library only: nothing of the package's own code
or of its statements is used. `document` is what gridclear export --format json writes, `tariff` one from a file, as a contract
has it, or null. Prints a line of JSON: by member `lines` (group, carrier, label, quantity, amount), `without` and whether the month `closed`.
"""

import datetime
import json
import sys
import zoneinfo
from fractions import Fraction

CARRIERS = ("electricity", "heat", "cold", "gas")
WORDS = {
    "energy": ("bought from members", "sold to members"),
    "poolSale": ("bought from the pool", "sold to the pool"),
    "poolPurchase": ("bought for stores", "sold to the pool"),
    "storage": ("drawn by own stores", "delivered by own stores"),
    "import": ("from the grid", "from the grid"),
    "export": ("to the grid", "to the grid"),
    "interruption": ("interruptions", "interruptions"),
    "gridUse": ("use of the network between areas", "use of the network between areas"),
    "useFee": ("commission on purchases", "commission on purchases"),
    "supplyFee": ("commission on sales", "commission on sales"),
    "imbalance": ("imbalance", "imbalance"),
    "correction": ("corrections of readings", "corrections of readings"),
    "sharing": ("received by sharing", "supplied by sharing"),
    "delivery": ("sales not delivered", "purchases not delivered"),
}
UNCOUNTED = ("useFee", "supplyFee", "gridUse", "imbalance", "correction")
PAID = {"energy", "grid", "levy", "tax"}


def nearest(value, unit):
    """A whole number of units, a half away from zero."""
    size = abs(value) / unit
    count = int(size + Fraction(1, 2))
    return count if value >= 0 else -count


def month_of(name, zone):
    year, month = map(int, name.split("-"))
    ends = [datetime.datetime(year + (month + more - 1) // 12, (month + more - 1) % 12 + 1, 1, tzinfo=zone) for more in (0, 1)]
    return [round(each.timestamp() * 1000) for each in ends]


class Ledger:
    """The blocks, and what holds in each period: contracts by key, who is who, and which devices are whose."""

    def __init__(self, document):
        self.blocks = document["blocks"]
        self.names, self.devices, self.held_in = [], [], {}
        held = {}
        for block in self.blocks:
            held = dict(held)
            for contract in block["contracts"]:
                self.enter(held, contract)
            self.held_in[block["period"]] = held, [owner for _, owner in self.devices]
        self.market = held["market"]
        self.quantity, self.price = Fraction(self.market["quantityTick"]), Fraction(self.market["priceTick"])
        self.begins = {after["period"]: before["timestampMs"] for before, after in zip(self.blocks, self.blocks[1:])}
        self.ends = {block["period"]: block["timestampMs"] for block in self.blocks}

    def enter(self, held, contract):
        kind = contract["kind"]
        if kind == "participant":
            if contract["id"] not in self.names:
                self.names.append(contract["id"])
            held["participant/" + contract["id"]] = contract
        elif kind == "storage":
            known = [name for name, _ in self.devices]
            entry = (contract["device"], contract.get("owner"))
            if contract["device"] in known:
                self.devices[known.index(contract["device"])] = entry
            else:
                self.devices.append(entry)
        elif kind in ("clearing", "tariff"):
            held[f"{kind}/{contract['carrier' if kind == 'clearing' else 'tariff']}"] = contract
        elif kind in ("market", "payment"):
            held[kind] = contract
        elif kind == "end":
            held.pop(contract["contract"], None)

    def window(self, period):
        metering = self.held_in[period][0].get("payment", {}).get("metering")
        return metering["window"] if metering else 0


class Bill:
    def __init__(self, ledger, name, month, outside):
        self.ledger, self.name, self.outside = ledger, name, outside
        self.number = ledger.names.index(name)
        zone = outside["zone"]["name"] if outside else self.first_zone()
        self.zone = zoneinfo.ZoneInfo(zone)
        self.from_ms, self.to_ms = month_of(month, self.zone)
        self.periods = [period for period, ms in ledger.begins.items() if self.from_ms <= ms < self.to_ms]
        self.first, self.last = self.periods[0], self.periods[-1]
        self.closes = self.last + ledger.window(self.last)
        self.sums, self.energy, self.meter = {}, {}, {}
        for block in ledger.blocks:
            if self.first <= block["period"] <= self.closes:
                self.read(block)
        self.closed = ledger.blocks[-1]["period"] >= self.closes and ledger.ends[self.last] >= self.to_ms

    def first_zone(self):
        for period in self.ledger.begins:
            for carrier in CARRIERS:
                tariff = self.tariff_in(period, carrier)
                if tariff:
                    return tariff["zone"]["name"]
        return "UTC"

    def tariff_in(self, period, carrier):
        if self.outside and self.outside["carrier"] == carrier:
            return self.outside
        held = self.ledger.held_in[period][0]
        own = held.get("participant/" + self.name, {}).get("tariffs", {}).get(carrier)
        return held.get("tariff/" + own) if own else None

    def shared(self, period, carrier):
        return self.ledger.held_in[period][0].get("clearing/" + carrier, {}).get("mechanism") == "share"

    def group(self, about, block):
        """Where what a block says of a period stands: that of this month, or of one before that was closed by then."""
        if self.first <= about <= self.last:
            return "community"
        late = about < self.first and block["period"] >= self.first + self.ledger.window(self.first)
        return "earlier" if late else None

    def pays(self, group, carrier, payment, is_payer, ticks, energy=0):
        """Amount ticks that this member pays, or is paid."""
        if group and ticks:
            sum_of = self.sums.setdefault((group, carrier, payment, is_payer), [0, 0])
            sum_of[0] += ticks if is_payer else -ticks
            sum_of[1] += energy

    def moves(self, period, carrier, what, ticks):
        if self.first <= period <= self.last:
            sums = self.energy.setdefault((period, carrier), {})
            sums[what] = sums.get(what, 0) + ticks

    def read(self, block):
        in_month = self.first <= block["period"] <= self.last
        for trade in block["trades"] if in_month else []:
            self.trade(trade, block)
        for flow in block["flows"]:
            self.flow(flow, block, in_month)
        for reading in block["readings"]:
            if reading["participant"] != self.number:
                continue
            about = block["period"] - reading["age"]
            self.meter[about, reading["carrier"]] = (reading["in"], reading["out"])
            payment = "correction" if reading["flags"] & 2 else "imbalance"
            self.pays(self.group(about, block), reading["carrier"], payment, True, int(reading["amount"]))
        self.left(block)

    def left(self, block):
        """What the imbalances of a period cost where its trades count as delivered: its readings pay nothing."""
        for posting in block["postings"]:
            sign = {posting["debit"]: -1, posting["credit"]: 1}.get(16 + self.number)
            if posting["kind"] == "imbalance" and sign:
                about, ticks = int(posting["period"]), sign * int(posting["amount"])
                self.pays(self.group(about, block), posting["carrier"], "imbalance", True, ticks)

    def trade(self, trade, block):
        orders, carrier, quantity = block["orders"], trade["carrier"], trade["quantity"]
        mine = [
            trade[party] == "order" and orders[trade[order]]["participant"] == self.number
            for party, order in (("buyer", "bid"), ("seller", "offer"))
        ]
        use, supply = quantity * trade["usePrice"], quantity * trade["supplyPrice"]
        kind, seller, buyer = trade["kind"], trade["seller"], trade["buyer"]
        across = kind in ("area", "grid")
        if mine[0]:
            if across and buyer != "grid":
                payment = "import" if seller == "grid" else "energy" if seller == "order" else "poolSale"
                self.pays("community", carrier, payment, True, 0 if mine[1] else supply, quantity)
                self.pays("community", carrier, "gridUse", True, use - supply)
            elif not mine[1]:
                self.pays("community", carrier, "energy" if kind == "peer" else "poolSale", True, use, quantity)
            self.pays("community", carrier, "useFee", True, int(trade["useFee"]))
            self.moves(block["period"], carrier, "imported" if seller == "grid" else "bought", quantity)
        if mine[1]:
            if across and buyer == "grid":
                self.pays("community", carrier, "export", False, use, quantity)
                self.pays("community", carrier, "gridUse", True, use - supply)
            elif across and not mine[0]:
                self.pays("community", carrier, "energy" if buyer == "order" else "poolPurchase", False, supply, quantity)
            elif kind == "peer" and not mine[0]:
                self.pays("community", carrier, "energy", False, use, quantity)
            elif kind == "pool":
                self.pays("community", carrier, "poolPurchase", False, supply, quantity)
            self.pays("community", carrier, "supplyFee", True, int(trade["supplyFee"]))
            self.moves(block["period"], carrier, "exported" if buyer == "grid" else "sold", quantity)

    def flow(self, flow, block, in_month):
        kind, carrier, quantity, amount = flow["kind"], flow["carrier"], flow["quantity"], int(flow["amount"])
        if kind in ("shared", "unshared"):
            self.share(flow, block)
            return
        if kind in ("undelivered", "delivered"):
            self.deliver(flow, block)
            return
        if not in_month:
            return
        table = {
            "stored": ("poolPurchase", False, "sold"), "exported": ("export", False, "exported"),
            "imported": ("import", True, "imported"), "interrupted": ("interruption", False, None),
            "charged": ("storage", True, "bought"), "gridCharged": ("import", True, "imported"),
            "discharged": ("storage", False, "sold"),
        }
        if kind not in table:
            return
        owners = self.ledger.held_in[block["period"]][1]
        of_device = kind in ("charged", "gridCharged", "discharged")
        if (owners[flow["party"]] != self.name) if of_device else (flow["party"] != self.number):
            return
        payment, is_payer, what = table[kind]
        self.pays("community", carrier, payment, is_payer, amount, quantity)
        if what:
            self.moves(block["period"], carrier, what, quantity)

    def share(self, flow, block):
        """What goes back takes away from what came."""
        sign = 1 if flow["kind"] == "shared" else -1
        about, carrier = int(flow["extra"]), flow["carrier"]
        ticks, amount = sign * flow["quantity"], sign * int(flow["amount"])
        both = flow["party"] == flow["order"]
        for side, is_payer, what in (("party", True, "received"), ("order", False, "supplied")):
            if flow[side] != self.number:
                continue
            if not both:
                self.pays(self.group(about, block), carrier, "sharing", is_payer, amount, ticks)
            self.moves(about, carrier, what, ticks)

    def deliver(self, flow, block):
        """What a trade counts less the seller pays back to the buyer; what counts after all is taken out of that again."""
        sign = 1 if flow["kind"] == "undelivered" else -1
        about, carrier = int(flow["extra"]), flow["carrier"]
        ticks, amount = sign * flow["quantity"], sign * int(flow["amount"])
        for side, is_payer, what in (("party", False, "bought"), ("order", True, "sold")):
            if flow[side] != self.number:
                continue
            if flow["party"] != flow["order"]:
                self.pays(self.group(about, block), carrier, "delivery", is_payer, amount, ticks)
            self.moves(about, carrier, what, -ticks)

    # --- The tariff ------------------------------------------------------------------------------------------------

    def energy_in(self, period, carrier, alone):
        """Energy by what it was, in kWh: all of it, and what has no price in the ledger."""
        its = self.energy.get((period, carrier), {})
        of = {what: its.get(what, 0) for what in ("bought", "sold", "imported", "exported", "received", "supplied")}
        meter = self.meter.get((period, carrier))
        if self.shared(period, carrier):
            drawn, fed = meter or (of["received"], of["supplied"])
            found = {"received": of["received"], "supplied": of["supplied"]}
            rest = {"fromGrid": drawn - of["received"], "toGrid": fed - of["supplied"]}
            found.update(rest)
            unpriced = rest
        else:
            drawn, fed = meter or (of["bought"] + of["imported"], of["sold"] + of["exported"])
            found = {"bought": min(of["bought"], drawn), "sold": min(of["sold"], fed)}
            found.update(fromGrid=drawn - found["bought"], toGrid=fed - found["sold"])
            unpriced = {}
        if alone:
            found = unpriced = {"fromGrid": drawn, "toGrid": fed}
        return found, unpriced

    def tariff_lines(self, carrier, alone, community):
        stretches = []
        for period in self.periods:
            tariff = self.tariff_in(period, carrier)
            if stretches and self.same(stretches[-1][0], tariff):
                stretches[-1][1].append(period)
            else:
                stretches.append((tariff, [period]))
        stretches = [each for each in stretches if each[0]]
        lines = []
        for tariff, periods in stretches:
            is_last = (tariff, periods) == stretches[-1]
            since = ""
            if len(stretches) > 1:
                begin = datetime.datetime.fromtimestamp(self.ledger.begins[periods[0]] / 1000, datetime.timezone.utc)
                since = f" (from {begin.strftime('%Y-%m-%dT%H:%M:%S.000Z')})"
            for group, of, label, *rest in self.charge(tariff, periods, carrier, alone, community if is_last else 0):
                lines.append((group, of, label + since, *rest))
        return lines

    def same(self, one, other):
        """Whether tariffs differ in nothing but the values of price series."""
        if one is None or other is None:
            return one is other

        def kept(tariff):
            plain = {key: value for key, value in tariff.items() if key not in ("version", "from", "components")}
            parts = [{key: value for key, value in part.items() if part["by"] != "series" or key not in ("start", "rates")} for part in tariff["components"]]
            return plain, parts

        return kept(one) == kept(other)

    def series(self, component, period, carrier):
        """The rate of a series in a period, by the contract that held in it."""
        own = next(each for each in self.tariff_in(period, carrier)["components"] if each["name"] == component["name"])
        start = datetime.datetime.fromisoformat(own["start"].replace("Z", "+00:00")).timestamp() * 1000
        place = (self.ledger.begins[period] - start) // (own["minutes"] * 60_000)
        return Fraction(own["rates"][int(place)])

    def charge(self, tariff, periods, carrier, alone, community):
        unit, tick = Fraction(tariff["unit"]), self.ledger.quantity
        begin, end = self.ledger.begins[periods[0]], min(self.ledger.ends[periods[-1]], self.to_ms)
        share = Fraction(end - begin, self.to_ms - self.from_ms)
        energies = {period: self.energy_in(period, carrier, alone) for period in periods}
        lines, owners = [], []
        for component in tariff["components"]:
            kept = Fraction(1_000_000 - component.get("less", 0), 1_000_000)
            priced = component["sort"] in ("energy", "feedIn")

            def on(period):
                its = energies[period][1 if priced else 0]
                return sum(its.get(basis, 0) for basis in component["on"]) * tick

            for detail, quantity, money in self.drafts(component, periods, on, share, kept, carrier):
                lines.append(self.line(component, detail, quantity, money, unit))
                owners.append(component)
            if component["by"] == "percent":
                names = component.get("lines", [])
                of = sum(line[3] for line, owner in zip(lines, owners) if owner["sort"] in component["of"] or owner["name"] in names)
                of += community if "community" in component["of"] else 0
                lines.append((component["sort"], component["name"], None, nearest(of * Fraction(component["percent"]) / 100, Fraction(1))))
                owners.append(component)
        return [("tariff", carrier, label, quantity, amount) for _, label, quantity, amount in lines]

    def line(self, component, detail, quantity, money, unit):
        sign = -1 if component["sort"] == "feedIn" else 1
        label = component["name"] + (f": {detail}" if detail else "")
        return component["sort"], label, quantity, nearest(sign * money, unit)

    def drafts(self, component, periods, on, share, kept, carrier):
        by = component["by"]
        rate = Fraction(component["rate"]) if "rate" in component else None
        if by == "energy":
            whole = sum(on(period) for period in periods)
            return [(None, whole, whole * rate * kept)] if whole else []
        if by == "series":
            drawn = {period: on(period) for period in periods}
            money = sum(own * self.series(component, period, carrier) for period, own in drawn.items() if own)
            whole = sum(drawn.values())
            return [(None, whole, money * kept)] if whole else []
        if by == "calendar":
            sums = {}
            for period in periods:
                place = self.part(component["parts"], self.ledger.begins[period])
                sums[place] = sums.get(place, 0) + on(period)
            return [
                (component["parts"][place]["name"], own, own * Fraction(component["parts"][place]["rate"]) * kept)
                for place, own in sorted(sums.items())
                if own
            ]
        if by == "steps":
            left, before, found = sum(on(period) for period in periods), Fraction(0), []
            for step in component["steps"]:
                up_to = Fraction(step["upTo"]) if "upTo" in step else None
                own = left if up_to is None else min(left, (up_to - before) * share)
                if left > 0:
                    found.append((f"up to {step['upTo']} kWh a month" if up_to else None, own, own * Fraction(step["rate"]) * kept))
                left, before = left - own, up_to
            return found
        if by == "peak":
            means = {}
            for period in periods:
                slot = self.ledger.begins[period] // (component["minutes"] * 60_000)
                means[slot] = means.get(slot, 0) + on(period) * Fraction(60, component["minutes"])
            power = max(means.values())
            return [(None, power * share, power * share * rate)]
        if by == "contracted":
            power = Fraction(component["power"])
            return [(None, power * share, power * share * rate)]
        return [(None, share, share * rate)] if by == "month" else []

    def part(self, parts, ms):
        """The first part that holds by the clock on the wall."""
        clock = datetime.datetime.fromtimestamp(ms / 1000, self.zone)
        minute = clock.hour * 60 + clock.minute

        def within(hours):
            start, end = (int(each[:2]) * 60 + int(each[3:]) for each in hours.split("-"))
            return start <= minute < end if start < end else minute >= start or minute < end

        for place, part in enumerate(parts):
            if (
                clock.month in part.get("months", [clock.month])
                and clock.isoweekday() in part.get("weekdays", [clock.isoweekday()])
                and ("hours" not in part or any(within(hours) for hours in part["hours"]))
            ):
                return place

    # --- All of it -------------------------------------------------------------------------------------------------

    def all(self):
        tariffs = [tariff for period in self.periods for carrier in CARRIERS if (tariff := self.tariff_in(period, carrier))]
        unit = Fraction(tariffs[0]["unit"]) if tariffs else Fraction("0.01")
        lines, alone = [], []
        for (group, carrier, payment, is_payer), (ticks, energy) in self.sums.items():
            amount = nearest(ticks * self.ledger.quantity * self.ledger.price, unit)
            counted = payment not in UNCOUNTED and energy
            quantity = energy * self.ledger.quantity if counted else None
            lines.append((group, carrier, WORDS[payment][0 if is_payer else 1], quantity, amount))
        for carrier in CARRIERS:
            community = sum(line[4] for line in lines if line[:2] == ("community", carrier))
            lines += self.tariff_lines(carrier, False, community)
            alone += self.tariff_lines(carrier, True, 0)
        return {
            "lines": [self.shown(line, unit) for line in lines],
            "total": str(sum(line[4] for line in lines) * unit),
            "without": [self.shown(line, unit) for line in alone] if tariffs else None,
            "closed": self.closed,
        }

    def shown(self, line, unit):
        group, carrier, label, quantity, amount = line
        return [group, carrier, label, None if quantity is None else str(quantity), str(amount * unit)]


def main():
    asked = json.load(sys.stdin)
    ledger = Ledger(asked["document"])
    print(json.dumps({name: Bill(ledger, name, asked["month"], asked["tariff"]).all() for name in ledger.names}))


main()
