"""Works out every balance of a market from its exported ledger: gridclear export LEDGER --format json | python3 accounts.py

Written from docs/market.md and docs/ledger-format.md, standard library only. It never looks at the postings: money follows
from contracts, trades, flows and readings, and after each block balances, charges and collateral must come to the state root
that the block names; so must contracts in force, names and last readings come to theirs. The orders that the period made have to
be those of the contracts that let them stand. Prints a line of JSON: {"ok": true, "blocks", "balances", "platform"} or {"ok": false, "why"}, and then
exits 1.
"""

import hashlib
import json
import struct
import sys

NOBODY = 0xFFFFFFFF
MILLION = 1_000_000
# So many records, end to end, are a leaf.
ROW = 16
UNSAID = object()
UNLIMITED = 1 << 127
TRADING, POOL, COMMISSION, GRID, DEFAULTS, BANK, GRID_FEES, RENT = range(8)
CARRIERS = ("electricity", "heat", "cold", "gas")
STANDING = 0xFFFF
DAY_MS = 86_400_000


def sha256(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    """RFC 6962 section 2.1, as it is written: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    split = 1
    while 2 * split < len(leaves):
        split *= 2
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:]))


def sections_root(records):
    return root([b"".join(records[i : i + ROW]) for i in range(0, len(records), ROW)])


def canonical(contract):
    return json.dumps(contract, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def key_of(contract):
    """What a contract is about; an amendment has the key of what it amends."""
    fields = {
        "participant": ("id",), "supply": ("carrier", "participant"), "use": ("carrier", "participant"),
        "storage": ("device",), "converter": ("device",), "area": ("area",), "limit": ("area",), "clearing": ("carrier",),
        "community": ("community",), "member": ("community", "participant"),
        "deposit": ("number", "participant"), "withdrawal": ("number", "participant"), "end": ("contract",),
    }
    named = [str(contract[field]) for field in fields.get(contract["kind"], ()) if field in contract]
    return "/".join([contract["kind"]] + named)


def divide(total, weights, whole=None):
    """By running sums, each rounded to the nearest, half upwards."""
    whole = sum(weights) if whole is None else whole
    parts, before, running = [], 0, 0
    for weight in weights:
        running += weight
        mark = (2 * total * running + whole) // (2 * whole) if whole else 0
        parts.append(mark - before)
        before = mark
    return parts


def by_rank(total, asked, classes):
    given, left = [0] * len(asked), total
    named = {place for each in classes for place in each}
    for places in classes + [[place for place in range(len(asked)) if place not in named]]:
        places = sorted(places)
        gets = min(left, sum(asked[place] for place in places))
        for place, part in zip(places, divide(gets, [asked[place] for place in places])):
            given[place] = part
        left -= gets
    return given


def evenly(total, asked):
    given, left, waiting = [0] * len(asked), total, [place for place, amount in enumerate(asked) if amount]
    while True:
        full = [place for place in waiting if asked[place] * len(waiting) <= left]
        if not full:
            break
        for place in full:
            given[place] = asked[place]
        left -= sum(asked[place] for place in full)
        waiting = [place for place in waiting if place not in full]
    return [amount + part for amount, part in zip(given, divide(left, [int(place in waiting) for place in range(len(asked))]))]


def shared(key, names, drawn, injected):
    """Received and supplied by the key of a community, as docs/sharing.md says."""
    def places(classes):
        return [[names.index(name) for name in each if name in names] for each in classes]

    most, kind = min(sum(drawn), sum(injected)), key.get("key", "proportional")
    if kind == "proportional":
        received = divide(most, drawn)
    elif kind == "equal":
        received = evenly(most, drawn)
    elif kind == "priority":
        received = by_rank(most, drawn, places(key["classes"]))
    else:
        entitled = divide(sum(injected), [key["shares"].get(name, 0) for name in names], MILLION)
        received = [min(right, wanted) for right, wanted in zip(entitled, drawn)]
        if kind == "cascade":
            lack = [wanted - got for wanted, got in zip(drawn, received)]
            more = divide(min(sum(injected) - sum(received), sum(lack)), lack)
            received = [got + part for got, part in zip(received, more)]
    if "supplyClasses" in key:
        return received, by_rank(sum(received), injected, places(key["supplyClasses"]))
    return received, divide(sum(received), injected)


def pairs(received, supplied):
    """Both end to end on one line: what two members have in common of it."""
    found, start = {}, 0
    for supplier, amount in enumerate(supplied):
        begin = 0
        for receiver, wanted in enumerate(received):
            common = min(start + amount, begin + wanted) - max(start, begin)
            if common > 0:
                found[supplier, receiver] = common
            begin += wanted
        start += amount
    return found


class Register:
    """Contracts in force, and the names that were registered and the keys that ended."""

    KINDS = ("participant", "storage", "converter", "area", "ended")

    def __init__(self):
        self.in_force = {}
        self.numbers = {kind: {} for kind in self.KINDS}
        self.records = []

    def note(self, kind, carrier, number, name, contract=None):
        code = bytes([1 + self.KINDS.index(kind), carrier, 0, 0]) + number.to_bytes(4, "little")
        kept = sha256(canonical(contract)) if contract is not None else bytes(32)
        self.records.append(code + sha256(name.encode("utf-8")) + kept)

    def ended(self, key, contract):
        kept = key.startswith(("participant/", "storage/", "converter/"))
        self.note("ended", 255, contract["version"], key, contract if kept else None)

    def enter(self, contract):
        kind, key = contract["kind"], key_of(contract)
        if kind == "end":
            self.ended(contract["contract"], self.in_force.pop(contract["contract"]))
        if kind in ("end", "deposit", "withdrawal"):
            self.ended(key, contract)
            return
        if kind in self.numbers:
            known = self.numbers[kind]
            name = key.split("/", 1)[1]
            if name not in known:
                carrier = CARRIERS.index(contract["carrier"]) if kind in ("storage", "area") else 255
                self.note(kind, carrier, len(known), name)
                known[name] = len(known)
        self.in_force[key] = contract


class Books:
    def __init__(self):
        self.register = Register()
        self.last = {}
        self.days = {}
        self.platform = [0] * 8
        self.names = []
        self.balance = []
        self.collateral = []
        self.own_limit = []
        self.devices = []
        self.owner = []
        self.charge = []
        self.held = {}
        self.payment = None
        self.past = {}

    def pay(self, payer, payee, amount):
        """Accounts are (list, place): a negative amount goes the other way."""
        payer[0][payer[1]] -= amount
        payee[0][payee[1]] += amount

    def of(self, participant):
        return (self.balance, participant)

    def house(self, account):
        return (self.platform, account)

    def limit(self, participant):
        """How far a participant may owe; the words 'without limit' are null in a contract."""
        own = self.own_limit[participant]
        limit = self.payment["creditLimit"] if own is UNSAID else own
        return UNLIMITED if limit is None else int(limit)

    def hold(self, participant, more):
        """Collateral goes back only as far as it is still there."""
        more = max(more, -self.collateral[participant])
        self.pay(self.of(participant), (self.collateral, participant), more)

    def enter(self, contract):
        kind = contract["kind"]
        if kind == "participant":
            if contract["id"] not in self.names:
                self.names.append(contract["id"])
                self.balance.append(0)
                self.collateral.append(0)
                self.own_limit.append(UNSAID)
            self.own_limit[self.names.index(contract["id"])] = contract.get("creditLimit", UNSAID)
        elif kind == "payment":
            self.payment = contract
        elif kind == "supply":
            # Standard terms, without a participant, hold nothing back.
            if "participant" not in contract:
                return
            key = "supply/" + contract["carrier"] + "/" + contract["participant"]
            before = int(self.held[key]["collateral"]) if key in self.held else 0
            self.hold(self.names.index(contract["participant"]), int(contract["collateral"]) - before)
            self.held[key] = contract
        elif kind == "storage":
            if contract["device"] not in self.devices:
                self.devices.append(contract["device"])
                self.owner.append(None)
                self.charge.append(contract["charge"])
            owner = contract.get("owner")
            self.owner[self.devices.index(contract["device"])] = None if owner is None else self.names.index(owner)
        elif kind in ("deposit", "withdrawal"):
            amount = int(contract["amount"]) * (1 if kind == "deposit" else -1)
            self.pay(self.house(BANK), self.of(self.names.index(contract["participant"])), amount)
        elif kind == "end":
            what, name = contract["contract"].split("/", 1)
            if what == "participant":
                self.own_limit[self.names.index(name)] = UNSAID
            elif what == "supply" and contract["contract"] in self.held:
                ended = self.held.pop(contract["contract"])
                self.hold(self.names.index(ended["participant"]), -int(ended["collateral"]))

    def terms(self, participant, carrier):
        """Own supply and use contracts of a participant and carrier, in this order; None where there is none."""
        keys = [f"{kind}/{carrier}/{self.names[participant]}" for kind in ("supply", "use")]
        return [self.register.in_force.get(key) for key in keys]

    def per_day(self):
        return DAY_MS // self.register.in_force["market"]["periodMs"]

    def asked(self, contract, meter, period):
        """How much a standing order is for; what meters said in this period does not count yet."""
        rule = contract and contract.get("standing", {}).get("quantity")
        if not rule:
            return 0
        if rule["rule"] == "fixed":
            return rule["amount"]
        if rule["rule"] == "last":
            said = self.last.get(meter, (0, 0, 0))[1:]
        else:
            said = self.days.get(meter, {}).get(period - self.per_day(), (0, 0))
        net = said[0] - said[1] if contract["kind"] == "use" else said[1] - said[0]
        return max(0, min(net, rule.get("most", contract["limit"])))

    def keep_days(self, period):
        """Before the readings of a period: of which meters those of a day are kept. A new one begins with its last."""
        before, self.days = self.days, {}
        for participant in range(len(self.names)):
            for carrier, name in enumerate(CARRIERS):
                rules = [each["standing"]["quantity"]["rule"] for each in self.terms(participant, name) if each and "standing" in each]
                if "dayBefore" not in rules:
                    continue
                meter = (participant, carrier)
                known = before.get(meter)
                if known is None:
                    last = self.last.get(meter)
                    known = {last[0]: last[1:]} if last and last[0] >= period - self.per_day() else {}
                self.days[meter] = known

    def stand(self, block):
        """The orders that the period made are those of the contracts, and none is missing but what nobody could pay for."""
        period, orders = block["period"], block["orders"]
        sent = [order for order in orders if order["revision"] != STANDING]
        if orders[: len(sent)] != sent:
            raise ValueError("an order was sent after one that the period made")
        own = {(order["participant"], order["carrier"]) for order in sent}
        made = {(order["participant"], order["carrier"]): order for order in orders[len(sent) :]}
        wanted = []
        for participant in range(len(self.names)):
            for carrier, name in enumerate(CARRIERS):
                supply, use = self.terms(participant, name)
                meter = (participant, carrier)
                net = self.asked(supply, meter, period) - self.asked(use, meter, period)
                if net == 0 or (participant, name) in own or block["height"] == 0:
                    continue
                side, contract = ("offer", supply) if net > 0 else ("bid", use)
                if (participant, name) not in made:
                    free = self.limit(participant) == UNLIMITED and len(orders) < 1 << 20
                    if free and "clearing/" + name in self.register.in_force and name not in self.sharing():
                        raise ValueError(f"a standing order of {self.names[participant]} is missing")
                    continue
                price = contract["standing"]["price"]
                wanted.append({"participant": participant, "carrier": name, "side": side, "revision": STANDING, "quantity": abs(net), "price": price})
        if wanted != orders[len(sent) :]:
            raise ValueError("the orders that the period made are not those of the contracts")

    def trade(self, trade, orders):
        def side(party, number):
            """Who pays or is paid: what stores trade, flows settle with their owners."""
            if party == "order":
                return self.of(orders[number]["participant"])
            return self.house(POOL if party == "device" else GRID)

        buyer = side(trade["buyer"], trade["bid"])
        seller = side(trade["seller"], trade["offer"])
        keeper = seller if trade["kind"] == "peer" else self.house(TRADING if trade["kind"] in ("area", "grid") else POOL)
        self.pay(buyer, keeper, trade["quantity"] * trade["usePrice"])
        self.pay(keeper, seller, trade["quantity"] * trade["supplyPrice"])
        self.pay(seller, self.house(COMMISSION), int(trade["supplyFee"]))
        self.pay(buyer, self.house(COMMISSION), int(trade["useFee"]))

    def flow(self, flow):
        kind, party, quantity = flow["kind"], flow["party"], flow["quantity"]
        amount = quantity * flow["price"]
        device = kind in ("charged", "gridCharged", "discharged", "selfDischarged", "used")
        owner = self.owner[party] if device else None
        keeper = self.house(POOL) if owner is None else self.of(owner)
        if kind == "stored":
            self.pay(self.house(POOL), self.of(party), amount)
        elif kind == "interrupted":
            self.pay(self.house(TRADING), self.of(party), amount)
        elif kind == "exported":
            self.pay(self.house(GRID), self.of(party), amount)
        elif kind == "imported":
            self.pay(self.of(party), self.house(GRID), amount)
        elif kind in ("areaFee", "areaRent"):
            paid = int(flow["extra"]) * flow["price"]
            self.pay(self.house(TRADING), self.house(GRID_FEES if kind == "areaFee" else RENT), paid)
        elif kind == "areaLoss":
            self.pay(self.house(TRADING), self.house(GRID), amount)
        elif kind in ("charged", "gridCharged"):
            self.pay(keeper, self.house(POOL if kind == "charged" else GRID), amount)
            self.charge[party] += quantity - flow["lost"]
        elif kind == "discharged":
            self.pay(self.house(POOL), keeper, amount)
            self.charge[party] -= quantity + flow["lost"]
        elif kind in ("selfDischarged", "used"):
            self.charge[party] -= quantity
        if device and self.charge[party] != int(flow["extra"]):
            raise ValueError(f"device {party} holds {self.charge[party]}, not {flow['extra']}")

    def file(self, block):
        """Opens the meters of a period: what each took and gave under contracts."""
        meters = {}

        def move(participant, carrier, taken):
            meter = meters.setdefault((participant, CARRIERS.index(carrier)), {"in": 0, "out": 0, "paid": 0, "due": True, "read": None, "stood": 0, "said": (0, 0)})
            meter["in" if taken > 0 else "out"] += abs(taken)

        orders = block["orders"]
        live = {(order["participant"], order["carrier"]): order for order in orders}
        for (participant, carrier), order in live.items():
            if order["quantity"] > 0:
                move(participant, carrier, 0)
        deals = []
        for trade in block["trades"]:
            if trade["kind"] != "pool" and trade["buyer"] == trade["seller"] == "order":
                seller, buyer = orders[trade["offer"]]["participant"], orders[trade["bid"]]["participant"]
                deals.append({"seller": seller, "buyer": buyer, "carrier": CARRIERS.index(trade["carrier"]), "quantity": trade["quantity"], "price": trade["supplyPrice"], "missing": 0})
            if trade["buyer"] == "order":
                move(orders[trade["bid"]]["participant"], trade["carrier"], trade["quantity"])
            if trade["seller"] == "order":
                move(orders[trade["offer"]]["participant"], trade["carrier"], -trade["quantity"])
        for flow in block["flows"]:
            kind, party, quantity = flow["kind"], flow["party"], flow["quantity"]
            if kind in ("stored", "exported"):
                move(party, flow["carrier"], -quantity)
            elif kind == "imported":
                move(party, flow["carrier"], quantity)
            elif kind in ("charged", "gridCharged", "discharged") and self.owner[party] is not None:
                move(self.owner[party], flow["carrier"], -quantity if kind == "discharged" else quantity)
        communities = self.communities()
        for community in communities:
            for who, _, _ in community["members"]:
                move(who, community["carrier"], 0)
        self.past[block["period"]] = (self.payment, meters, self.sharing(), communities, deals)

    def sharing(self):
        """The carriers that are shared now."""
        in_force = self.register.in_force
        return {name for name in CARRIERS if in_force.get("clearing/" + name, {}).get("mechanism") == "share"}

    def communities(self):
        """Those of such carriers in order of first entry, with their members: number, and factors before and with it."""
        found, running = {}, {}
        for contract in self.register.in_force.values():
            if contract["kind"] == "community":
                found[contract["community"]] = {**contract, "members": [], "pairs": {}}
            elif contract["kind"] == "member":
                community = found[contract["community"]]
                meter = (contract["participant"], community["carrier"])
                before = running.get(meter, 0)
                running[meter] = before + contract["factor"]
                community["members"].append((self.names.index(contract["participant"]), before, running[meter]))
        return [each for each in found.values() if each["carrier"] in self.sharing()]

    def share(self, period):
        """What a complete period has to share now that was not yet; its money moves. Returns the flows."""
        _, meters, _, communities, _ = self.past[period]
        flows, owed = [], {}
        for community in communities:
            carrier, members = community["carrier"], community["members"]
            code = CARRIERS.index(carrier)

            def part(member, side):
                who, before, upto = member
                total = meters[who, code]["said"][side]
                return (2 * total * upto + MILLION) // (2 * MILLION) - (2 * total * before + MILLION) // (2 * MILLION)

            names = [self.names[who] for who, _, _ in members]
            drawn, injected = ([part(member, side) for member in members] for side in (0, 1))
            now = pairs(*shared(community["key"], names, drawn, injected))
            before, community["pairs"] = community["pairs"], now
            for supplier, receiver in sorted({**before, **now}):
                change = now.get((supplier, receiver), 0) - before.get((supplier, receiver), 0)
                if change == 0:
                    continue
                seller, buyer = members[supplier][0], members[receiver][0]
                quantity = abs(change)
                flows.append({
                    "kind": "shared" if change > 0 else "unshared", "carrier": carrier, "party": buyer, "order": seller,
                    "quantity": quantity, "lost": 0, "price": community["price"], "amount": str(quantity * community["price"]),
                    "extra": str(period),
                })
                for who, amount in ((buyer, change), (seller, -change)):
                    owed[who, code] = owed.get((who, code), 0) + amount * community["price"]
        for meter in sorted(owed):
            self.collect(meter[0], owed[meter], meters[meter])
        return flows

    def deliver(self, period):
        """What of the trades of a complete period counts now, less what did; its money moves. Returns the flows."""
        payment, meters, sharing, _, deals = self.past[period]
        rule = payment["metering"].get("delivered")
        if rule is None:
            return []

        def counts(side, sign):
            """For each deal what this side of it gave, or took."""
            whole, far, found = {}, {}, []
            for deal in deals:
                meter = deal[side], deal["carrier"]
                whole[meter] = whole.get(meter, 0) + deal["quantity"]
            for deal in deals:
                meter = deal[side], deal["carrier"]
                drawn, fed = meters[meter]["said"]
                other = meters[meter]["in"] if sign < 0 else meters[meter]["out"]
                done = max(0, min(whole[meter], sign * (drawn - fed) + other))
                start = far.get(meter, 0)
                end = far[meter] = start + deal["quantity"]
                if rule == "fifo":
                    found.append(max(0, min(deal["quantity"], done - start)))
                else:
                    up = [(2 * done * mark + whole[meter]) // (2 * whole[meter]) for mark in (start, end)]
                    found.append(up[1] - up[0])
            return found

        flows, owed = [], {}
        left = {meter: each["said"][0] - each["said"][1] - each["in"] + each["out"] for meter, each in meters.items()}
        for deal, given, taken in zip(deals, counts("seller", -1), counts("buyer", 1)):
            missing = deal["quantity"] - min(given, taken)
            change, deal["missing"] = missing - deal["missing"], missing
            seller, buyer = (deal["seller"], deal["carrier"]), (deal["buyer"], deal["carrier"])
            left[seller] -= missing
            left[buyer] += missing
            if change == 0:
                continue
            quantity = abs(change)
            flows.append({
                "kind": "undelivered" if change > 0 else "delivered", "carrier": CARRIERS[deal["carrier"]], "party": deal["buyer"],
                "order": deal["seller"], "quantity": quantity, "lost": 0, "price": deal["price"],
                "amount": str(quantity * deal["price"]), "extra": str(period),
            })
            owed[seller] = owed.get(seller, 0) + change * deal["price"]
            owed[buyer] = owed.get(buyer, 0) - change * deal["price"]
        for meter, imbalance in left.items():
            if CARRIERS[meter[1]] in sharing:
                continue
            cost = imbalance * payment["tariffs"][CARRIERS[meter[1]]]["shortagePrice" if imbalance > 0 else "surplusPrice"]
            owed[meter] = owed.get(meter, 0) + cost - meters[meter]["paid"]
            meters[meter]["paid"] = cost
        for meter in sorted(owed):
            self.collect(meter[0], owed[meter], meters[meter])
        return flows

    def settle(self, block):
        """Every reading pays for its imbalance, less what its meter paid before; an estimate may take several records."""
        whole = []
        for reading in block["readings"]:
            meter = (block["period"] - reading["age"], reading["participant"], CARRIERS.index(reading["carrier"]))
            both = (reading["in"], reading["out"])
            said = [meter, reading["flags"], reading["in"] - reading["out"], int(reading["amount"]), both]
            if said[1] & 1 and whole and whole[-1][1] & 1 and whole[-1][0] == meter:
                whole[-1][2] += said[2]
                whole[-1][3] += said[3]
            else:
                whole.append(said)
        for (period, participant, carrier), _, read, amount, both in whole:
            payment, meters, sharing, _, _ = self.past[period]
            meter = meters.setdefault((participant, carrier), {"in": 0, "out": 0, "paid": 0, "due": False, "read": None, "stood": 0, "said": (0, 0)})
            meter["read"], meter["said"] = read, both
            tariff = payment["tariffs"][CARRIERS[carrier]]
            imbalance = read - meter["in"] + meter["out"]
            cost = imbalance * tariff["shortagePrice" if imbalance > 0 else "surplusPrice"]
            if CARRIERS[carrier] in sharing or "delivered" in payment["metering"]:
                if amount != 0:
                    raise ValueError(f"a reading of {self.names[participant]} pays before its period settles")
                continue
            if amount != cost - meter["paid"]:
                raise ValueError(f"a reading of {self.names[participant]} pays {amount}, not {cost - meter['paid']}")
            self.collect(participant, amount, meter)
            meter["paid"] = cost
        flows = []
        for period, (payment, meters, _, _, _) in list(self.past.items()):
            unread = any(each["due"] and each["read"] is None for each in meters.values())
            metering = payment["metering"]
            if unread and block["period"] >= period + metering["window"]:
                raise ValueError(f"period {period} was not read to its end")
            if not unread and period < block["period"]:
                flows += self.share(period) + self.deliver(period)
            if block["period"] >= period + metering["window"] + metering["corrections"]:
                del self.past[period]
        if flows != [flow for flow in block["flows"] if flow["kind"] in ("shared", "unshared", "undelivered", "delivered")]:
            raise ValueError("what was shared or not delivered is not what the meters come to")

    def collect(self, participant, due, meter):
        """From balance and credit, then from collateral, then from the default account, which is paid back first."""
        if due < 0:
            back = min(-due, meter["stood"])
            meter["stood"] -= back
            self.pay(self.house(TRADING), self.house(DEFAULTS), back)
            self.pay(self.house(TRADING), self.of(participant), -due - back)
            return
        own = min(due, max(0, self.balance[participant] + self.limit(participant)))
        held = min(due - own, self.collateral[participant])
        self.pay(self.of(participant), self.house(TRADING), own)
        self.pay((self.collateral, participant), self.house(TRADING), held)
        self.pay(self.house(DEFAULTS), self.house(TRADING), due - own - held)
        meter["stood"] += due - own - held

    def records(self):
        def record(kind, number, value):
            return bytes([kind, 0, 0, 0]) + number.to_bytes(4, "little") + value.to_bytes(16, "little", signed=True) + bytes(8)

        found = [record(1, number, value) for number, value in enumerate(self.platform)]
        found += [record(1, 16 + number, value) for number, value in enumerate(self.balance)]
        found += [record(2, number, value) for number, value in enumerate(self.charge)]
        found += [record(3, number, value) for number, value in enumerate(self.collateral) if value != 0]
        return found

    def read(self, block):
        for contract in block["contracts"]:
            self.enter(contract)
            self.register.enter(contract)
        self.keep_days(block["period"])
        self.stand(block)
        for trade in block["trades"]:
            self.trade(trade, block["orders"])
        for flow in block["flows"]:
            self.flow(flow)
        if block["height"] > 0 and self.payment["metering"] is not None:
            self.file(block)
        self.settle(block)
        if sum(self.platform) + sum(self.balance) + sum(self.collateral) != 0:
            raise ValueError("the balances don't sum to zero")
        for number, name in enumerate(self.names):
            if self.balance[number] < -self.limit(number):
                raise ValueError(f"{name} is below its limit")
        for reading in block["readings"]:
            meter = (reading["participant"], CARRIERS.index(reading["carrier"]))
            said = (block["period"] - reading["age"], reading["in"], reading["out"])
            if reading["flags"] & 1:
                continue
            if said[0] >= self.last.get(meter, said)[0]:
                self.last[meter] = said
            if meter in self.days:
                self.days[meter][said[0]] = said[1:]
        records = self.records()
        self.check(block, "state", len(records), sections_root(records))
        rules = [canonical(contract) for contract in self.register.in_force.values()]
        self.check(block, "rules", len(rules), root(rules))
        names = self.register.records
        self.check(block, "names", len(names), sections_root(names))
        for meter, day in self.days.items():
            self.days[meter] = {period: said for period, said in day.items() if period > block["period"] - self.per_day()}
        rows = {(meter, said[0]): said[1:] for meter, said in self.last.items()}
        rows.update({(meter, period): said for meter, day in self.days.items() for period, said in day.items()})
        last = [struct.pack("<IBxxxQII", *meter, period, *said) for (meter, period), said in sorted(rows.items())]
        self.check(block, "lastReadings", len(last), sections_root(last))

    def check(self, block, name, count, found):
        if block[name] != {"count": count, "root": found.hex()}:
            raise ValueError(f"what is carried over does not come to the root of {name}")


def main():
    books = Books()
    document = json.load(sys.stdin)
    for block in document["blocks"]:
        try:
            books.read(block)
        except (ValueError, LookupError) as error:
            print(json.dumps({"ok": False, "why": f"height {block['height']}: {error!r}"}))
            return 1
    balances = {name: str(books.balance[number]) for number, name in enumerate(books.names)}
    print(json.dumps({"ok": True, "blocks": len(document["blocks"]), "balances": balances, "platform": [str(each) for each in books.platform]}))
    return 0


sys.exit(main())
