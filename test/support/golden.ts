/**
 * The hashes of the three worked blocks of docs/ledger-format.md, version 1. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "774bf29a2fdf4864b59ba574544fc908dee79ef6039275df1eb8b04cfd65e5bb",
  blocks: [
    "130565bb11f9b8bd25cb80a9dd2b961ce887c638e1ca26525fa665c30c15ed3f",
    "0bc8f03e130c498ff26e740fe4533145193d0fa5ecbca6d3adb73ce3ac16ba41",
    "6c60634e0d7ba28e0ea97bff9175c70ab4e9a07a1af9a618f780b0a28887474e",
  ],
  root: "d496d3813b4f865d33d27acd720ba643c092e32482355bec69b8df3282d291fe",
};
