#!/usr/bin/env node
import { runCli } from "#cli";

// The server's rooms are read only by the commands that start one.
process.exitCode = await runCli(process.argv.slice(2), {
  openIdentities: async (dataDir) => (await import("#main")).openIdentities(dataDir),
  startServer: async (options) => (await import("#main")).startServer(options),
});
