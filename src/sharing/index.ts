/**
 * `gridclear/sharing`: what a community's members receive of the energy that was metered among them, by a key
 * (docs/sharing.md). It needs neither engine nor market.
 *
 * @module gridclear/sharing
 */
export type { NamedSharingKey } from "./namedkey.js";
export {
  maxSharing,
  type ReceivingKey,
  type Sharing,
  type SharingKey,
  type SharingReadings,
  share,
  sharingKeys,
} from "./share.js";
