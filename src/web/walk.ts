/**
 * `<gridclear-walk link="#/period?seed=5">`: the walk through a period, on any page that loads this module. It is a
 * frame of the host of the module, as high as what it shows; nothing of the page around it is read.
 */
export {};

/** Where this module lies: the walk lies beside it, under a name of its own. */
const here = import.meta.url;
/** Highest frame, in pixels. */
const most = 4_000;

class Walk extends HTMLElement {
  static readonly observedAttributes = ["link", "language"];
  readonly #frame = document.createElement("iframe");

  readonly #hear = ({ source, data }: MessageEvent): void => {
    if (source !== this.#frame.contentWindow) return;
    const height: unknown = (data as { readonly gridclearHeight?: unknown } | null)?.gridclearHeight;
    if (typeof height === "number" && height > 0)
      this.#frame.height = String(Math.min(most, Math.ceil(height)));
  };

  connectedCallback(): void {
    this.#frame.title = this.getAttribute("title") ?? "gridclear";
    this.#frame.width = "100%";
    this.#frame.height = "720";
    this.#frame.loading = "lazy";
    this.#frame.style.border = "0";
    this.style.display = "block";
    this.#point();
    addEventListener("message", this.#hear);
    this.replaceChildren(this.#frame);
  }

  disconnectedCallback(): void {
    removeEventListener("message", this.#hear);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#point();
  }

  /** Points the frame at the walk of the link. */
  #point(): void {
    const address = new URL("./embed.html", here);
    const language = this.getAttribute("language");
    if (language !== null) address.searchParams.set("language", language);
    address.hash = this.getAttribute("link") ?? "#/period";
    if (this.#frame.src !== address.href) this.#frame.src = address.href;
  }
}

if (customElements.get("gridclear-walk") === undefined) customElements.define("gridclear-walk", Walk);
