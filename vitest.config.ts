import { readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";

/** Python sources and tables of words are text, as tools/build.mjs bundles them. */
const plugins = [
  {
    name: "files-as-text",
    // Before Vite's own rule, by which a text file is an address.
    enforce: "pre" as const,
    load: (id: string) => (/\.(py|txt)$/.test(id) ? `export default ${JSON.stringify(readFileSync(id, "utf8"))};` : undefined),
  },
];

// "check" is what `npm run check` runs: no process is started, no socket leaves the test's own process.
// "server" starts real servers on port 0; "e2e" drives them with real clients found on the machine.
export default defineConfig({
  test: {
    pool: "threads",
    projects: [
      {
        plugins,
        test: {
          name: "check",
          include: ["src/**/*.test.ts", "tools/**/*.test.ts", "test/conformance/**/*.test.ts", "test/simulation/**/*.test.ts"],
          // A machine that does other work at the same time is no fault.
          testTimeout: 30_000,
        },
      },
      {
        plugins,
        test: { name: "server", include: ["test/server/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false },
      },
      {
        plugins,
        // Clients spend much of their time in waiting; each file has a server and folders of its own.
        test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 120_000, maxWorkers: 3 },
      },
    ],
  },
});
