"""Verifies ledger files: python3 verify.py FILE ... Written from docs/ledger-format.md alone, standard library only.

Prints a line of JSON for each: {"ok": true, "size", "head", "root"} or {"ok": false, "height", "why"}; exits 1 if any is bad.
"withheld" says of how many blocks of a private market only the header was there.
"""

import hashlib
import hmac
import json
import struct
import sys
import zlib

STORED = ("contracts", "orders", "evidence", "trades", "flows", "readings", "postings")
# What is carried over to the next period: only counts and roots stand in a block.
CARRIED = ("state", "rules", "names", "books", "lastReadings")
RECORD_BYTES = {"orders": 16, "trades": 40, "flows": 40, "readings": 28, "postings": 32}
HEADER_BYTES = 992
# So many records, end to end, are a leaf.
ROW = 16
# Codes run from 1 to these.
TRADE_PARTIES = 3
TRADE_KINDS, FLOW_KINDS, POSTING_KINDS = 5, 22, 5
CARRIERS = range(4)
TOP = 2**53 - 1
HEADER = struct.Struct("<4sHH32sQQQ32s32s")
DESCRIPTOR = struct.Struct("<II32s")


class Bad(Exception):
    pass


def need(holds, why):
    if not holds:
        raise Bad(why)


def sha256(data):
    return hashlib.sha256(data).digest()


