// @ts-check
// Faults to be planted in the world, one at a time: in the words of one source file, which are replaced as the world is
// bundled (for the core as it is compiled), so that nothing of them is in what ships. Each breaks a promise that the
// auditor has to find broken.

/** @import { Plant } from "./plants.mjs" */

/** @type {(file: string, plants: readonly (readonly [name: string, find: string, replace: string])[]) => Plant[]} */
const within = (file, plants) => plants.map(([name, find, replace]) => ({ name, file, find, replace }));

/** @type {readonly Plant[]} */
export const plants = [
  ...within("src/ledger/store/lock.ts", [
    ["a lock is not flushed before it has its name", `{ flag: "wx", flush: true }`, `{ flag: "wx" }`],
    [
      "a lock is taken from a living process",
      "if (isAlive(holder)) fail(",
      "if (isAlive(holder) && !holder) fail(",
    ],
    [
      "a writer never looks at its lock",
      "if (found !== undefined && isSame(found, taken)) return;",
      "return;",
    ],
  ]),
  ...within("src/ledger/store/files.ts", [
    [
      "a block is acknowledged before its flush",
      "await file.flush();\n    segment.starts.push",
      "segment.starts.push",
    ],
    [
      "a mark counts the block that it is flushed with",
      "encodeMark(before, this.#checksum);\n    await file.write([encodeRecordHead",
      "encodeMark(_mark, this.#checksum);\n    await file.write([encodeRecordHead",
    ],
    [
      "what was cut off is not cut before the next is written",
      "file.truncate(start);\n      await file.flush();",
      "",
    ],
  ]),
  ...within("src/ledger/store/disk.ts", [
    [
      "a file takes another's name before its flush",
      "await file.write([bytes], 0);\n    await file.flush();",
      "await file.write([bytes], 0);",
    ],
    [
      "names in a folder are not flushed",
      "renameSync(fresh, path);\n  await syncFolder(dirname(path));",
      "renameSync(fresh, path);",
    ],
    [
      "a short write is taken for a whole one",
      "for (let done = 0; done < bytes.length; )\n      done += taken(",
      "for (let done = 0; done < 1; )\n      done += taken(",
    ],
  ]),
  ...within("src/ledger/store/logfile.ts", [
    [
      "the log is not flushed",
      "await file.write([bytes], at);\n    await file.flush();",
      "await file.write([bytes], at);",
    ],
    [
      "what a crash left of a record stays in the log",
      "file.truncate(end);\n      await file.flush();\n      found.torn = false;",
      "found.torn = false;",
    ],
  ]),
  ...within("src/ledger/store/medium.ts", [
    [
      "a store goes on after a flush that failed",
      "this.#failed = failed(error);\n      throw this.#failed;",
      "throw failed(error);",
    ],
  ]),
  ...within("src/market/intake/desk.ts", [
    [
      "an order is acknowledged before it is in the log",
      "await log.keep(entries()).catch((error: unknown) => {\n        this.#parts.usable();\n        throw error;\n      });",
      "void log.keep(entries()).catch(() => {});",
    ],
    [
      "contracts that wait are not in the next period's log",
      "[...this.#entered, ...proposals.all()]",
      "[...this.#entered]",
    ],
    [
      "contracts that entered are not in the log of their period",
      "[...this.#entered, ...proposals.all()]",
      "[...proposals.all()]",
    ],
    [
      "a reading is taken that was signed for another period",
      `if (now !== period) fail("refused", "reading"`,
      `if (now < period) fail("refused", "reading"`,
    ],
  ]),
  ...within("src/market/intake/log.ts", [
    [
      "what the log has of the open period is not taken again",
      "else if (log?.period === period) requests.push(entry);",
      "",
    ],
    [
      "contracts of the open period are not taken again",
      "if (proposal.contract.from >= period) proposals.push",
      "if (proposal.contract.from > period) proposals.push",
    ],
  ]),
  ...within("src/market/intake/entrance.ts", [
    [
      "an order is taken in the period after the one it was signed for",
      "if (open !== this.#parts.open())",
      "if (open === null)",
    ],
    [
      "the signature of an order is filed under another",
      `{ kind: "order", index: first, signature }`,
      `{ kind: "order", index: Math.max(0, first - 1), signature }`,
    ],
    [
      "a batch leaves its last order out",
      "orders: [{ start: first, end }]",
      "orders: [{ start: first, end: end - first > 1 ? end - 1 : end }]",
    ],
  ]),
  ...within("src/market/intake/signing.ts", [
    [
      "signatures are not checked",
      "if (!(await this.#signatures.verify(key, statement, signature)))",
      "if ((await this.#signatures.verify(key, statement, signature)) === null)",
    ],
    [
      "somebody brings the orders of a member with another gateway",
      "if (own === null || !sameBytes(own, gateway))",
      "if (own === null)",
    ],
  ]),
  ...within("src/ledger/keys/message.ts", [
    [
      "an order's signature does not say for which period",
      `whole(period, 8, "period"),\n    wantBytes(order, "order", orderLayout.bytes),`,
      `whole(0, 8, "period"),\n    wantBytes(order, "order", orderLayout.bytes),`,
    ],
  ]),
  ...within("src/market/intake/admission.ts", [
    [
      "the signature of a reading is not kept",
      `this.#parts.signing?.keep({ kind: "reading", index, signature })`,
      "void index",
    ],
  ]),
  ...within("src/market/intake/dropped.ts", [
    ["what became of a dropped contract is told nobody", "this.#dropped.set(key, dropped);", ""],
  ]),
  ...within("src/market/contracts/kinds/participant.ts", [
    [
      "more collateral is taken than there is money",
      'const more = BigInt(contract.collateral) - BigInt(held?.collateral ?? "0");',
      "const more = 0n;",
    ],
  ]),
  ...within("src/market/period/lastreadings.ts", [
    ["a late reading counts as the last", "if (period + 1 < this.#last.period[slot]!) return;", ""],
  ]),
  ...within("src/market/platform.ts", [
    ["a receipt says another number", "number: first + index, order", "number: first + index + 1, order"],
  ]),
  ...within("src/market/market.ts", [
    [
      "time goes back",
      "this.#timestampMs = Math.max(this.#timestampMs, nowMs);",
      "this.#timestampMs = nowMs;",
    ],
  ]),
  ...within("src/market/period/orders.ts", [
    [
      "an order may be sent again as another",
      "row.revision !== nextRevision && row.revision !== next)",
      "row.revision > next)",
    ],
    [
      "the first order of a participant counts, not the last",
      "this.live[slot] = quantity === 0 ? nobody : number;",
      "this.live[slot] = quantity === 0 ? nobody : this.live[slot]! >= 0 ? this.live[slot]! : number;",
    ],
    ["an order may be above its contract", "quantity <= limit &&", "quantity <= limit + 300 &&"],
    ["nobody's means are looked at", "if (wanted <= means) return null;", "return null;"],
    [
      "what other carriers lock is forgotten",
      "if (other !== slot && this.live[other]! >= 0)",
      "if (other !== slot && this.live[other]! < -1)",
    ],
  ]),
  ...within("src/market/period/pool.ts", [
    [
      "the pool takes offers below their floor",
      "floorAt(round, book, place) <= purchasePrice;",
      "floorAt(round, book, place) <= purchasePrice + 30;",
    ],
    [
      "offers are exported below their floor",
      "if (left === 0 || floorAt(round, book, place) > tariff.feedIn - fee) continue;",
      "if (left === 0 || floorAt(round, book, place) > tariff.feedIn - fee + 30) continue;",
    ],
  ]),
  ...within("src/market/period/grid.ts", [
    [
      "more is interrupted than was agreed",
      "Math.min(left, scaleDown(bids.quantity[index]!, use.interruptible, ppm))",
      "Math.min(left, scaleDown(bids.quantity[index]!, use.interruptible, ppm) + 1)",
    ],
    [
      "demand is imported without consent",
      "if (left > 0 && rules.import && resolved.imports[slot] === 1) {",
      "if (left > 0 && rules.import) {",
    ],
    [
      "edges lose half of what they lose",
      "if (lost > 0) entries.lostAtEdge(number, lost, crossed",
      "if (lost > 0) entries.lostAtEdge(number, (lost + 1) >> 1, crossed",
    ],
  ]),
  ...within("src/market/period/storage.ts", [
    [
      "a store delivers more than its charge gives",
      "const drained = scaleUp(delivered, ppm, dischargeEfficiency);",
      "const drained = scaleDown(delivered, ppm, ppm);",
    ],
    [
      "standing loses too little",
      "scaleDown(charges[number]!, contract.selfDischarge, ppm);",
      "scaleDown(charges[number]!, contract.selfDischarge >> 1, ppm);",
    ],
    [
      "a store is there one period too long",
      "if (stays[middle]!.plugOut <= period) low",
      "if (stays[middle]!.plugOut < period) low",
    ],
    [
      "a departure with too little goes unmarked",
      "if (missing > 0) entries[carrier]!.undercharged",
      "if (missing > 100) entries[carrier]!.undercharged",
    ],
  ]),
  ...within("src/market/period/charging.ts", [
    [
      "a store draws beyond its limit",
      "return Math.min(needed, contract.chargeLimit - drawn);",
      "return Math.min(needed, contract.chargeLimit + 5 - drawn);",
    ],
  ]),
  ...within("src/market/period/router.ts", [
    ["what comes down crosses no limit", "carried = Math.min(carried, this.importRoom[down]!);", ""],
    ["what went up is not counted", "this.exportRoom[up]! -= carried;\n", ""],
  ]),
  ...within("src/market/period/meters.ts", [
    [
      "too much and too little cost the wrong way round",
      "imbalance > 0 ? tariff.shortagePrice : tariff.surplusPrice",
      "imbalance < 0 ? tariff.shortagePrice : tariff.surplusPrice",
    ],
    [
      "a correction is paid as if nothing had been paid before",
      "if (row < 0 || this.get(row, meter.known) === 0) return now;",
      "return now;",
    ],
  ]),
  ...within("src/market/period/readings.ts", [
    [
      "a missing reading is taken for zero",
      `if (rule === "traded") {`,
      `if (rule === ("never" as string)) {`,
    ],
    ["a version may be left out", "if (version !== next)", "if (version < next)"],
  ]),
  ...within("src/market/period/settlement.ts", [
    [
      "a window stays open a period longer",
      "if (book.missing > 0 && period < book.lastReading) continue;",
      "if (book.missing > 0 && period <= book.lastReading) continue;",
    ],
  ]),
  ...within("src/market/period/debts.ts", [
    [
      "what somebody can't pay is forgotten",
      "post(postingCode.default, account.defaults, own, missing - secured);",
      "",
    ],
  ]),
  ...within("src/market/period/entries.ts", [
    [
      "what is sold outside of trades is not metered",
      "this.#round.positions.sold[row.party * carrierCount + this.#carrier]! += row.quantity;",
      "",
    ],
    ["what nobody served is not counted", `this.#round.sums.add(this.#carrier, "unserved", quantity);`, ""],
    ["a store's loss is not counted", `row.lost = drained - delivered;`, "row.lost = 0;"],
  ]),
  ...within("src/market/books/payments.ts", [
    [
      "sellers are paid their fee",
      "const due = supplyAmount - supplyFee;",
      "const due = supplyAmount + supplyFee;",
    ],
    [
      "interruptions are paid by the pool",
      `["interruption", "trading", "participant"]`,
      `["interruption", "pool", "participant"]`,
    ],
    [
      "who bought pays back what was not delivered",
      `undelivered: ["delivery", "supplier", "participant"]`,
      `undelivered: ["delivery", "participant", "supplier"]`,
    ],
  ]),
  ...within("src/market/contracts/terms.ts", [
    ["prices outside the market stay as they were at first", "if (changes) this.#tariffs = null;", ""],
  ]),
  ...within("src/market/contracts/areas.ts", [
    [
      "an edge lets less through than was agreed",
      "fee: entry.contract?.fee ?? 0, ...limitsIn(entry, period) }",
      "fee: entry.contract?.fee ?? 0, ...limitsIn(entry, period), importLimit: 0 }",
    ],
  ]),
  ...within("src/tariff/prices.ts", [
    ["a reduction is forgotten in a price", "BigInt(ppm - (component.less ?? 0))", "BigInt(ppm)"],
    ["a percentage is on nothing in a price", "amount: times(sumOf(on), share)", "amount: zero"],
  ]),
  ...within("src/market/period/delivered.ts", [
    ["imbalance is of what was traded", "left[sellers[index]!]! -= missing[index]!;", ""],
  ]),
  ...within("src/market/period/sharing.ts", [
    [
      "a correction shares all of it again",
      "earlier === null ? [] : pairsIn(community, book, earlier)",
      "[] as SharedPair[]",
    ],
  ]),
  ...within("assembly/match/side.ts", [
    [
      "a blend is rounded up",
      "return <i32>(<i64>offerPrice + <i64>((gap * <u64>k) / 1_000_000));",
      "return <i32>(<i64>offerPrice + <i64>((gap * <u64>k + 999_999) / 1_000_000));",
    ],
  ]),
  ...within("assembly/match/merit.ts", [
    [
      "prices that are equal do not trade",
      "while (offerPrice <= bidPrice) {",
      "while (offerPrice < bidPrice) {",
    ],
    ["the clearing price looks at trades alone", "if (j < bidCount) lo = max(lo,", "if (j < 0) lo = max(lo,"],
  ]),
  ...within("assembly/commission.ts", [
    [
      "a commission is rounded up",
      "((size % ppm) * <u64>rate) / ppm;",
      "((size % ppm) * <u64>rate + ppm - 1) / ppm;",
    ],
  ]),
];
