import init from "./aks-preview/__init__.py";
import commands from "./aks-preview/commands.py";
import custom from "./aks-preview/custom.py";
import table from "./aks-preview/table.py";
import type { PythonPackage } from "./wheel.ts";

/** The az that is known to hold what the extension builds on. */
export const MIN_CLI_VERSION = "2.45.0";

/** What az itself reads of an extension. */
export const AZEXT_METADATA = { "azext.isPreview": true, "azext.minCliCoreVersion": MIN_CLI_VERSION } as const;

/**
 * The extension that the article installs: `--enable-vmss`, the table of pools with the columns of 2019, and `nodepool
 * upgrade` on az 2.45.0. Its version is that of May 2019 and a number that grows with every change of its files.
 */
export const AKS_PREVIEW: PythonPackage = {
  name: "aks-preview",
  version: "0.4.1.post1",
  summary: "What the article on multiple node pools of 2019 needs of aks-preview, for the az of today. From Lido, not from Microsoft.",
  module: "azext_aks_preview",
  files: {
    "__init__.py": init,
    "azext_metadata.json": JSON.stringify(AZEXT_METADATA),
    "commands.py": commands,
    "custom.py": custom,
    "table.py": table,
  },
};
