// `gridclear bills`: each bill is that of `gridclear bill`, files are whole and never replaced, and what a bank is told
// comes to the sum of the bills.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Bill } from "../../../src/bill/bill.js";
import { fileName } from "../../../src/cli/parts/billsfolder.js";
import { openEngine } from "../../../src/core/engine.js";
import { parseAccounts } from "../../../src/files/accountsfile.js";
import { openNodeStore } from "../../../src/ledger/store/node.js";
import { runStreet } from "../../bill/market.js";
import { call } from "../../support/commands.js";
import { runSearched } from "../../support/searched.js";
import { readXml, type XmlNode, xmlAt } from "../../support/xml.js";

const folder = mkdtempSync(join(tmpdir(), "gridclear-bills-"));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string): string => join(folder, name);
const ledger = at("ledger");

beforeAll(async () => {
  const engine = await openEngine();
  const store = await openNodeStore(ledger);
  await runStreet(engine, 11, {
    store,
    startMs: Date.UTC(2026, 6, 30),
    periods: 70,
    components: [
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.07" },
      { by: "month", name: "meter", sort: "grid", rate: "2.4" },
    ],
  });
  await store.close();
  const searched = await openNodeStore(at("searched"));
  await runSearched(searched);
  await searched.close();
}, 120_000);

const july = ["bills", ledger, "--month", "2026-07"];
const cents = (amount: string): number => Math.round(Number(amount) * 100);

async function billsOf(...args: string[]): Promise<Bill[]> {
  const said = await call(...args, "--json");
  expect(said).toMatchObject({ code: 0, err: "" });
  return (JSON.parse(said.out) as { bills: Bill[] }).bills;
}

describe("the bills of all members", () => {
  test.each([
    ["ledger", "2026-07"],
    ["ledger", "2026-08"],
    ["searched", "1970-01"],
  ])("are those that each would have (%s, %s), also from a snapshot on", async (name, month) => {
    const bills = await billsOf("bills", at(name), "--month", month);
    expect(bills.length).toBeGreaterThan(2);
    for (const bill of bills) {
      const one = await call("bill", at(name), bill.participant, "--month", month, "--json");
      expect(bill).toEqual(JSON.parse(one.out));
    }
    if (name === "searched") return;
    const copy = at(`${name} ${month}`);
    expect((await call("export", at(name), "--format", "directory", "--output", copy)).code).toBe(0);
    for (const height of [3, 40, 47])
      expect((await call("snapshot", copy, "--at", `${height}`)).code).toBe(0);
    expect(await billsOf("bills", copy, "--month", month)).toEqual(bills);
  });

  test("are printed as CSV and as a table of totals", async () => {
    const bills = await billsOf(...july);
    const rows = (await call(...july, "--csv")).out.trim().split("\r\n");
    expect(rows[0]).toBe("participant,group,carrier,line,quantity,unit,price,amount");
    expect(rows).toHaveLength(1 + bills.reduce((all, { lines }) => all + lines.length + 1, 0));
    const { out } = await call(...july);
    for (const { participant, total } of bills)
      expect(out).toMatch(new RegExp(`^${participant} .* ${total.replace(".", "\\.")} `, "m"));
  });

  test("go by a tariff from a file", async () => {
    const file = at("tariff.json");
    const components = [{ by: "month", name: "meter", sort: "grid", rate: "31" }];
    writeFileSync(file, JSON.stringify({ name: "own", currency: "EUR", zone: "UTC", components }));
    const bills = await billsOf("bills", ledger, "--month", "2026-07", "--tariff", file);
    for (const bill of bills) {
      const one = await call(
        ...["bill", ledger, bill.participant, "--month", "2026-07", "--tariff", file, "--json"],
      );
      expect(bill).toEqual(JSON.parse(one.out));
      expect(bill.tariffs).toEqual([{ name: "own", carrier: "electricity", isInLedger: false }]);
    }
  });
});

