/** Changes a copy of a block as somebody would who wants to cheat: one bit, and the roots repaired if asked. */
import { fail } from "../../errors.js";
import { type Block, decodeBlock, describeSection, encodeBlock } from "../../ledger/format/block.js";
import { type Header, headerLayout } from "../../ledger/format/header.js";
import { offsetsOf } from "../../ledger/format/layout.js";
import { orderLayout, tradeLayout } from "../../ledger/format/records.js";
import { isStateSection, sectionLayouts, sectionNames } from "../../ledger/format/sections.js";
import type { Hasher } from "../../ledger/tree/hasher.js";
import { t } from "../say.js";
import { sectionStart } from "./offsets.js";

/** What a person may change about a block. */
export type Target = "price" | "quantity" | "order" | "fee" | "timestamp" | "random";

const order = /* @__PURE__ */ offsetsOf(orderLayout);
const trade = /* @__PURE__ */ offsetsOf(tradeLayout);

/** The byte of a block that a target names: the second lowest of its field, so that the change can be seen. */
export function byteOf(block: Block, bytes: Uint8Array, target: Target, random: number): number {
  const inRecord = (section: "orders" | "trades", offset: number): number => {
    const layout = sectionLayouts[section];
    const { count } = block.header.sections[section];
    if (count === 0)
      fail(
        "refused",
        t`block ${block.header.height}`,
        section === "orders" ? t`an order to change` : t`a trade to change`,
        t`none: choose another`,
      );
    return sectionStart(block, section) + Math.floor(random * count) * layout.bytes + offset + 1;
  };
  switch (target) {
    case "price":
      return inRecord("trades", trade.usePrice);
    case "quantity":
      return inRecord("trades", trade.quantity);
    case "order":
      return inRecord("orders", order.quantity);
    case "fee":
      return inRecord("trades", trade.useFee);
    case "timestamp":
      return offsetsOf(headerLayout).timestampMs + 2;
    case "random":
      return Math.floor(random * bytes.length);
  }
}

/** Gives a changed block the roots its records now have, as a careful forger would. */
export function repairRoots(bytes: Uint8Array, other: Hasher): Uint8Array {
  const block = decodeBlock(bytes);
  const sections = Object.fromEntries(
    sectionNames.map((name) => {
      const described = block.header.sections[name];
      if (isStateSection(name)) return [name, described];
      return [name, describeSection(name, block.sections[name], block.secret, other)];
    }),
  ) as Header["sections"];
  return encodeBlock({ ...block, header: { ...block.header, sections } });
}
