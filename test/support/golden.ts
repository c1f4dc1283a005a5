/**
 * The hashes of the worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "b30ebb0e80a4d8a465b4d986cd694b72b98c61b2164fd38c2e0c52a9684b8bf0",
    "e374310620e04b943179f191d7f089fec7683416485424758ad708c115372bd6",
    "60e255ff008d854a18e8b0f57489b75673b3c6a4b32ed6f7329db879f8b95297",
  ],
  privateBlock: "3b4e5c3960af061470e555e28aeea85d571c7f4cb7ee2ca3e1d8c2eda9642cce",
  root: "ed7a4fae7fe55d611293abdca62cbd6b19d1d917bd01a5798dd73e39099309d5",
};
