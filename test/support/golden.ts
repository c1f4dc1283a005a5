/**
 * The hashes of the worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "b30ebb0e80a4d8a465b4d986cd694b72b98c61b2164fd38c2e0c52a9684b8bf0",
    "e374310620e04b943179f191d7f089fec7683416485424758ad708c115372bd6",
    "0c6c038fe6ad94e733869f34df338b1779dbaa4605265bec2582888c7443f3a9",
  ],
  privateBlock: "33e50e5957b51737eba398d4b485cff84fbf886ad683aff8f49eab541301fffb",
  root: "b8086231f1cea9da014b1f7c744558c06b2acf988ea75ef0946ac10fb773e188",
};
