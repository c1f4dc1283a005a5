import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GridclearError } from "../../../src/errors.js";
import { parseOrderFile } from "../../../src/files/orderfile.js";
import { formatTicks, microTick } from "../../../src/units.js";
import { table as german } from "../../../src/web/languages/de.js";
import { speak } from "../../../src/web/say.js";
import { words } from "../../../src/web/trouble.js";
import { type Brought, bring, marketOfOwn } from "../../../src/web/worker/own/bring.js";
import { OrderReader } from "../../../src/web/worker/own/orders.js";
import type { Work } from "../../../src/web/worker/work.js";

const work = (signal = new AbortController().signal) =>
  ({ tell: () => undefined, signal }) as unknown as Work<number>;
const bytes = (file: string | Uint8Array<ArrayBuffer>): Blob => new Blob([file]);
const take = (file: string | Uint8Array<ArrayBuffer>, encoding: "utf-8" | "windows-1252" = "utf-8") =>
  bring(work(), { number: 1, file: bytes(file), encoding });
/** What is refused, as the page says it. */
async function refusal(file: string | Uint8Array<ArrayBuffer>): Promise<string> {
  try {
    await take(file);
  } catch (error) {
    expect(error).toBeInstanceOf(GridclearError);
    return words(error);
  }
  return "taken";
}
const taken = async (file: string): Promise<Extract<Brought, { kind: "taken" }>> => {
  const found = await take(file);
  if (found.kind !== "taken") throw new Error("asked for an encoding");
  return found;
};
const plain = "side,id,quantity,price\noffer,S0,10,3\noffer,S1,4,2\nbid,C0,6,5\nbid,C1,7,4\n";

function expectWorkedCase(): void {
  const { offers, bids, offerOwner, bidOwner } = marketOfOwn(1, "electricity");
  expect([...offers.quantity]).toEqual([10_000_000, 4_000_000]);
  expect([...offers.price]).toEqual([3_000_000, 2_000_000]);
  expect([...bids.quantity]).toEqual([6_000_000, 7_000_000]);
  expect([...bids.price]).toEqual([5_000_000, 4_000_000]);
  expect([offerOwner(1).name, bidOwner(0).name]).toEqual(["S1", "C0"]);
}

describe("a file that the command line takes", () => {
  it("means the same, and nothing is told of it", async () => {
    expect(await taken(plain)).toEqual({ kind: "taken", count: 4, carriers: ["electricity"], notes: [] });
    expectWorkedCase();
  });

  it("means the same in every form that RFC 4180 has", () => {
    const id = fc
      .string({ unit: fc.constantFrom(...'abÄ7 ",;\t'.split("")), minLength: 1, maxLength: 8 })
      .filter((text) => text.trim() === text && !text.includes("\t"));
    const row = fc.record({
      carrier: fc.constantFrom("electricity", "heat", "cold", "gas"),
      side: fc.constantFrom("offer", "bid"),
      id,
      quantity: fc.integer({ min: 1, max: 0xffff_ffff }),
      price: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
      quoted: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(row, {
          minLength: 1,
          maxLength: 12,
          selector: (each) => `${each.carrier} ${each.side} ${each.id}`,
        }),
        fc.shuffledSubarray(["carrier", "side", "id", "quantity", "price"], { minLength: 5 }),
        fc.constantFrom("\n", "\r\n"),
        fc.integer({ min: 1, max: 40 }),
        (rows, columns, end, piece) => {
          const cell = (text: string, quoted: boolean): string =>
            quoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
          const text = [
            columns.join(","),
            ...rows.map((each) => {
              const cells: Record<string, string> = {
                ...each,
                quantity: formatTicks(each.quantity, microTick),
                price: formatTicks(each.price, microTick),
              } as never;
              return columns.map((name) => cell(cells[name]!, each.quoted)).join(",");
            }),
          ].join(end);
          const reader = new OrderReader();
          for (let at = 0; at < text.length; at += piece) reader.add(text.slice(at, at + piece));
          const found = reader.end();
          const wanted = parseOrderFile(text, { quantity: microTick, price: microTick });
          expect(found.notes).toEqual([]);
          expect([...found.sheets.keys()]).toEqual([...wanted.keys()]);
          for (const [carrier, sheet] of wanted)
            for (const side of ["offers", "bids"] as const) {
              expect(found.sheets.get(carrier)![side].id).toEqual(sheet[side].id);
              expect([...found.sheets.get(carrier)![side].quantity]).toEqual([...sheet[side].quantity]);
              expect([...found.sheets.get(carrier)![side].price]).toEqual([...sheet[side].price]);
            }
        },
      ),
    );
  });
});