describe("a folder of bills", () => {
  test("is gone on with where it was interrupted, and nothing in it is replaced", async () => {
    const out = at("out");
    const whole = await call(...july, "--csv", "--out", out);
    expect(whole).toMatchObject({ code: 0, err: "" });
    expect(whole.out).toContain(`${out}: 3 bills, 3 of them new, and payments.csv`);
    const files = readdirSync(join(out, "bills"));
    expect(files.sort()).toEqual(["ann.csv", "bob.csv", "cem.csv"]);
    const before = readFileSync(join(out, "bills/bob.csv"), "utf8");
    // As a call leaves it that was ended in the middle: a draft, and neither bill nor payments.
    rmSync(join(out, "bills/bob.csv"));
    rmSync(join(out, "payments.csv"));
    writeFileSync(join(out, "bills/bob.csv.new"), before.slice(0, 30));
    const again = await call(...july, "--csv", "--out", out);
    expect(again.out).toContain("3 bills, 1 of them new");
    expect(readFileSync(join(out, "bills/bob.csv"), "utf8")).toBe(before);
    expect(existsSync(join(out, "bills/bob.csv.new"))).toBe(false);
    writeFileSync(join(out, "bills/bob.csv"), before.replace("total", "sum"));
    expect(await call(...july, "--csv", "--out", out)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/bob\.csv: wanted no file, or one with the same in it/),
    });
    for (const other of [
      ["bills", ledger, "--month", "2026-08", "--csv", "--out", out],
      [...july, "--json", "--out", out],
      [...july, "--out", join(out, "bills")],
    ])
      expect(await call(...other)).toMatchObject({ code: 2, err: expect.stringMatching(/--out: wanted/) });
  });

  test("may be of pages, each the one that its member would have, and goes on with those", async () => {
    const out = at("pages");
    expect((await call(...july, "--html", "--out", out)).out).toContain("3 bills, 3 of them new");
    for (const id of ["ann", "bob", "cem"]) {
      const one = await call("bill", ledger, id, "--month", "2026-07", "--html");
      expect(readFileSync(join(out, "bills", `${id}.html`), "utf8")).toBe(one.out);
    }
    rmSync(join(out, "bills/cem.html"));
    expect((await call(...july, "--html", "--out", out)).out).toContain("3 bills, 1 of them new");
  });

  test("has a file of its own for each name", () => {
    const names = ["ann", "..", "a/b", "con:1", "é", "a%2fb", "", "😀".repeat(64), `${"😀".repeat(63)}😁`];
    const found = names.map(fileName);
    expect(new Set(found).size).toBe(names.length);
    for (const name of found) expect(name).toMatch(/^[A-Za-z0-9_%~-]{0,200}$/);
  });
});

// By its name, as the command loads it: where it is not installed the rest compiles.
const sepaPackage = "sepa";
const { checksumIBAN, validateCreditorID, validateIBAN } = (await import(sepaPackage)) as {
  readonly checksumIBAN: (iban: string) => string;
  readonly validateIBAN: (iban: string) => boolean;
  readonly validateCreditorID: (id: string) => boolean;
};
const ibans = ["DE00123456781234567890", "AT001904300234573201", "FR0020041010050500013M02606"].map((each) =>
  checksumIBAN(each),
);
const accounts = {
  ...{ name: "Street of Suns", iban: ibans[0], bic: "XMPLDEM0XXX", creditorId: "DE98ZZZ09999999999" },
  members: {
    ann: {
      name: "Ann <& Co",
      iban: ibans[1],
      mandate: { id: "M-1", signed: "2026-01-31" },
    },
    bob: { name: "Bob", iban: ibans[2], mandate: { id: "M-2", signed: "2026-02-28", sequence: "FRST" } },
    cem: { name: "Cem", iban: ibans[1]!.replace(/(.{4})/g, "$1 ") },
  },
};
const own = {
  ...accounts,
  members: { ...accounts.members, ann: { ...accounts.members.ann, name: "Ann + Co" } },
};
const written = (name: string, of: object): string => {
  writeFileSync(at(name), JSON.stringify(of));
  return at(name);
};
const accountsFile = written("accounts.json", own);
const banked = (out: string, file: string): string[] => [
  ...["--out", at(out), "--accounts", file, "--on", "2026-08-15"],
];

/** Names of the children of a node, in order, one after another only once. */
const order = ({ children }: XmlNode): string[] =>
  children.map(({ name }) => name).filter((name, index, all) => name !== all[index - 1]);
const text = (node: XmlNode, ...path: string[]): string => xmlAt(node, ...path)[0]?.text ?? "nothing";

