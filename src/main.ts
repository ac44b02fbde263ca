#!/usr/bin/env node
import { runCli } from "#cli";
import { startServer } from "#main";

process.exitCode = await runCli(process.argv.slice(2), { startServer });
