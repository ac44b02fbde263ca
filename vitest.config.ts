import { defineConfig } from "vitest/config";

// "check" is what `npm run check` runs: no process is started, no socket leaves the test's own process.
// "server" starts real servers on port 0; "e2e" drives them with real clients found on the machine.
export default defineConfig({
  test: {
    pool: "threads",
    projects: [
      {
        test: {
          name: "check",
          include: ["src/**/*.test.ts", "tools/**/*.test.ts", "test/conformance/**/*.test.ts", "test/simulation/**/*.test.ts"],
        },
      },
      { test: { name: "server", include: ["test/server/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, fileParallelism: false } },
      { test: { name: "e2e", include: ["test/e2e/**/*.test.ts"], testTimeout: 300_000, hookTimeout: 120_000, fileParallelism: false } },
    ],
  },
});
