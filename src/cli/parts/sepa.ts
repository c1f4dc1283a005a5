/**
 * Payments as files for a bank: ISO 20022 pain.001 (credit transfers) and pain.008 (direct debits), as the SEPA has
 * them. The package `sepa` writes them; what it wrote is held against the bills before anybody gets it.
 */
import { createHash } from "node:crypto";
import { centsOf, type Payment } from "../../bill/payments.js";
import { fail } from "../../errors.js";
import type { Accounts } from "../../files/accountsfile.js";

/** What is used of the package, whose users install it. */
interface Sepa {
  readonly Document: new (format: string) => SepaDocument;
}
interface SepaDocument {
  readonly grpHdr: { id: string; created: Date; initiatorName: string };
  createPaymentInfo(): SepaBatch;
  addPaymentInfo(batch: SepaBatch): void;
  toString(): string;
}
type Fields = { [name: string]: string | number | boolean | Date };
type SepaBatch = Fields & { createTransaction(): Fields; addTransaction(transaction: Fields): void };

/** A file for a bank. */
export interface BankFile {
  readonly name: string;
  readonly text: string;
  readonly payments: number;
  /** What all its payments come to. */
  readonly sum: string;
}

/** How bank files are made. */
export interface BankOptions {
  readonly accounts: Accounts;
  /** The day on which money moves, `YYYY-MM-DD`. */
  readonly on: string;
  readonly month: string;
  /** What the files say they were made at; the same again is the same file. */
  readonly created: Date;
}

/** The package, which is installed by whoever pays by it. Throws `unsupported` where it is not. */
export async function loadSepa(): Promise<Sepa> {
  // By its name at run time: the library compiles without it.
  const name = "sepa";
  try {
    return (await import(name)) as Sepa;
  } catch (error) {
    const got = error instanceof Error ? error.message : error;
    return fail(
      "unsupported",
      "sepa",
      "the writer of payment files, a package of its own (npm install sepa)",
      got,
    );
  }
}

/**
 * The files of payments: transfers to members, and debits by their mandates, as far as there are any. Throws `invalid`
 * for another currency than the euro, and for what the SEPA does not take.
 */
export function bankFiles(sepa: Sepa, payments: readonly Payment[], options: BankOptions): BankFile[] {
  const other = payments.find(({ currency }) => currency !== "EUR");
  if (other !== undefined)
    fail("invalid", "--accounts", "payments in EUR, as the SEPA has them", other.currency);
  return (["transfer", "debit"] as const).flatMap((way) => {
    const own = payments.filter((payment) => payment.way === way);
    return own.length === 0 ? [] : [bankFile(sepa, way, own, options)];
  });
}

function bankFile(
  { Document }: Sepa,
  way: "transfer" | "debit",
  payments: readonly Payment[],
  { accounts, on, month, created }: BankOptions,
): BankFile {
  const document = new Document(way === "debit" ? "pain.008.001.08" : "pain.001.001.09");
  // A bank that is handed the same twice knows it by this.
  const digest = createHash("sha256")
    .update(JSON.stringify([way, on, payments]))
    .digest("hex");
  document.grpHdr.id = `${month}-${digest.slice(0, 16)}`;
  document.grpHdr.created = created;
  document.grpHdr.initiatorName = accounts.name;
  const [year, monthOfYear, dayOfMonth] = on.split("-").map(Number);
  // The package writes the day of the local clock.
  const onDay = new Date(year!, monthOfYear! - 1, dayOfMonth);
  for (const sequence of way === "debit" ? (["FRST", "RCUR"] as const) : [null]) {
    const own = payments.filter(
      ({ account }) => sequence === null || (account!.mandate!.sequence ?? "RCUR") === sequence,
    );
    if (own.length === 0) continue;
    const batch = document.createPaymentInfo();
    Object.assign(batch, side(way === "debit" ? "creditor" : "debtor", accounts));
    if (sequence === null) batch.requestedExecutionDate = onDay;
    else
      Object.assign(batch, {
        collectionDate: onDay,
        sequenceType: sequence,
        localInstrumentation: accounts.scheme ?? "CORE",
        creditorId: accounts.creditorId!,
      });
    document.addPaymentInfo(batch);
    for (const payment of own) batch.addTransaction(transaction(batch, way, payment, month));
  }
  const sum = payments.reduce((all, { amount }) => all + size(centsOf(amount, "amount")), 0n);
  const text = written(document);
  checkWritten(text, payments, sum);
  const name = way === "debit" ? "debits.pain008.xml" : "transfers.pain001.xml";
  return { name, text, payments: payments.length, sum: inEuro(sum) };
}

const size = (value: bigint): bigint => (value < 0n ? -value : value);
const inEuro = (cents: bigint): string => {
  const digits = `${cents}`.padStart(3, "0");
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

const side = (
  role: "creditor" | "debtor",
  { name, iban, bic = "" }: { readonly name: string; readonly iban: string; readonly bic?: string },
): Fields => ({ [`${role}Name`]: name, [`${role}IBAN`]: iban, [`${role}BIC`]: bic });

function transaction(
  batch: SepaBatch,
  way: "transfer" | "debit",
  { amount, account, reference }: Payment,
  month: string,
): Fields {
  const fields = batch.createTransaction();
  const { mandate } = account!;
  Object.assign(fields, side(way === "debit" ? "debtor" : "creditor", account!), {
    amount: Number(size(centsOf(amount, "amount"))) / 100,
    end2endId: reference,
    remittanceInfo: `Energy ${month}, bill ${reference}`,
  });
  if (way === "debit") {
    const [year, monthOfYear, dayOfMonth] = mandate!.signed.split("-").map(Number);
    Object.assign(fields, {
      mandateId: mandate!.id,
      mandateSignatureDate: new Date(year!, monthOfYear! - 1, dayOfMonth),
    });
  }
  return fields;
}

/** The package's own checks throw errors of their own. */
function written(document: SepaDocument): string {
  try {
    return document.toString();
  } catch (error) {
    const got = error instanceof Error ? error.message : error;
    return fail("invalid", "accounts", "what the SEPA takes", got);
  }
}

/** The sums of the package are floating-point numbers: the file has to say what the bills come to. */
function checkWritten(text: string, payments: readonly Payment[], sum: bigint): void {
  const all = (name: string): string[] =>
    [...text.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, "g"))].map(([, value]) => value!);
  const amounts = all("InstdAmt").map((amount) => centsOf(amount, "InstdAmt"));
  const written = amounts.reduce((total, cents) => total + cents, 0n);
  const [header, ...batches] = all("CtrlSum").map((each) => centsOf(each, "CtrlSum"));
  const inBatches = batches.reduce((total, cents) => total + cents, 0n);
  if (written !== sum || header !== sum || inBatches !== sum || amounts.length !== payments.length)
    fail(
      "invalid",
      "payment file",
      `${payments.length} payments of ${inEuro(sum)}`,
      `${amounts.length} of ${inEuro(written)}`,
    );
}
