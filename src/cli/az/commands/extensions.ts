import { type AzCommand, text } from "../command.ts";
import { AzError } from "../grammar.ts";

const PREVIEW = "aks-preview";

/** `az extension …`: the commands of aks-preview that the article needs are part of this program, so nothing is installed. */
export const extensionCommands: readonly AzCommand[] = ["add", "update"].map((verb) => ({
  words: `extension ${verb}`,
  summary: `${verb === "add" ? "Add" : "Update"} an extension.`,
  options: [text("--name", "-n"), text("--yes", "-y")],
  async run({ terminal }, args) {
    const name = args.required("name");
    if (name !== PREVIEW) throw new AzError(`No extension found with name '${name}'`);
    terminal.say(`The installed extension '${PREVIEW}' is in preview.`);
  },
}));
