/** Errors as the page says them: in plain words, with what to do, and a way to try again. */
import { GridclearError } from "../errors.js";
import { el } from "./dom.js";
import { t } from "./say.js";

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What an error is about, as a person says it: the package names it in English, and a file's lines by number. */
function fieldWord(field: string): string {
  const [, line, column] = /^line (\d+)(?:, (.+))?$/.exec(field) ?? [];
  if (line !== undefined) return column === undefined ? t`line ${line}` : t`line ${line}, ${column}`;
  return (
    {
      block: t`block`,
      carrier: t`kind of energy`,
      file: t`file`,
      key: t`key`,
      period: t`period`,
      worker: t`worker`,
    }[field] ?? field
  );
}

/** What went wrong, in a sentence that a person who is no programmer can use. */
export function words(error: unknown): string {
  if (typeof error === "string") return error;
  if (!(error instanceof GridclearError)) return error instanceof Error ? error.message : String(error);
  if (error.code === "unsupported")
    return /WebAssembly|wasm|module/i.test(error.message)
      ? t`This browser does not let the page compute: WebAssembly is switched off, by a setting or by whoever manages it. Another browser will do.`
      : t`The part of the page that computes has stopped, or could not be started. Try again; if that does not help, reload the page.`;
  const got = typeof error.value === "string" ? error.value : error.got;
  const field = capital(fieldWord(error.field));
  return t`${field}: ${error.wanted} is needed, but there is “${got}”.`;
}

/** A place for what went wrong, with a button to try again. Hidden until something has. */
export function createTrouble(retry: () => void): {
  readonly element: HTMLElement;
  /** Shows what could not be done and why; null: nothing went wrong. */
  show(what: string, error: unknown): void;
  hide(): void;
} {
  const text = el("p", {});
  const element = el(
    "div",
    { class: "notice bad", role: "alert", hidden: true },
    text,
    el("p", {}, el("button", { type: "button", class: "button", onclick: retry }, t`Try again`)),
  );
  return {
    element,
    show(what, error) {
      text.textContent = `${what} ${words(error)}`;
      element.hidden = false;
    },
    hide() {
      element.hidden = true;
    },
  };
}