/** What pain.001.001.09 and pain.008.001.08 have in a batch and in a payment, in this order, as far as it is used. */
const shapes = {
  "transfers.pain001.xml": {
    root: "CstmrCdtTrfInitn",
    batch: ["PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt"],
    rest: ["Dbtr", "DbtrAcct", "DbtrAgt", "ChrgBr", "CdtTrfTxInf"],
    each: ["PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"],
    amount: ["Amt", "InstdAmt"],
  },
  "debits.pain008.xml": {
    root: "CstmrDrctDbtInitn",
    batch: ["PmtInfId", "PmtMtd", "BtchBookg", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdColltnDt"],
    rest: ["Cdtr", "CdtrAcct", "CdtrAgt", "ChrgBr", "CdtrSchmeId", "DrctDbtTxInf"],
    each: ["PmtId", "InstdAmt", "DrctDbtTx", "DbtrAgt", "Dbtr", "DbtrAcct", "RmtInf"],
    amount: ["InstdAmt"],
  },
} as const;

describe("what is paid", () => {
  test.each([
    ["1.5", { ann: "debit", bob: "debit", cem: "open" }],
    ["-347", { ann: "transfer", bob: "debit", cem: "open" }],
  ])("comes to the bills, in the list and in the files for a bank (%s)", async (rate, wantedWays) => {
    const paidAt = `paid ${rate}`;
    const file = at(`${paidAt}.json`);
    const components = [
      { by: "month", name: "meter", sort: "grid", rate },
      { by: "energy", name: "grid", sort: "grid", on: ["fromGrid"], rate: "0.07" },
    ];
    writeFileSync(file, JSON.stringify({ name: "own", currency: "EUR", zone: "UTC", components }));
    const asked = ["bills", ledger, "--month", "2026-07", "--tariff", file];
    const bills = await billsOf(...asked);
    const said = await call(...asked, ...banked(paidAt, accountsFile));
    expect(said).toMatchObject({ code: 0, err: "" });
    const rows = readFileSync(join(at(paidAt), "payments.csv"), "utf8")
      .trim()
      .split("\r\n");
    expect(rows[0]).toBe("participant,amount,currency,way,reference,name,iban,mandate");
    const listed = rows.slice(1).map((row) => row.split(","));
    expect(listed.map(([participant, amount]) => [participant, amount])).toEqual(
      bills.map(({ participant, total }) => [participant, total]),
    );
    const ways = new Map(listed.map(([participant, , , way]) => [participant, way]));
    expect(Object.fromEntries(ways)).toEqual(wantedWays);
    for (const { participant, total } of bills)
      expect(ways.get(participant) === "transfer").toBe(total.startsWith("-"));
    for (const [name, { root, batch, rest, each, amount }] of Object.entries(shapes)) {
      const way = name.startsWith("debit") ? "debit" : "transfer";
      const wanted = listed.filter((row) => row[3] === way);
      if (wanted.length === 0) {
        expect(existsSync(join(at(paidAt), name))).toBe(false);
        continue;
      }
      const document = readXml(readFileSync(join(at(paidAt), name), "utf8"));
      expect(document.attributes.xmlns).toMatch(/^urn:iso:std:iso:20022:tech:xsd:pain\.00[18]\.001\.0[89]$/);
      const [body] = xmlAt(document, root);
      expect(order(body!)).toEqual(["GrpHdr", "PmtInf"]);
      expect(order(xmlAt(body!, "GrpHdr")[0]!)).toEqual([
        ...["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"],
      ]);
      expect(text(body!, "GrpHdr", "NbOfTxs")).toBe(`${wanted.length}`);
      const sum = wanted.reduce((all, row) => all + Math.abs(cents(row[1]!)), 0);
      expect(cents(text(body!, "GrpHdr", "CtrlSum"))).toBe(sum);
      const batches = xmlAt(body!, "PmtInf");
      expect(batches.reduce((all, one) => all + cents(text(one, "CtrlSum")), 0)).toBe(sum);
      const paid = new Map<string, string[]>();
      for (const one of batches) {
        expect(order(one)).toEqual([...batch, ...rest]);
        for (const payment of xmlAt(one, rest.at(-1)!)) {
          expect(order(payment)).toEqual([...each]);
          const [money] = xmlAt(payment, ...amount);
          expect(money!.attributes.Ccy).toBe("EUR");
          const [party, partyAccount] = way === "debit" ? ["Dbtr", "DbtrAcct"] : ["Cdtr", "CdtrAcct"];
          paid.set(text(payment, "PmtId", "EndToEndId"), [
            ...[money!.text, text(payment, party!, "Nm"), text(payment, partyAccount!, "Id", "IBAN")],
            ...(way === "debit" ? [text(payment, "DrctDbtTx", "MndtRltdInf", "MndtId")] : []),
          ]);
        }
      }
      expect(paid.size).toBe(wanted.length);
      for (const [, total, , , reference, who, iban, mandate] of wanted)
        expect(paid.get(reference!)).toEqual([
          ...[Math.abs(Number(total)).toFixed(2), who, iban],
          ...(way === "debit" ? [mandate] : []),
        ]);
      if (way !== "debit") continue;
      expect(batches.map((one) => text(one, "PmtTpInf", "SeqTp")).sort()).toEqual(
        [...new Set(wanted.map(([who]) => (who === "bob" ? "FRST" : "RCUR")))].sort(),
      );
      expect(batches.map((one) => text(one, "ReqdColltnDt"))).toEqual(batches.map(() => "2026-08-15"));
    }
    // The same again changes nothing; other accounts do not come in the place of these.
    expect((await call(...asked, ...banked(paidAt, accountsFile))).code).toBe(0);
    const others = { ...own, members: { ...own.members, cem: { ...own.members.cem, name: "Cemal" } } };
    expect(await call(...asked, ...banked(paidAt, written("others.json", others)))).toMatchObject({
      code: 2,
      err: expect.stringMatching(/payments\.csv: wanted no file, or one with the same in it/),
    });
  });

  test("is checked strictly: who, where, and by which mandate", async () => {
    expect(ibans.every((each) => validateIBAN(each))).toBe(true);
    expect(validateCreditorID(accounts.creditorId)).toBe(true);
    const { ann, bob, cem } = own.members;
    const { creditorId: _, ...without } = own;
    const cases: readonly (readonly [of: object, wanted: RegExp])[] = [
      [accounts, /members\.ann\.name: wanted 1 to 70 letters/],
      [{ ...own, iban: "DE88123456781234567890" }, /line 1, column \d+: iban: wanted an IBAN whose check/],
      [{ ...own, creditorId: "DE97ZZZ09999999999" }, /creditorId: wanted a creditor identifier whose check/],
      [without, /accounts\.creditorId: wanted that of whoever collects by mandates/],
      [{ ...own, members: { ann, bob } }, /accounts\.members: wanted an account of cem, who has a bill/],
      [
        { ...own, members: { ann: { ...ann, mandate: { id: "M", signed: "2026-02-30" } }, bob, cem } },
        /members\.ann\.mandate\.signed: wanted a day/,
      ],
      [{ ...own, members: { ann: { ...ann, IBAN: "x" }, bob, cem } }, /wanted a key out of name, iban/],
      [{ ...own, bic: "XMPLFRM0XXX" }, /accounts: wanted what the SEPA takes, got "country mismatch/],
    ];
    for (const [of, wanted] of cases) {
      const said = await call(...july, ...banked("refused", written("refused.json", of)));
      expect(said).toMatchObject({ code: 2, out: "", err: expect.stringMatching(wanted) });
      expect(existsSync(at("refused"))).toBe(false);
    }
  });

  test("is read from the file that docs/bills.md shows", () => {
    const page = readFileSync(new URL("../../../docs/bills.md", import.meta.url), "utf8");
    const [, example] = /```json\n(\{\n {2}"name"[^`]*)```/.exec(page)!;
    const read = parseAccounts(example!);
    expect([...read.members.keys()]).toEqual(["ann", "bob"]);
    expect(read.iban).toBe("DE89370400440532013000");
  });

  test("needs the package that writes it, and says so", async () => {
    vi.doMock("sepa", () => {
      throw new Error("Cannot find package 'sepa'");
    });
    try {
      const said = await call(...july, ...banked("none", accountsFile));
      expect(said).toMatchObject({ code: 2, err: expect.stringContaining("npm install sepa") });
      expect(existsSync(at("none"))).toBe(false);
    } finally {
      vi.doUnmock("sepa");
    }
  });
});

test.each([
  [["bills", ledger], /--month: wanted a month, such as 2026-07/],
  [["bills", ledger, "--month", "2026-05"], /--month: wanted a month of which the ledger has a period/],
  [[...july, "--json", "--csv"], /--json: wanted one of --json, --csv and --html/],
  [[...july, "--html"], /--html: wanted --out beside it/],
  [[...july, "--accounts", "a.json"], /--accounts: wanted --out beside it/],
  [[...july, "--on", "2026-08-01"], /--on: wanted --accounts beside it/],
  [[...july, "--out", at("x"), "--accounts", accountsFile], /--on: wanted a day/],
  [[...july, ...banked("x", accountsFile).slice(0, -1), "2026-8-1"], /--on: wanted a day/],
])("refuses %j", async (args, wanted) => {
  const said = await call(...args);
  expect(said).toMatchObject({ code: 2, out: "" });
  expect(said.err).toMatch(wanted);
});
