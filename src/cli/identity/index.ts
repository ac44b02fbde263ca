import { type Command, Option } from "commander";
import type { IdentitiesFile } from "#api/identities";
import { defaultDataDir } from "../address.ts";
import { type AddFlags, addApplication, addManagedIdentity, addUser } from "./add.ts";
import { listIdentities, removeIdentity, showIdentity } from "./find.ts";

/** What the command needs of the composition root. */
interface Parts {
  readonly openIdentities: (dataDir: string) => Promise<IdentitiesFile>;
}

type Run = (file: IdentitiesFile, names: readonly string[], flags: AddFlags) => Promise<number> | number;

/** Adds `lido identity`: who may sign in, kept in a file of the data directory, whether a server runs or not. */
export function addIdentity(program: Command, { openIdentities }: Parts, done: (code: number) => void): void {
  const identity = program.command("identity").description("say who may sign in; works while a server runs and while none does");
  const on = (usage: string, description: string, run: Run): Command =>
    identity
      .command(usage)
      .description(description)
      .addOption(new Option("--data-dir <dir>", "folder of the server").default(defaultDataDir()))
      .action(async (...args: readonly unknown[]) => {
        const flags = args[args.length - 2] as AddFlags & { readonly dataDir: string };
        const names = args.slice(0, -2).filter((name) => typeof name === "string");
        done(await run(await openIdentities(flags.dataDir), names, flags));
      });

  on("list", "print everyone", (file) => listIdentities(file));
  on("show <name>", "print one, by name or id, without secrets", (file, [name = ""]) => showIdentity(file, name));
  on("remove <name>", "take one away, by name or id", (file, [name = ""]) => removeIdentity(file, name));
  const app = on("add-app [name]", "add an application, or a credential to one; prints what signs in as it", (file, [name], flags) =>
    addApplication(file, name, flags),
  );
  app
    .option("--client-id <guid>", "its client id; a new one when left out")
    .option("--secret <text>", "its secret; a new one when no credential is given")
    .option("--expires <time>", "when the secret ends: 2027-01-31T12:00:00Z")
    .option("--certificate <file>", "certificate (PEM) whose key signs its assertions")
    .option("--federated-issuer <url>", "issuer of tokens that stand for it, with --federated-subject and --federated-keys")
    .option("--federated-subject <text>", "subject of those tokens")
    .option("--federated-audience <text>", "audience of those tokens; api://AzureADTokenExchange when left out")
    .option("--federated-keys <file>", "the issuer's public keys: PEM or a JSON Web Key Set");
  const user = on("add-user <name>", "add a user, such as ada@lido.local, or give one another password", (file, [name = ""], flags) =>
    addUser(file, name, flags),
  );
  user.option("--password <text>", "the user's password; a new one is made and printed when left out");
  const managed = on("add-managed-identity <name>", "add a user-assigned managed identity", (file, [name = ""], flags) =>
    addManagedIdentity(file, name, flags),
  );
  managed.option("--client-id <guid>", "its client id").option("--resource-id <id>", "full id of the resource that it is");
  for (const command of [app, user, managed]) {
    command
      .option("--role <role>", "name or GUID of a role that it has from the start")
      .option("--scope <id>", "where it has the role; every subscription when left out");
  }
}
