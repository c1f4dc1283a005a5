/**
 * The hashes of the three worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "dd38078d61fe7ba797d0e894721a4e3d84cd00d74bc13e6daa85749858626243",
    "f88837cba0853d06ef72f6e8d02be2a2a803efa88090e11d31dfc1f06de5e742",
    "3cf4daa517b187dec6be69bbc70539e9d0f06476d8797fa0b1e6e599f81a2b04",
  ],
  root: "e4c57ab0309c884876bb96533f614337478a40c10ebc9c1736779eefc9926dd4",
};
