// `npm run judge [-- COMMAND...]`: starts a real Kubernetes control plane on this machine, made of Go modules, and runs the command
// with its kubeconfig in KUBECONFIG and LIDO_TEST_KUBECONFIG; without a command it runs until it is interrupted.
// `npm run judge -- --no-node-lifecycle [COMMAND...]`: does so without the node lifecycle controller.
// `npm run judge -- --kubectl`: builds kubectl of the same release and prints where it is.
// What is built stays: kubectl takes two minutes, the control plane ten.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { folder, module, release } from "./judge-folder.mjs";

/** Where the program is; built first where it is not there. Ends this process with 1 when that fails. */
function built(name) {
  const program = join(folder, name);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const [major, minor] = release.split(".");
  const facts = { gitVersion: `v${release}`, gitMajor: major, gitMinor: minor };
  const flags = Object.entries(facts).map(([fact, value]) => `-X k8s.io/component-base/version.${fact}=${value}`);
  const partial = `${program}.${process.pid}`;
  const args = ["build", "-p", "2", "-trimpath", "-ldflags", `-s -w ${flags.join(" ")}`, "-o", partial, `./${name}`];
  const { status, error } = spawnSync("go", args, { cwd: module, stdio: ["ignore", 2, 2], env: { ...process.env, CGO_ENABLED: "0" } });
  if (error !== undefined) console.error(`go could not be started: ${error.message}`);
  if (status !== 0) process.exit(1);
  renameSync(partial, program);
  return program;
}

if (process.argv[2] === "--kubectl") {
  console.log(built("kubectl"));
} else {
  // Loaded here: kubectl is built before npm's packages are there.
  const { runBundled } = await import("./bundled.mjs");
  process.argv.splice(2, 0, built("controlplane"));
  await runBundled("test/judge/main.ts", "judge");
}
