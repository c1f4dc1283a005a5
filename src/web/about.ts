/** The foot of the page: which version it is, under which licence, and where there is more. */
import { el } from "./dom.js";
import { t } from "./say.js";

declare const __ABOUT__: {
  readonly version: string;
  readonly license: string;
  /** Address of the source; null where `package.json` named none when the page was built. */
  readonly source: string | null;
  readonly documents: readonly string[];
};

/** The version of the package that the page was built from. */
export const version: string = typeof __ABOUT__ === "undefined" ? "" : __ABOUT__.version;

const titles: Readonly<Record<string, string>> = {
  page: t`About this page`,
  "market-rules": t`The market rules`,
  "ledger-format": t`The ledger’s format`,
};

/** Fills the foot. Links are relative, so that they work wherever the page is put. `along`: what is taken along. */
export function showAbout(host: HTMLElement, along: () => void): void {
  const { version, license, source, documents } = __ABOUT__;
  const link = (href: string, text: string): HTMLElement => el("a", { href }, text);
  const links = [
    ...documents.map((name) => link(`./docs/${name}.txt`, titles[name] ?? name)),
    ...(source === null ? [] : [link(source, t`Source`)]),
    link("./docs/license.txt", t`Licence: ${license}`),
  ];
  const take = el("button", { type: "button", class: "button plain", onclick: along }, t`Cite, embed, code`);
  host.append(`gridclear ${version}`, ...links.flatMap((each) => [" · ", each]), " ", take);
}
