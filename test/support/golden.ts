/**
 * The hashes of the three worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "1439bea50786ff7a26826e321b9b312439eceece77660a616f9132437f0f4096",
    "7ddf4af0cc23d78257c106637d38bc1980e9ff9d478ed5f03b7ed446b7b28d32",
    "9fe0b209f304d5454ebfd9f67e3c0a9ca3699c31cce43e715b5e2d023c908463",
  ],
  root: "cbf4b21df63a9bff027eaee3ad09f3245d2c54c51ef3f231c5796eb7b876ae0c",
};
