/** What the page and its worker say to each other: the calls there are, and the messages that carry them. */
import type { ErrorCode } from "../../errors.js";
import type { Table } from "../languages/table.js";
import type { Language } from "../say.js";
import type { Measured } from "../settings/benchlink.js";
import type { Settings } from "../settings/settings.js";
import type { ScenarioBrought, ScenarioInput } from "./brought.js";
import type { Check } from "./checks.js";
import type { Comparison } from "./compare.js";
import type { DayDone, DayPeriod } from "./day.js";
import type { Wanted } from "./files.js";
import type { HomeInput, HomeShown } from "./home/account.js";
import type { BillInput, BillShown } from "./home/bill.js";
import type { OrderWhy, WhyInput } from "./home/reasons.js";
import type { Indicator } from "./indicators.js";
import type { BlockShown, Forged, InLedger, Pasted, Proved, TamperInput } from "./ledger.js";
import type { KeptLedger } from "./notary/kept.js";
import type { NotaryInput } from "./notary/notary.js";
import type { Progress, Verdict } from "./notary/shown.js";
import type { BringInput, BringProgress, Brought } from "./own/bring.js";
import type { OrderShown, PeriodResult } from "./period.js";
import type { Asked } from "./scene.js";
import type { SeedsInput, SeedsShown } from "./seeds.js";
import type { StreetDay } from "./story.js";
import type { Pace } from "./timing.js";
import type { WhatIfInput, WhatIfShown } from "./whatif.js";
import type { Work } from "./work.js";

interface Shape<Input, Output, News = never> {
  readonly input: Input;
  readonly output: Output;
  readonly news: News;
}

/** Every call: what it takes, what it answers, and what it tells while it runs. */
export interface Api {
  readonly period: Shape<Asked, PeriodResult, number>;
  readonly order: Shape<{ readonly side: "offer" | "bid"; readonly index: number }, OrderShown>;
  readonly pace: Shape<null, Pace>;
  readonly compare: Shape<Asked, Comparison, number>;
  readonly seeds: Shape<SeedsInput, SeedsShown, SeedsShown>;
  readonly day: Shape<Settings, DayDone | null, readonly DayPeriod[]>;
  readonly indicators: Shape<{ readonly ledger: string }, readonly Indicator[]>;
  readonly block: Shape<InLedger, BlockShown>;
  readonly verify: Shape<InLedger, readonly Check[], number>;
  readonly tamper: Shape<TamperInput, Forged>;
  readonly prove: Shape<InLedger & { readonly index: number }, Proved>;
  readonly copy: Shape<InLedger, string>;
  readonly story: Shape<Settings, StreetDay, number>;
  readonly whatIf: Shape<WhatIfInput, WhatIfShown, number>;
  readonly paste: Shape<{ readonly ledger: string; readonly text: string }, Pasted>;
  readonly home: Shape<HomeInput, HomeShown>;
  readonly why: Shape<WhyInput, readonly OrderWhy[]>;
  readonly homeBill: Shape<BillInput, BillShown, number>;
  readonly homeBillFile: Shape<HomeInput & { readonly type: "html" | "json" }, Blob, number>;
  readonly bring: Shape<BringInput, Brought, BringProgress>;
  readonly code: Shape<Settings, string>;
  readonly saveScenario: Shape<Settings, string>;
  readonly bringScenario: Shape<ScenarioInput, ScenarioBrought>;
  readonly file: Shape<Wanted, Blob, number>;
  readonly notarize: Shape<NotaryInput, readonly Verdict[], Progress>;
  readonly keep: Shape<null, readonly KeptLedger[], Progress>;
  readonly kept: Shape<{ readonly remove: string | null }, readonly KeptLedger[]>;
  readonly saved: Shape<{ readonly ledger: string | null }, Blob>;
  readonly bench: Shape<{ readonly most: number }, boolean, Measured>;
}

/** What answers a call. */
export type Handler<K extends keyof Api> = (
  work: Work<Api[K]["news"]>,
  input: Api[K]["input"],
) => Api[K]["output"] | Promise<Api[K]["output"]>;

/** What the page sends first: the language in which the worker speaks, and what that says. */
export interface Opening {
  readonly kind: "speak";
  readonly language: Language;
  readonly says: Table;
}

/** What the page sends: a call under a number of its own, or that it no longer wants the answer to one. */
export type Call =
  | { readonly id: number; readonly kind: "call"; readonly name: keyof Api; readonly input: unknown }
  | { readonly id: number; readonly kind: "abort" };

/** What the worker sends back: news of a call, its answer, or why there is none. */
export type Reply =
  | { readonly id: number; readonly kind: "news"; readonly news: unknown }
  | { readonly id: number; readonly kind: "done"; readonly result: unknown }
  | { readonly id: number; readonly kind: "failed"; readonly failure: Failure };

/** An error as it crosses from the worker to the page. */
export interface Failure {
  readonly code: ErrorCode | null;
  readonly field: string;
  readonly wanted: string;
  /** What came, where it is text or a number; else what the error said of it. */
  readonly got: string | number | null;
  readonly message: string;
}
