/**
 * The folder of a month's bills: a file for each member, a list of payments, and files for a bank. Each file is there
 * as a whole or not at all and none is ever replaced, so that a call which was interrupted is simply made again.
 */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Bill } from "../../bill/bill.js";
import { billCsv, billJson } from "../../bill/document.js";
import { type Payment, paymentsCsv } from "../../bill/payments.js";
import { fail } from "../../errors.js";
import type { BankFile } from "./sepa.js";
import { textAt, writeOnce, writeWhole } from "./wholefile.js";

/** What a folder is of; another month, ledger or tariff takes another folder. */
export interface FolderOf {
  readonly market: string;
  readonly month: string;
  readonly head: string;
  readonly form: "json" | "csv" | "html";
  /** A tariff from a file, by its digest; null: those of the ledger. */
  readonly tariff: string | null;
}

const folderFile = "month.json";
/** The list of payments; it is written last, so that a folder which has it is complete. */
const paymentsFile = "payments.csv";

/** The folder of bills. */
export class BillsFolder {
  readonly path: string;
  readonly #form: FolderOf["form"];

  private constructor(path: string, form: FolderOf["form"]) {
    this.path = path;
    this.#form = form;
  }

  /** Opens a folder, which is made when it is not there. Throws `conflict` for one of something else. */
  static async open(path: string, of: FolderOf): Promise<BillsFolder> {
    const names = await readdir(path).catch(() => [] as string[]);
    const wanted = `${JSON.stringify(of)}\n`;
    const found = await textAt(join(path, folderFile));
    if (found === null && names.some((name) => name !== `${folderFile}.new`))
      fail("conflict", "--out", "an empty folder, or that of these bills", path);
    if (found !== null && found !== wanted)
      fail("conflict", "--out", `the folder of ${wanted.trim()}`, found.trim());
    if (found === null) await writeWhole(join(path, folderFile), wanted);
    return new BillsFolder(path, of.form);
  }

  /** Where a member's bill is. */
  fileOf(participant: string): string {
    return join(this.path, "bills", `${fileName(participant)}.${this.#form}`);
  }

  /** Where files grow that are gone once the bills are written. */
  get drafts(): string {
    return join(this.path, "proofs.new");
  }

  /** Whether a member's bill is there. */
  async has(participant: string): Promise<boolean> {
    return (await textAt(this.fileOf(participant))) !== null;
  }

  /**
   * Writes a bill unless it is there. Where the folder is of pages, `page` makes its page, and the bill is one that was
   * not there. Resolves to whether it was written.
   */
  async add(bill: Bill, page: (bill: Bill) => string): Promise<boolean> {
    const file = this.fileOf(bill.participant);
    if (this.#form === "html") {
      await writeWhole(file, page(bill));
      return true;
    }
    return writeOnce(file, this.#form === "csv" ? billCsv(bill) : billJson(bill));
  }

  /** Writes what is paid, and files for a bank; throws `conflict` where other payments stand there. */
  async pay(payments: readonly Payment[], files: readonly BankFile[]): Promise<void> {
    const path = join(this.path, paymentsFile);
    const text = paymentsCsv(payments);
    const found = await textAt(path);
    if (found === null) for (const each of files) await writeWhole(join(this.path, each.name), each.text);
    await writeOnce(path, text);
  }
}

/** Bytes that a name may have on every disk, less room for what stands behind it. */
const mostName = 200;

/** A participant as the name of a file: what is not plain is written as its bytes in hexadecimal. */
export function fileName(participant: string): string {
  const name = [...new TextEncoder().encode(participant)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      return /[A-Za-z0-9_-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, "0")}`;
    })
    .join("");
  if (name.length <= mostName) return name;
  return `${name.slice(0, mostName - 33)}~${createHash("sha256").update(participant).digest("hex").slice(0, 32)}`;
}
