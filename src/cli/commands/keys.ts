import { parseArgs } from "node:util";
import { hex } from "../../bytes.js";
import { fail } from "../../errors.js";
import { openSignatures } from "../../ledger/keys/signature.js";
import { formatKey, ledgerKeyKind, witnessKeyKind } from "../../ledger/proof/checkpoint.js";
import { plainHasher } from "../../ledger/tree/plain.js";
import type { Command, Io } from "../command.js";
import { type KeyFile, readKeyFile, writeKeyFile } from "../parts/keyfile.js";

const usage = `Usage: gridclear keys make FILE [--name NAME] [--json]
       gridclear keys show FILE [--json]

Makes an Ed25519 key for a participant, a gateway, a platform or a witness, or shows the public half of one.

make    writes a new key to FILE, readable for its owner alone (mode 600); a file that is there is never overwritten
show    prints what others need: the public key, as it stands in contracts, and as lines for checkpoints
--name  name of the key in checkpoints: printable ASCII, no blank, no + (default: key)

The file holds the secret: whoever has it can sign in your name. It is not encrypted.
`;

/** `gridclear keys`: makes and shows signing keys. */
export const keysCommand: Command = {
  name: "keys",
  summary: "make a signing key, or show its public half",
  usage,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { name: { type: "string" }, json: { type: "boolean", default: false } },
    });
    const [action, file, ...others] = positionals;
    if ((action !== "make" && action !== "show") || file === undefined || others.length > 0)
      return fail("invalid", "arguments", "make FILE or show FILE", positionals.join(" "));
    if (action === "show") {
      if (values.name !== undefined)
        return fail("invalid", "--name", "nothing: the file has the name", values.name);
      show(await readKeyFile(file), values.json, io);
      return 0;
    }
    const signatures = await openSignatures();
    const made = { name: values.name ?? "key", key: await signatures.generate() };
    formatKey(plainHasher, { name: made.name, publicKey: made.key.publicKey }, witnessKeyKind); // refuses a bad name first
    await writeKeyFile(file, made.name, made.key);
    show(made, values.json, io);
    return 0;
  },
};

function show({ name, key }: KeyFile, json: boolean, io: Io): void {
  const named = { name, publicKey: key.publicKey };
  const witness = formatKey(plainHasher, named, witnessKeyKind);
  const ledger = formatKey(plainHasher, named, ledgerKeyKind);
  if (json) io.out(`${JSON.stringify({ name, publicKey: hex(key.publicKey), witness, ledger })}\n`);
  else
    io.out(
      `name        ${name}\npublic key  ${hex(key.publicKey)}\nas witness  ${witness}\nas ledger   ${ledger}\n`,
    );
}
