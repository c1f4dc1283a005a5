// Signatures by each backend, on a platform that has both.
import type { Signatures } from "../../../src/ledger/keys/backend.js";
import { plainEd25519 } from "../../../src/ledger/keys/ed25519.js";
import { openSignatures, strictSignatures } from "../../../src/ledger/keys/signature.js";

export const backends: readonly Signatures[] = [await openSignatures(), strictSignatures(plainEd25519)];
