"""Works out how a market traded, from an exported ledger and what energy emits:
{"ledger": what `gridclear export --format json` writes,
 "emissions": {"grid": {carrier: 24 numbers, by the hour of the day in UTC}, "own": {participant: {carrier: number}}}}

Written from docs/indicators.md, standard library only, whole numbers in the market's own ticks. Prints a line of JSON.
"""

import json
import sys
from collections import defaultdict
from math import isqrt

from metered import Metered
from outside import tariffs_at

CARRIERS = ("electricity", "heat", "cold", "gas")
NAMES = ("asked", "bought", "interrupted", "unserved", "offered", "sold", "idle", "charged", "discharged",
         "drawn", "injected", "received", "supplied", "buyerGain", "sellerGain")


def best(offers, bids):
    """The merit order, a unit of the smaller rest at a time; each side a list of [limit, quantity]."""
    offers = sorted(map(list, offers), reverse=True)
    bids = sorted(map(list, bids))
    total = 0
    while offers and bids and bids[-1][0] > offers[-1][0]:
        step = min(offers[-1][1], bids[-1][1])
        total += step * (bids[-1][0] - offers[-1][0])
        for side in (offers, bids):
            side[-1][1] -= step
            if side[-1][1] == 0:
                side.pop()
    return total


def main():
    given = json.load(sys.stdin)
    emissions = given["emissions"]
    people, owners, tariffs = [], {}, {}
    payment, tick, began = None, None, 0
    devices = []
    # By (participant or None for all, carrier).
    sums = defaultdict(lambda: defaultdict(int))
    peaks = defaultdict(lambda: {"imported": [0, None], "exported": [0, None]})
    bought_in = defaultdict(list)
    prices = defaultdict(list)
    metered = Metered()

    for block in given["ledger"]["blocks"]:
        period, hour = block["period"], block["timestampMs"] // 3_600_000 % 24
        for contract in block["contracts"]:
            if contract["kind"] == "participant" and contract["id"] not in people:
                people.append(contract["id"])
            elif contract["kind"] == "payment":
                payment = contract
            elif contract["kind"] == "market":
                tick = contract["priceTick"]
            elif contract["kind"] == "storage":
                if contract["device"] not in devices:
                    devices.append(contract["device"])
                owners[devices.index(contract["device"])] = contract.get("owner")
        tariffs = tariffs_at(payment, tick, began)
        began = block["timestampMs"]
        metered.block(block, hour)

        orders = block["orders"]
        counts = {}
        for number, order in enumerate(orders):
            counts[order["participant"], order["carrier"]] = number
        counts = {number: orders[number]["quantity"] for number in counts.values()}
        for flow in block["flows"]:
            if flow["kind"] in ("converted", "linked"):
                counts[flow["order"]] = flow["quantity"]
        rest = dict(counts)
        now = defaultdict(int)
        for_bids = defaultdict(int)
        volume = defaultdict(lambda: [0, 0])

        def add(who, carrier, name, quantity):
            sums[who, carrier][name] += quantity

        def cross(who, carrier, way, quantity, kind):
            """What crosses the grid connection; `kind`: of an order, of a store, or of nobody."""
            now[None, carrier, way] += quantity
            emitted = quantity * emissions["grid"][carrier][hour] if way == "imported" else 0
            add(None, carrier, way, quantity)
            add(None, carrier, "co2", emitted)
            if kind == "order":
                add(None, carrier, way + "ByOrders", quantity)
            if who is not None:
                now[who, carrier, way] += quantity
                add(who, carrier, way, quantity)
                add(who, carrier, "co2", emitted)
                if kind == "order":
                    add(who, carrier, way + "ByOrders", quantity)

        def both(who, carrier, name, quantity):
            add(None, carrier, name, quantity)
            if who is not None:
                add(who, carrier, name, quantity)

        def made(who, carrier, quantity):
            both(who, carrier, "co2", quantity * emissions["own"][who][carrier])

        whose = lambda number: people[orders[number]["participant"]]
        for trade in block["trades"]:
            carrier, quantity = trade["carrier"], trade["quantity"]
            seller, buyer = trade["seller"], trade["buyer"]
            if seller == "order":
                rest[trade["offer"]] -= quantity
                made(whose(trade["offer"]), carrier, quantity)
            if buyer == "order":
                rest[trade["bid"]] -= quantity
            if seller == "grid":
                if buyer == "order":
                    cross(whose(trade["bid"]), carrier, "imported", quantity, "order")
                    for_bids[carrier] += quantity
                else:
                    cross(owners[trade["bid"]], carrier, "imported", quantity, "store")
            elif buyer == "grid":
                if seller == "order":
                    cross(whose(trade["offer"]), carrier, "exported", quantity, "order")
                else:
                    cross(owners[trade["offer"]], carrier, "exported", quantity, "store")
            else:
                if buyer == "order":
                    who, limit = whose(trade["bid"]), orders[trade["bid"]]["price"]
                    both(who, carrier, "bought", quantity)
                    both(who, carrier, "paid", quantity * trade["usePrice"] + int(trade["useFee"]))
                    both(who, carrier, "buyerGain", quantity * (limit - trade["usePrice"]))
                    volume[carrier][0] += quantity
                    volume[carrier][1] += quantity * trade["usePrice"]
                    prices[carrier].append(trade["usePrice"])
                if seller == "order":
                    who, limit = whose(trade["offer"]), orders[trade["offer"]]["price"]
                    both(who, carrier, "sold", quantity)
                    both(who, carrier, "got", quantity * trade["supplyPrice"] - int(trade["supplyFee"]))
                    both(who, carrier, "sellerGain", quantity * (trade["supplyPrice"] - limit))
                if buyer == seller == "order":
                    gap = orders[trade["bid"]]["price"] - orders[trade["offer"]]["price"]
                    add(None, carrier, "welfare", quantity * gap)
        for flow in block["flows"]:
            kind, carrier, quantity = flow["kind"], flow["carrier"], flow["quantity"]
            if kind in ("stored", "exported", "imported", "interrupted"):
                rest[flow["order"]] -= quantity
                who = people[flow["party"]]
                if kind == "stored":
                    limit = orders[flow["order"]]["price"]
                    both(who, carrier, "sold", quantity)
                    both(who, carrier, "got", quantity * flow["price"])
                    both(who, carrier, "sellerGain", quantity * (flow["price"] - limit))
                if kind in ("stored", "exported"):
                    made(who, carrier, quantity)
                if kind in ("imported", "exported"):
                    cross(who, carrier, kind, quantity, "order")
                if kind == "imported":
                    for_bids[carrier] += quantity
                if kind == "interrupted":
                    both(who, carrier, kind, quantity)
            elif kind in ("charged", "gridCharged", "discharged"):
                both(owners[flow["party"]], carrier, "discharged" if kind == "discharged" else "charged", quantity)
                if kind == "gridCharged":
                    cross(owners[flow["party"]], carrier, "imported", quantity, "store")
            elif kind == "areaLoss":
                cross(None, carrier, "imported", quantity, "nobody")

        for carrier in CARRIERS:
            sides = {"offer": [], "bid": []}
            idle = []
            for number, quantity in counts.items():
                order = orders[number]
                if order["carrier"] != carrier or quantity == 0:
                    continue
                offers = order["side"] == "offer"
                sides[order["side"]].append((order["price"], quantity))
                both(whose(number), carrier, "offered" if offers else "asked", quantity)
                both(whose(number), carrier, "idle" if offers else "unserved", rest[number])
                if offers and order["price"] <= tariffs[carrier]["retail"]:
                    idle.append((order["price"], rest[number]))
            add(None, carrier, "bestWelfare", best(sides["offer"], sides["bid"]))
            imported = for_bids[carrier]
            for price, quantity in sorted(idle):
                step = min(quantity, imported)
                imported -= step
                add(None, carrier, "overlap", step)
                add(None, carrier, "overlapLoss", step * (tariffs[carrier]["retail"] - price))
            if volume[carrier][0]:
                bought_in[carrier].append(tuple(volume[carrier]))
        for (who, carrier, way), quantity in now.items():
            peak = peaks[who, carrier][way]
            if quantity > peak[0]:
                peak[:] = [quantity, period]

    for number, carrier, hour, drawn, injected, received, supplied in metered.each():
        emitted = (drawn - received) * emissions["grid"][carrier][hour]
        own = injected * emissions["own"][people[number]][carrier]
        for who in (None, people[number]):
            for name, quantity in (("drawn", drawn), ("injected", injected), ("received", received),
                                   ("supplied", supplied), ("co2", emitted + own)):
                sums[who, carrier][name] += quantity

    def told(who, carrier):
        own = sums[who, carrier]
        share = lambda part, whole: part * 1_000_000 // whole if whole else None
        by_stores = own["exported"] - own["exportedByOrders"]
        found = {name: str(own[name]) for name in NAMES + ("imported", "exported", "co2")}
        found["selfSufficiency"] = share(
            own["bought"] + own["received"], own["bought"] + own["importedByOrders"] + own["drawn"])
        found["selfConsumption"] = share(
            max(own["sold"] - by_stores, 0) + own["supplied"],
            own["sold"] + own["exportedByOrders"] + own["injected"])
        found["paidPrice"] = str(own["paid"] // own["bought"]) if own["bought"] else None
        found["gotPrice"] = str(own["got"] // own["sold"]) if own["sold"] else None
        for way, name in (("imported", "peakImport"), ("exported", "peakExport")):
            quantity, period = peaks[who, carrier][way]
            found[name] = {"quantity": str(quantity), "period": period} if quantity else None
        if who is not None:
            return found
        for name in ("welfare", "bestWelfare", "overlap", "overlapLoss"):
            found[name] = str(own[name])
        found["prices"] = None
        if bought_in[carrier]:
            weights = [quantity for quantity, _ in bought_in[carrier]]
            means = [paid // quantity for quantity, paid in bought_in[carrier]]
            total = sum(weights)
            mean = sum(w * p for w, p in zip(weights, means))
            spread = total * sum(w * p * p for w, p in zip(weights, means)) - mean * mean
            found["prices"] = {
                "mean": str(sum(paid for _, paid in bought_in[carrier]) // total),
                "lowest": min(prices[carrier]),
                "highest": max(prices[carrier]),
                "deviation": str(isqrt(spread) // total),
            }
        return found

    print(json.dumps({
        "together": {carrier: told(None, carrier) for carrier in CARRIERS},
        "participants": [
            {"participant": who, "carriers": {carrier: told(who, carrier) for carrier in CARRIERS}} for who in people
        ],
    }))


main()
