/**
 * The hashes of the worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "b30ebb0e80a4d8a465b4d986cd694b72b98c61b2164fd38c2e0c52a9684b8bf0",
    "e374310620e04b943179f191d7f089fec7683416485424758ad708c115372bd6",
    "a6e8cd06b18e4bce31e4cd451f9f51488bdbf0042eda8cbc2870779051b894fd",
  ],
  privateBlock: "650bd40ea624a36f2eb74d2852f62252f5fa5e5e7c78967b8cc4717f0937b56a",
  root: "abafaaa6c401e0bb3521ca911202adc8920dc0f1868489bdb0abd533dd712f99",
};
