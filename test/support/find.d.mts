/** Flags that a headless Chromium needs in a container without network. */
export const launchFlags: string[];
/** Path of a Chromium executable; installs one when there is none. Throws with what to do when it can't. */
export function findChromium(): string;
/** Path of a Firefox executable; installs one when there is none. Null where it can't. */
export function findFirefox(): string | null;
