"""A member of a served market in Python: joins it, sends a signed order, checks the receipt, and then the proof that the
order stands in the block, up to the head that the platform signed. Written from docs/signatures.md and docs/service.md.

    python3 examples/member.py http://127.0.0.1:8320/ bob bob.key     (needs the package `cryptography`)
"""

import base64
import hashlib
import json
import struct
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

HEADER = struct.Struct("<4sHH32sQQQ32s32s")
DESCRIPTOR = struct.Struct("<II32s")
ORDERS, ROW, SALTED = 1, 16, 2
url, member, key_file = sys.argv[1:4]
url = url.rstrip("/") + "/"
key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(json.load(open(key_file))["seed"]))
public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def statement(kind, *body):
    whole = b"".join(body)
    return b"gridclear %s v2\0" % kind + struct.pack("<I", len(whole)) + whole


def request(path, body=None, signed=None, unless=None):
    """Asks the service; a body in JSON is posted, and `signed` is the market whose records are the member's own. None
    where the answer has the status `unless`; any other refusal ends the program."""
    headers = {"content-type": "application/json"} if body is not None else {}
    if signed is not None:
        until = int(time.time() * 1000) + 60_000
        mine = key.sign(statement(b"read", signed, struct.pack("<Q", until), b"GET /" + path.encode()))
        who = urllib.parse.quote(member, safe="")
        headers["authorization"] = f"Gridclear key={public.hex()},until={until},participant={who},signature={mine.hex()}"
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url + path, data, headers)) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        if error.code == unless:
            return None
        sys.exit(f"{path}: {error.read().decode()}")
    except urllib.error.URLError as error:
        sys.exit(f"{url}: {error.reason}")


def get(path, signed=None):
    return json.loads(request(path, signed=signed))


def root_of(leaf, index, size, path):
    """The root that a leaf and its path lead to: RFC 9162, 2.1.3.2."""
    at, last, found = index, size - 1, leaf
    for step in path:
        assert last > 0
        if at % 2 == 1 or at == last:
            found = sha256(b"\x01", step, found)
            while at % 2 == 0 and at > 0:
                at, last = at >> 1, last >> 1
        else:
            found = sha256(b"\x01", found, step)
        at, last = at >> 1, last >> 1
    assert last == 0
    return found


# The market: its id is the hash of its contract, and the contract names the platform's key.
market = get("v1/market")
market_id = sha256(b"gridclear market v2\0", canonical(market["contract"]))
assert market_id.hex() == market["id"]
platform = Ed25519PublicKey.from_public_bytes(bytes.fromhex(market["contract"]["platformKey"]))

# Join: a contract signed by the key that stands in it. Who has joined before is told that its version is taken.
begins = market["period"] + 2
contract = {"kind": "participant", "version": 1, "from": begins, "id": member, "key": public.hex()}
signature = key.sign(statement(b"contract", market_id, canonical(contract)))
if request("v1/contracts", {"contract": contract, "signature": signature.hex()}, unless=409) is not None:
    print(f"{member} joins in period {begins}")
while get("v1/market")["period"] < begins:
    time.sleep(0.2)

# An order: sixteen bytes, signed for the open period.
place = get("v1/members/" + urllib.parse.quote(member, safe=""), market_id)
period = get("v1/market")["period"]
revision = place["revisions"]["electricity"]
record = struct.pack("<IBBHIi", place["number"], 0, 1, revision, 1_000_000, 300_000)
signed = statement(b"order", market_id, struct.pack("<Q", period), record)
order = {"participant": member, "carrier": "electricity", "side": "bid", "quantity": "1", "price": "0.3"}
order |= {"revision": revision, "period": period, "signature": key.sign(signed).hex()}
receipt = json.loads(request("v1/orders", order))["receipt"]
assert (receipt["market"], receipt["period"], receipt["order"]) == (market_id.hex(), period, record.hex())
promise = market_id + struct.pack("<QI", period, receipt["number"]) + sha256(signed)
platform.verify(bytes.fromhex(receipt["signature"]), statement(b"receipt", promise))
print(f"order {receipt['number']} of period {period} is promised")

# The proof: from the order to its row, the section, the header, the block and the head.
height = period - market["contract"]["from"]
while True:
    text, line = request("v1/ledger/checkpoint").decode().split("\n\n")
    origin, size, root = text.split("\n")
    if int(size) > height:
        break
    time.sleep(0.2)
assert origin == "gridclear/" + market_id.hex()
platform.verify(base64.b64decode(line.split()[-1])[4:], (text + "\n").encode())
proof = json.loads(request(f"v1/ledger/proof/{size}/{height}/orders/{receipt['number']}", signed=market_id))
header, found = bytes.fromhex(proof["header"]), proof["record"]
_, _, flags, of_market, of_height, of_period, _, _, _ = HEADER.unpack_from(header)
assert (of_market, of_height, of_period) == (market_id, height, period)
count, _, section_root = DESCRIPTOR.unpack_from(header, HEADER.size + ORDERS * DESCRIPTOR.size)
row, index = bytes.fromhex(found["row"]), receipt["number"]
assert (found["section"], found["index"]) == ("orders", index) and index < count
if flags & SALTED:
    salted = bytes.fromhex(found["salted"])
    assert salted[16:] == record and row[index % ROW * 32 :][:32] == sha256(salted)
else:
    assert row[index % ROW * 16 :][:16] == record
path = [bytes.fromhex(step) for step in found["path"]]
assert root_of(sha256(b"\x00", row), index // ROW, (count + ROW - 1) // ROW, path) == section_root
path = [bytes.fromhex(step) for step in proof["history"]["path"]]
block = sha256(b"gridclear block v2\0", header)
assert root_of(sha256(b"\x00", block), height, int(size), path) == base64.b64decode(root)
print("and stands in the block")