describe("a file as other programs write it", () => {
  const cases: Record<string, readonly [text: string, note: RegExp]> = {
    "semicolons and decimal commas": [
      "side;id;quantity;price\noffer;S0;10,0;3,0\noffer;S1;4,0;2,0\nbid;C0;6,0;5,0\nbid;C1;7,0;4,0\n",
      /semicolons.*decimal commas/,
    ],
    "Excel's own line": [`sep=;\r\n${plain.replaceAll(",", ";").replaceAll("\n", "\r\n")}`, /semicolons/],
    tabs: [plain.replaceAll(",", "\t"), /tabs/],
    "quoted decimal commas": [plain.replace(",10,3", ',"10,0","3,0"'), /decimal commas/],
    capitals: [
      plain.replace("side", "Side").replace("bid,C0", "Bid,C0"),
      /“Side” was read as side.*“bid” was read|“Side” was read as side/,
    ],
    "blanks after commas": [plain.replaceAll(",", ", "), /Blanks around cells/],
    "sell and buy": [
      plain.replaceAll("offer", "sell").replaceAll("bid", "buy"),
      /“sell” was read as offer.*“buy” was read as bid/,
    ],
    "names of columns with units": [
      plain.replace("quantity,price", "quantity (kWh),price per kWh"),
      /read as quantity.*read as price/,
    ],
    "an extra column": [plain.replaceAll("\n", ",x\n"), /not needed/],
    "empty rows of a spreadsheet": [`${plain},,,\n,,,\n`, /^$/],
    "a byte order mark": [`\ufeff${plain}`, /^$/],
    "line ends of old": [plain.replaceAll("\n", "\r"), /^$/],
  };
  for (const [name, [text, note]] of Object.entries(cases))
    it(`is read where it can mean one thing only: ${name}`, async () => {
      const { notes, count } = await taken(text);
      expect(count).toBe(4);
      expect(notes.join(" ")).toMatch(note);
      expectWorkedCase();
    });

  it("is refused where it can mean two things, with the line and what to write", async () => {
    const european = "side;id;quantity;price\noffer;a;1,250;3\nbid;b;2;5\n";
    expect(await refusal(european)).toBe(
      "Line 2, quantity: 1.250 or 1250, whichever is meant, in all lines is needed, but there is “1,250”.",
    );
    expect(await refusal("side;id;quantity;price\noffer;a;1,5;3\nbid;b;2.5;5\n")).toMatch(
      /^Line 3, quantity: the same decimal mark as in the lines before/,
    );
    expect(await refusal("side;id;quantity;price\noffer;a;1.234,5;3\n")).toMatch(
      /^Line 2, quantity: a number/,
    );
    expect(await refusal("side;id;quantity;price\noffer;a;1,234,567;3\n")).toMatch(
      /marks between thousands: 1234567/,
    );
    // One number that can only be a fraction decides for the others.
    expect((await taken("side;id;quantity;price\noffer;a;1,250;0,25\nbid;b;2;5\n")).count).toBe(2);
    expect(marketOfOwn(1, "electricity").offers.quantity[0]).toBe(1_250_000);
  });

  it("is refused in plain words, with the line and how to mend it", async () => {
    const cases: Record<string, RegExp> = {
      "": /^File: a first line that names the columns is needed, but there is “an empty file”/,
      "side,id,quantity,price\n": /^File: orders below the first line/,
      "side,id,quantity\n": /^Line 1: a first line that names the columns .*price is missing/,
      "name,id,side,quantity,price\n": /^Line 1: one column for the id/,
      [plain.replace("6,5", "6,five")]:
        /^Line 4, price: a number such as 0\.25 is needed, but there is “five”/,
      [plain.replace("6,5", "0,5")]: /^Line 4, quantity: a quantity above 0/,
      [plain.replace("6,5", "6,0.1234567")]: /^Line 4, price: at most 6 decimal places/,
      [plain.replace("6,5", "6,1e3")]: /^Line 4, price: a number such as 0\.25/,
      [plain.replace("bid,C1", "ask,C1")]: /^Line 5, side: offer \(or sell\) or bid \(or buy\)/,
      [plain.replace("C1", "C0")]:
        /^Line 5, id: a name that no other bid of electricity has is needed, but there is “C0”/,
      [plain.replace("6,5", "6,5,5")]:
        /^Line 4: 4 cells, as the first line has; a decimal comma needs semicolons/,
      [plain.replace("C0", "C".repeat(65))]: /^Line 4, id: a name of 1 to 64 printable characters/,
      [plain.replace("C0", "C\u202e0")]: /^Line 4, id: a name of 1 to 64 printable characters/,
      [plain.replace("C0", '"C0')]: /^Line 4: a closing quote/,
      "side,id,quantity,price,area\noffer,a,1,1,north\n": /^Line 2, area: an empty cell/,
      "carrier,side,id,quantity,price\nsteam,offer,a,1,1\n": /^Line 2, carrier: electricity, heat, cold, gas/,
    };
    for (const [text, said] of Object.entries(cases)) expect(await refusal(text)).toMatch(said);
  });

  it("is refused in German on a German page, numbers out of range too", async () => {
    speak("de", german);
    try {
      const number = (cells: string): Promise<string> =>
        refusal(`side,id,quantity,price\noffer,a,${cells}\n`);
      expect(await number("0,5")).toBe("Zeile 2, quantity: Nötig ist eine Menge über 0, da steht aber „0“.");
      // 2³² − 1 and 2³¹ − 1 ticks of a millionth.
      expect(await number("5000,5")).toMatch(/^Zeile 2, quantity: Nötig ist höchstens 4294.967295, da/);
      expect(await number("1,3000")).toMatch(/^Zeile 2, price: Nötig ist -2147.483648 bis 2147.483647, da/);
      expect(await number("1,1e3")).toMatch(/^Zeile 2, price: Nötig ist eine Zahl wie 0.25, da/);
    } finally {
      speak("en", {});
    }
  });
});

