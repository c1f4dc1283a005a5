"""What meters of shared carriers came to, by docs/market.md and docs/indicators.md: the last reading of each participant,
carrier and period whose clearing contract said `share`, and what communities shared of it. Standard library only."""

from collections import defaultdict


class Metered:
    def __init__(self):
        self.shared = set()
        # (participant, carrier, period) of what was said last, and [received, supplied].
        self.last = {}
        self.parts = defaultdict(lambda: [0, 0])
        self.periods = {}

    def block(self, block, known):
        """`known`: whatever is to be remembered of this block's period."""
        for contract in block["contracts"]:
            if contract["kind"] == "clearing":
                (self.shared.add if contract["mechanism"] == "share" else self.shared.discard)(contract["carrier"])
        self.periods[block["period"]] = (frozenset(self.shared), known)
        for reading in block["readings"]:
            about = block["period"] - reading["age"]
            if reading["carrier"] in self.periods[about][0]:
                key = (reading["participant"], reading["carrier"], about)
                self.last[key] = (reading["in"], reading["out"])
        for flow in block["flows"]:
            if flow["kind"] in ("shared", "unshared"):
                more = flow["quantity"] if flow["kind"] == "shared" else -flow["quantity"]
                about = int(flow["extra"])
                self.parts[flow["party"], flow["carrier"], about][0] += more
                self.parts[flow["order"], flow["carrier"], about][1] += more

    def each(self):
        """(participant number, carrier, what was remembered of the period, drawn, injected, received, supplied)"""
        for key in self.last.keys() | self.parts.keys():
            number, carrier, about = key
            yield (number, carrier, self.periods[about][1], *self.last.get(key, (0, 0)), *self.parts[key])
