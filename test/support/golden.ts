/**
 * The hashes of the worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "b30ebb0e80a4d8a465b4d986cd694b72b98c61b2164fd38c2e0c52a9684b8bf0",
    "e374310620e04b943179f191d7f089fec7683416485424758ad708c115372bd6",
    "a45015cffeecad3dc71af6360dbf32f7c7cabe1c17d2336a0f03038ff94ee527",
  ],
  privateBlock: "d1476208ca813f660e82eaee4679ed1c728f39ee8394de1379d204916b6dc67b",
  root: "ad993cf8285c7e0ed4c26c626b1f1ef54d121cf7020bdafe9e7ad0641e20774a",
};
