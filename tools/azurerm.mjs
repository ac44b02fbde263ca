// `npm run azurerm`: builds the azurerm provider as a Go module, for test/e2e/terraform.test.ts. It takes 10 to 20 minutes and two
// gigabytes of disk, so nothing calls it by itself; once built it stays. Prints where the provider is.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Release 5.2.0: its tag is no version of the module, so the module proxy knows it by its commit. */
const RELEASE = "5.2.0";
const MODULE = "github.com/hashicorp/terraform-provider-azurerm";
const VERSION = "v1.44.1-0.20260824201233-fae580791926";

const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lido", "azurerm", RELEASE);
const provider = join(folder, "terraform-provider-azurerm");

if (!existsSync(provider)) {
  mkdirSync(folder, { recursive: true });
  const args = ["install", "-trimpath", "-ldflags", `-s -w -X ${MODULE}/version.ProviderVersion=${RELEASE}`, `${MODULE}@${VERSION}`];
  const { status, error } = spawnSync("go", args, { stdio: "inherit", env: { ...process.env, GOBIN: folder, CGO_ENABLED: "0" } });
  if (error !== undefined) console.error(`go could not be started: ${error.message}`);
  if (status !== 0) process.exit(1);
}
console.log(provider);
