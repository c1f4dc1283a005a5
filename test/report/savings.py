"""Works out what a market was worth, from an exported ledger and what energy costs to make:
{"ledger": what `gridclear export --format json` writes, "costs": {participant: {carrier: price ticks or null}}}

Written from docs/indicators.md, standard library only; exact fractions, in the market's own ticks. Prints a line of JSON.
"""

import json
import sys
from fractions import Fraction

from metered import Metered
from outside import tariffs_at

CARRIERS = ("electricity", "heat", "cold", "gas")
NAMES = ("without", "paid", "supplier", "imbalances", "making", "forgone", "drained")
FIRST_PARTICIPANT = 16
FIRST_COLLATERAL = 2**31


def main():
    asked_for = json.load(sys.stdin)
    costs = asked_for["costs"]
    people, stores, owners, held = [], [], [], []
    first_held, efficiency, carrier_of = [], [], []
    converters = set()
    tariffs = {}
    payment, tick, began = None, None, 0
    books = {}
    metered = Metered()
    retailer = operator = platform = Fraction(0)
    platform_drained = Fraction(0)

    def add(person, name, amount):
        books.setdefault(person, dict.fromkeys(NAMES, Fraction(0)))[name] += amount

    for block in asked_for["ledger"]["blocks"]:
        for contract in block["contracts"]:
            kind = contract["kind"]
            if kind == "participant" and contract["id"] not in people:
                people.append(contract["id"])
                add(contract["id"], "paid", 0)
            elif kind == "payment":
                payment = contract
            elif kind == "market":
                tick = contract["priceTick"]
            elif kind == "converter":
                converters.add((contract["participant"], contract["input"], "in"))
                converters.add((contract["participant"], contract["output"], "out"))
            elif kind == "storage":
                if contract["device"] not in stores:
                    stores.append(contract["device"])
                    owners.append(contract.get("owner"))
                    held.append(contract["charge"])
                    first_held.append(contract["charge"])
                    efficiency.append(contract["chargeEfficiency"])
                    carrier_of.append(contract["carrier"])

        tariffs = tariffs_at(payment, tick, began)
        began = block["timestampMs"]
        metered.block(block, tariffs)

        def wants(person, carrier, quantity, served):
            if (person, carrier, "in") in converters:
                return
            add(person, "without", quantity * tariffs[carrier]["retail"])
            if not served:
                add(person, "forgone", quantity * tariffs[carrier]["retail"])

        def makes(person, carrier, quantity, delivered):
            if (person, carrier, "out") in converters:
                return
            cost = costs[person][carrier]
            if cost is None:
                add(person, "without", -quantity * tariffs[carrier]["feedIn"])
            elif delivered:
                add(person, "making", quantity * cost)

        orders = block["orders"]
        # What becomes of an order is said by trades and flows; what is left of it by nothing else.
        live = {(order["participant"], order["carrier"]): number for number, order in enumerate(orders)}
        left = {number: orders[number]["quantity"] for number in live.values()}
        for flow in block["flows"]:
            if flow["kind"] in ("converted", "linked"):
                left[flow["order"]] = flow["quantity"]
        for trade in block["trades"]:
            if trade["buyer"] == "order":
                left[trade["bid"]] -= trade["quantity"]
            if trade["seller"] == "order":
                left[trade["offer"]] -= trade["quantity"]
        for flow in block["flows"]:
            if flow["kind"] in ("stored", "exported", "imported", "interrupted"):
                left[flow["order"]] -= flow["quantity"]
        for number, quantity in left.items():
            person, carrier = people[orders[number]["participant"]], orders[number]["carrier"]
            if orders[number]["side"] == "offer":
                makes(person, carrier, quantity, False)
            else:
                wants(person, carrier, quantity, False)
        for trade in block["trades"]:
            quantity, carrier = trade["quantity"], trade["carrier"]
            paid = quantity * trade["usePrice"] + int(trade["useFee"])
            got = quantity * trade["supplyPrice"] - int(trade["supplyFee"])
            if trade["buyer"] == "order":
                buyer = people[orders[trade["bid"]]["participant"]]
                wants(buyer, carrier, quantity, True)
                add(buyer, "paid", paid)
            if trade["seller"] == "order":
                seller = people[orders[trade["offer"]]["participant"]]
                makes(seller, carrier, quantity, True)
                add(seller, "paid", -got)
            # The pool of the platform stands in for stores, which flows settle with.
            if trade["buyer"] != "device":
                platform += paid
            if trade["seller"] != "device":
                platform -= got
            retailer += (got if trade["seller"] == "grid" else 0) - (paid if trade["buyer"] == "grid" else 0)
        for flow in block["flows"]:
            kind, party, quantity, carrier = flow["kind"], flow["party"], flow["quantity"], flow["carrier"]
            amount = quantity * flow["price"]
            if kind == "stored":
                makes(people[party], carrier, quantity, True)
                add(people[party], "paid", -amount)
                platform -= amount
            elif kind == "exported":
                makes(people[party], carrier, quantity, True)
                add(people[party], "paid", -amount)
                retailer -= amount
            elif kind == "imported":
                wants(people[party], carrier, quantity, True)
                add(people[party], "paid", amount)
                retailer += amount
            elif kind == "interrupted":
                wants(people[party], carrier, quantity, False)
                add(people[party], "paid", -amount)
                platform -= amount
            elif kind in ("shared", "unshared"):
                moved = amount if kind == "shared" else -amount
                add(people[party], "paid", moved)
                add(people[flow["order"]], "paid", -moved)
            elif kind in ("areaFee", "areaRent"):
                # What the grid operator is paid.
                operator += int(flow["extra"]) * flow["price"]
                platform -= int(flow["extra"]) * flow["price"]
            elif kind == "areaLoss":
                retailer += amount
                platform -= amount
            elif kind in ("charged", "gridCharged", "discharged", "selfDischarged", "used"):
                owner = owners[party]
                held[party] = int(flow["extra"])
                if kind in ("charged", "gridCharged"):
                    if owner is None:
                        platform -= amount
                    else:
                        add(owner, "paid", amount)
                    if kind == "charged":
                        platform += amount
                    else:
                        retailer += amount
                elif kind == "discharged":
                    platform -= amount
                    if owner is None:
                        platform += amount
                    else:
                        add(owner, "paid", -amount)
                elif kind == "used" and owner is not None:
                    bought = Fraction(quantity * 1_000_000, efficiency[party])
                    add(owner, "without", bought * tariffs[carrier]["retail"])
        for reading in block["readings"]:
            add(people[reading["participant"]], "imbalances", int(reading["amount"]))
            platform += int(reading["amount"])
        for posting in block["postings"]:
            # What somebody could not pay for a reading stands in for it on another account of the platform.
            if posting["kind"] != "default":
                continue
            for account, sign in ((posting["debit"], -1), (posting["credit"], 1)):
                if FIRST_PARTICIPANT <= account < FIRST_COLLATERAL:
                    add(people[account - FIRST_PARTICIPANT], "imbalances", sign * int(posting["amount"]))
                    platform += sign * int(posting["amount"])

    for number, carrier, then, drawn, injected, received, supplied in metered.each():
        person, tariff = people[number], then[carrier]
        add(person, "without", drawn * tariff["retail"])
        add(person, "supplier", (drawn - received) * tariff["retail"] - (injected - supplied) * tariff["feedIn"])
        cost = costs[person][carrier]
        if cost is None:
            add(person, "without", -injected * tariff["feedIn"])
        else:
            add(person, "making", injected * cost)

    for number, owner in enumerate(owners):
        tariff = tariffs[carrier_of[number]]
        drained = (first_held[number] - held[number]) * Fraction(tariff["retail"] + tariff["feedIn"], 2)
        if owner is None:
            platform_drained += drained
        else:
            add(owner, "drained", drained)

    def rounded(book):
        book["with"] = sum(book[name] for name in NAMES[1:])
        return {name: str(round(value)) for name, value in book.items()}

    together = {name: sum(book[name] for book in books.values()) for name in NAMES}
    system = together["supplier"] + together["making"] + together["forgone"] + together["drained"] + retailer + operator + platform_drained
    saved = [book["without"] - sum(book[name] for name in NAMES[1:]) for book in books.values()]
    sizes = sum(map(abs, saved))
    differences = sum(abs(a - b) for a in saved for b in saved)
    print(json.dumps({
        "participants": [{"participant": person, **rounded(books[person])} for person in people],
        "together": rounded(together),
        "platform": {"income": str(platform), "drained": str(round(platform_drained))},
        "retailer": str(round(retailer)),
        "operator": str(round(operator)),
        "systemCost": str(round(system)),
        "gini": differences * 1_000_000 // (2 * len(saved) * sizes) if sizes else None,
    }))


main()
