import type { Plant } from "./plants.mjs";

export const survivors: readonly (Plant & { readonly test: string })[];
