// `npm run sim -- --seed N --seeds M --steps K [--trace]`: builds the simulation and runs M seeds from N on, K moves each.
import { runBundled } from "./bundled.mjs";

await runBundled("test/simulation/main.ts", "sim", { sourcemap: "inline" });
