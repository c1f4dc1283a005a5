/** `gridclear keys`: makes a signing key, or shows the public half of one. */
import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { formatKey, ledgerKeyKind, witnessKeyKind } from "../../ledger/proof/checkpoint.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import { type Command, defineCommand, type Io } from "../command.js";
import { type KeyFile, readKeyFile, writeKeyFile } from "../parts/keyfile.js";

/** `gridclear keys`: makes and shows signing keys. */
export const keysCommand: Command = defineCommand({
  name: "keys",
  summary: "make a signing key, or show its public half",
  forms: ["make FILE [--name NAME] [--json]", "show FILE [--json]"],
  about:
    "Makes an Ed25519 key for a participant, a gateway, a platform or a witness, or shows the public half of one.\n\nThe file holds the secret: whoever has it can sign in your name. It is not encrypted. No message of this program shows what stands in it.",
  arguments: [
    {
      name: "make|show",
      help: "make writes a new key, readable for its owner alone (mode 600), and never over a file that is there; show prints what others need: the public key, as it stands in contracts, and as lines for checkpoints",
    },
    { name: "FILE", help: "the key file" },
  ],
  options: {
    name: {
      value: "NAME",
      help: "name of the key in checkpoints: printable ASCII, no blank, no + (default: key)",
    },
    json: { help: "one JSON document on standard output" },
  },
  exits: { 0: "done" },
  async run({ arguments: [action, file], options }, io) {
    if (action === "show") {
      if (options.name !== undefined)
        return fail("invalid", "--name", "nothing: the file has the name", options.name);
      show(await readKeyFile(file!), options.json, io);
      return 0;
    }
    // The word is not shown: it may be what somebody took for the place of a secret.
    if (action !== "make") return fail("invalid", "arguments", "make FILE or show FILE", "another word");
    const signatures = await openSignatures();
    const made = { name: options.name ?? "key", key: await signatures.generate() };
    // Refuses a bad name before there is a file.
    formatKey({ name: made.name, publicKey: made.key.publicKey }, witnessKeyKind, plainHasher);
    await writeKeyFile(file!, made.name, made.key);
    show(made, options.json, io);
    return 0;
  },
});

function show({ name, key }: KeyFile, json: boolean, io: Io): void {
  const named = { name, publicKey: key.publicKey };
  const witness = formatKey(named, witnessKeyKind, plainHasher);
  const ledger = formatKey(named, ledgerKeyKind, plainHasher);
  if (json) io.out(`${JSON.stringify({ name, publicKey: hex(key.publicKey), witness, ledger })}\n`);
  else
    io.out(
      `name        ${name}\npublic key  ${hex(key.publicKey)}\nas witness  ${witness}\nas ledger   ${ledger}\n`,
    );
}
