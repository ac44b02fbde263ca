import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where the programs of the judge are made. */
export const module = join(import.meta.dirname, "..", "test", "judge");
/** Their release of Kubernetes. */
export const [, release] = /k8s\.io\/kubernetes v(\S+)/.exec(readFileSync(join(module, "go.mod"), "utf8"));
/** Where they are once they are made. */
export const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lido", "judge", release);
