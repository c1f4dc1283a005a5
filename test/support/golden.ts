/**
 * The hashes of the three worked blocks of docs/ledger-format.md, version 2. They never change: a change of format is a
 * new version, with hashes of its own.
 */
export const golden = {
  marketId: "774bf29a2fdf4864b59ba574544fc908dee79ef6039275df1eb8b04cfd65e5bb",
  blocks: [
    "130565bb11f9b8bd25cb80a9dd2b961ce887c638e1ca26525fa665c30c15ed3f",
    "0bc8f03e130c498ff26e740fe4533145193d0fa5ecbca6d3adb73ce3ac16ba41",
    "e4536d73b5481bcdff637cdd615c6de1272128c85af0f872b7f270d499da4e9e",
  ],
  root: "3049e8475edec4373e143af0f79bc846e7117e9275a354e3d63ac912f9b980f3",
};
