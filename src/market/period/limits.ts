/**
 * How much one period can hold. Everything that comes from outside is refused beyond these counts when it comes, and
 * settlement puts off what would be too much, so that sealing a period never fails for want of room. Under them, and
 * under `maxParties` names of each sort, no section passes `maxSectionBytes` and no block `maxBlockBytes`;
 * test/market/period/limits.test.ts works that out.
 */

/** Most orders taken in one period, replaced ones included; so many of the largest quantity sum to less than 2⁵³. */
export const maxPeriodOrders: number = 1 << 20;
/** Most orders of one participant and carrier in one period: the first and 254 replacements. */
export const maxRevisions = 255;
/** Most readings taken in one period, corrections included. */
export const maxPeriodReadings: number = 1 << 20;
/** Most readings of one meter and metered period taken in one period. */
export const maxReadingRevisions = 8;
/** Most contracts that begin to hold in one period, and most bytes of them, each with its length. */
export const maxPeriodContracts: number = 1 << 20;
export const maxPeriodContractBytes: number = 1 << 27;
/**
 * Records of estimates in one period, as long as more than one metered period is due; a single one is settled whole.
 */
export const maxEstimates: number = 1 << 21;
