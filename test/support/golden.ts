/**
 * The hashes of the worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "5f207aa3ac98e11c7f53f454bb1fe6cf00b9e7dead6ac7277052ba803644b38f",
  blocks: [
    "b30ebb0e80a4d8a465b4d986cd694b72b98c61b2164fd38c2e0c52a9684b8bf0",
    "e374310620e04b943179f191d7f089fec7683416485424758ad708c115372bd6",
    "d84a360a22be81ed4b0d44c3ab2e92b9ffca720f450b9d4bd2c6133a42a1d189",
  ],
  privateBlock: "f1370f4d0dee9f6e7226cccef182bbf383fdad52ef941714c0795347b4bee9bd",
  root: "4a8d83bed664b8fab3e95dbe434b8773840243fd41d2a7f8f8f02e9622faef1c",
};
