import type { App } from "../app.js";
import { el, freshId } from "../dom.js";
import type { Control } from "./fields.js";

/** Takes the person's own orders: a file chosen, or dropped anywhere on the page. */
export function ownOrders(app: App): Control {
  const says = el("p", {});
  const mostBytes = 64 * 1024 * 1024;
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    if (file.size > mostBytes) {
      says.textContent = "That file is larger than 64 MiB.";
      return;
    }
    app.bringOrders({ name: file.name, text: await file.text() });
  };
  const input = el("input", {
    type: "file",
    accept: ".csv,text/csv",
    class: "unseen",
    id: freshId("file"),
    onchange: () =>
      void take(input.files?.[0]).then(() => {
        input.value = "";
      }),
  });
  const choose = el(
    "button",
    { type: "button", class: "button", onclick: () => input.click() },
    "Choose a CSV",
  );
  const back = el(
    "button",
    { type: "button", class: "button plain", onclick: () => app.bringOrders(null) },
    "Back to the community",
  );
  input.tabIndex = -1;
  const element = el(
    "fieldset",
    {},
    el("legend", {}, "Your own orders"),
    el(
      "div",
      { class: "drop" },
      says,
      el("label", { class: "unseen", for: input.id }, "Order file"),
      input,
      el("div", { class: "row" }, choose, back),
    ),
  );
  const zone = element.querySelector(".drop")!;
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  document.addEventListener("dragleave", () => zone.classList.remove("over"));
  document.addEventListener("drop", (event: DragEvent) => {
    event.preventDefault();
    zone.classList.remove("over");
    void take(event.dataTransfer?.files[0]);
  });
  return {
    element,
    follow: () => {
      says.textContent = app.ownOrders
        ? `Showing ${app.ownOrders.name}.`
        : "Drop a CSV with side, id, quantity and price anywhere on the page. It stays in this browser.";
      back.hidden = app.ownOrders === null;
    },
  };
}