def root(leaves):
    """RFC 6962 section 2.1, bottom up: pairs from the left, a lone last one moves up as it is."""
    if not leaves:
        return sha256(b"")
    level = [sha256(b"\x00" + leaf) for leaf in leaves]
    while len(level) > 1:
        paired = [sha256(b"\x01" + level[i] + level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + (level[-1:] if len(level) % 2 else [])
    return level[0]


def salted(secret, section, contents):
    """What stands in the place of records or items in a private market."""
    hashes = []
    for index, content in enumerate(contents):
        salt = hmac.new(secret, struct.pack("<BI", section, index), hashlib.sha256).digest()[:16]
        hashes.append(sha256(salt + content))
    return hashes


def quoted(text):
    named = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
    need(not any(0xD800 <= ord(c) <= 0xDFFF for c in text), "a lone surrogate")
    return '"' + "".join(named.get(c, c if c >= " " else "\\u%04x" % ord(c)) for c in text) + '"'


def canonical(value):
    """The one way to write a value, as text."""
    if value is None or value is True or value is False:
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        need(abs(value) <= TOP, "a number beyond 2^53-1")
        return str(value)
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    for key in value:
        need(key and len(key.encode("utf-16-le", "surrogatepass")) <= 256 and key != "__proto__", "a key that may not be")
    return "{" + ",".join(quoted(key) + ":" + canonical(value[key]) for key in sorted(value)) + "}"


def check_canonical(data):
    need(len(data) <= 65536, "JSON too long")
    depth, in_string, escaped = 0, False, False
    for byte in data:
        if in_string:
            in_string = escaped or byte != ord('"')
            escaped = not escaped and byte == ord("\\")
        elif byte == ord('"'):
            in_string = True
        elif byte in b"[{":
            depth += 1
            need(depth <= 16, "JSON too deep")
        elif byte in b"]}":
            depth -= 1

    def refuse(_):
        raise Bad("a number that is not whole")

    try:
        value = json.loads(data.decode("utf-8"), parse_float=refuse, parse_constant=refuse)
        need(canonical(value).encode("utf-8") == data, "JSON that is not canonical")
    except ValueError:
        raise Bad("no JSON")


def items(section):
    found, at = [], 0
    while at < len(section):
        need(at + 4 <= len(section), "a cut item")
        (length,) = struct.unpack_from("<I", section, at)
        need(length < 2**24 and at + 4 + length <= len(section), "a cut item")
        found.append(section[at + 4 : at + 4 + length])
        at += 4 + length
    return found


def check_record(name, record, block_period):
    if name == "orders":
        _, carrier, side, _ = struct.unpack_from("<IBBH", record)
        need(carrier in CARRIERS and side in (0, 1), "an order that may not be")
    elif name == "readings":
        _, carrier, flags, _, age, _, _, _ = struct.unpack("<IBBHIIIq", record)
        need(carrier in CARRIERS and flags < 4 and age <= block_period, "a reading that may not be")
    else:
        kind, carrier, *rest = struct.unpack_from("<BBBB", record)
        kinds = {"trades": TRADE_KINDS, "flows": FLOW_KINDS, "postings": POSTING_KINDS}[name]
        fits = all(1 <= party <= TRADE_PARTIES for party in rest) if name == "trades" else rest == [0, 0]
        need(1 <= kind <= kinds and fits, "a record in %s that may not be" % name)
        need(carrier in CARRIERS or (name == "postings" and carrier == 255), "a carrier that is none")
        if name == "postings":
            need(struct.unpack_from("<Q", record, 24)[0] <= TOP, "a period beyond 2^53-1")


class Chain:
    def __init__(self):
        self.hashes, self.first, self.last, self.withheld = [], None, None, 0

    def append(self, block):
        need(len(block) >= HEADER_BYTES, "a block shorter than its header")
        magic, version, flags, market, height, period, timestamp, previous, history = HEADER.unpack_from(block)
        need(magic == b"GCLB" and version == 2 and flags < 4, "no block of version 2")
        need(max(height, period, timestamp) <= TOP, "a number beyond 2^53-1")
        need(height == len(self.hashes), "height")
        need(previous == (self.hashes[-1] if self.hashes else bytes(32)), "previous hash")
        need(history == root(self.hashes), "history root")
        if self.last is not None:
            need(period == self.last[0] + 1, "period")
            need(timestamp >= self.last[1], "timestamp")
            need((market, flags) == self.first, "market id or flags")
        private = flags & 2 != 0
        if private and len(block) == HEADER_BYTES:
            self.withheld += 1
        else:
            secret = block[-32:] if private else None
            self.check_sections(block[: len(block) - 32] if private else block, market, height, period, secret)
        self.hashes.append(sha256(b"gridclear block v2\0" + block[:HEADER_BYTES]))
        self.first = self.first or (market, flags)
        self.last = (period, timestamp)

    def check_sections(self, block, market, height, period, secret):
        at = HEADER_BYTES
        for index, name in enumerate(STORED + CARRIED):
            count, length, wanted = DESCRIPTOR.unpack_from(block, HEADER.size + 40 * index)
            need(count < 2**32 - 1 and length < 2**30, "%s: count or length" % name)
            if name in CARRIED:
                need(length == 0, "%s: stored" % name)
                continue
            section = block[at : at + length]
            need(len(section) == length, "%s: cut" % name)
            at += length
            if name in RECORD_BYTES:
                size = RECORD_BYTES[name]
                need(length == count * size, "%s: length" % name)
                for i in range(0, length, size):
                    check_record(name, section[i : i + size], period)
                contents = [section[i : i + size] for i in range(0, length, size)]
            else:
                need(count <= 2**22, "%s: too many items" % name)
                contents = items(section)
                need(len(contents) == count, "%s: count" % name)
            leaves = contents if secret is None else salted(secret, index, contents)
            if name in RECORD_BYTES:
                leaves = [b"".join(leaves[i : i + ROW]) for i in range(0, count, ROW)]
            need(root(leaves) == wanted, "%s: root" % name)
            if name == "contracts":
                for contract in contents:
                    check_canonical(contract)
                if height == 0:
                    need(contents, "no market contract")
                    need(market == sha256(b"gridclear market v2\0" + contents[0]), "market id")
        need(at == len(block), "bytes after the last section")


def check_head(head):
    """Magic, version and first height; two marks in sectors of their own; zeros."""
    need(len(head) == 4096 and head[:8] == b"GCLF\x02\x00\x00\x00", "no ledger file of version 2")
    need(head[8:512] == bytes(504) and head[1536:] == bytes(2560), "head")
    for mark in (head[512:1024], head[1024:1536]):
        whole = mark[40:44] == struct.pack("<I", zlib.crc32(mark[:40])) and mark[44:] == bytes(468)
        need(mark == bytes(512) or whole, "mark")


def verify(data):
    chain = Chain()
    try:
        check_head(data[:4096])
        at = 4096
        while True:
            need(at + 8 <= len(data), "a cut file")
            length, checksum = struct.unpack_from("<II", data, at)
            end = at + 8 + (length or 40)
            need((length == 0 or length >= HEADER_BYTES) and end <= len(data), "a cut file")
            body = data[at + 8 : end]
            need(zlib.crc32(data[at : at + 4] + body) == checksum, "checksum")
            at = end
            if length == 0:
                break
            chain.append(body)
        need(len(data) == at, "bytes after the end")
        size, wanted = struct.unpack("<Q32s", body)
        need(size == len(chain.hashes), "number of blocks")
        if wanted != (chain.hashes[-1] if chain.hashes else bytes(32)):
            return {"ok": False, "height": max(size - 1, 0), "why": "hash of the last block"}
    except Bad as bad:
        return {"ok": False, "height": len(chain.hashes), "why": str(bad)}
    head = chain.hashes[-1].hex() if chain.hashes else None
    withheld = {"withheld": chain.withheld} if chain.withheld else {}
    return {"ok": True, "size": len(chain.hashes), "head": head, "root": root(chain.hashes).hex(), **withheld}


if __name__ == "__main__":
    good = True
    for path in sys.argv[1:]:
        with open(path, "rb") as file:
            verdict = verify(file.read())
        print(json.dumps(verdict))
        good = good and verdict["ok"]
    sys.exit(0 if good else 1)