describe("a file in another encoding", () => {
  const latin = (text: string): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(text, (letter) => letter.charCodeAt(0));

  it("is asked about, not garbled: with the line and how it would read", async () => {
    const file = latin(plain.replace("S1", "Müller"));
    expect(await take(file)).toEqual({ kind: "encoding", line: 3, sample: "offer,Müller,4,2" });
    const { notes } = (await take(file, "windows-1252")) as Extract<Brought, { kind: "taken" }>;
    expect(notes).toEqual(["Read as Windows-1252."]);
    expect(marketOfOwn(1, "electricity").offerOwner(1).name).toBe("Müller");
  });

  it("keeps names apart that differ in one such letter", async () => {
    const file = latin(plain.replace("S0", "Haus-ä").replace("S1", "Haus-ö"));
    expect((await take(file)).kind).toBe("encoding");
    await take(file, "windows-1252");
    const { offerOwner } = marketOfOwn(1, "electricity");
    expect([offerOwner(0).name, offerOwner(1).name]).toEqual(["Haus-ä", "Haus-ö"]);
  });

  it("is read where a mark says what it is, and refused where it is no text", async () => {
    const utf16 = new Uint8Array(2 + 2 * plain.length);
    utf16.set([0xff, 0xfe]);
    for (let at = 0; at < plain.length; at++) utf16[2 + 2 * at] = plain.charCodeAt(at);
    expect((await take(utf16)).kind).toBe("taken");
    expectWorkedCase();
    expect(await refusal(Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 1, 2))).toMatch(/^File: a text file/);
  });

  it("is found wherever in a large file it stands, across the pieces it is read in", async () => {
    const rows = Array.from({ length: 90_000 }, (_, index) => `offer,name ${index},1,2\n`).join("");
    const text = `side,id,quantity,price\n${rows}`;
    const good = new TextEncoder().encode(text.replace("name 80000,", "Müller,"));
    expect((await take(good)).kind).toBe("taken");
    expect(marketOfOwn(1, "electricity").offerOwner(80_000).name).toBe("Müller");
    const bad = latin(text.replace("name 80000,", "Müller,"));
    expect(await take(bad)).toEqual({ kind: "encoding", line: 80_002, sample: "offer,Müller,1,2" });
  });
});

describe("a file of another carrier, and one that is large", () => {
  it("says which carriers it has, and is refused for those it has not", async () => {
    const found = await taken("carrier,side,id,quantity,price\nheat,offer,a,1,1\nheat,bid,b,1,2\n");
    expect(found.carriers).toEqual(["heat"]);
    expect(marketOfOwn(1, "heat").offers.quantity).toHaveLength(1);
    expect(() => marketOfOwn(1, "electricity")).toThrow("carrier: wanted heat");
  });

  it("is kept until the next has been read whole", async () => {
    await taken(plain);
    await refusal(plain.replace("6,5", "6,five"));
    expectWorkedCase();
    const controller = new AbortController();
    const rows = Array.from({ length: 100_000 }, (_, index) => `offer,n${index},1,2\n`).join("");
    const reading = bring(work(controller.signal), {
      number: 2,
      file: bytes(`side,id,quantity,price\n${rows}`),
      encoding: "utf-8",
    });
    controller.abort();
    await expect(reading).rejects.toThrow();
    expectWorkedCase();
    expect(() => marketOfOwn(2, "electricity")).toThrow("file: wanted the file that was read last");
  });

  it("tells how far it has been read, and lets others in between", async () => {
    const parts: number[] = [];
    let turns = 0;
    const rows = Array.from({ length: 200_000 }, (_, index) => `offer,n${index},1,2\n`).join("");
    const file = bytes(`side,id,quantity,price\n${rows}`);
    const timer = setInterval(() => turns++, 0);
    await bring(
      {
        tell: (part: number) => parts.push(part),
        signal: new AbortController().signal,
      } as unknown as Work<number>,
      { number: 3, file, encoding: "utf-8" },
    );
    clearInterval(timer);
    expect(parts.length).toBe(Math.ceil(file.size / (1 << 20)));
    expect(parts).toEqual([...parts].sort((a, b) => a - b));
    expect(parts.at(-1)).toBe(1);
    expect(turns).toBeGreaterThan(0);
  });
});
