import { describe, expect, it } from "vitest";
import { plainCommand } from "./plain-command.ts";

const ENDLESS = { seconds: Number.POSITIVE_INFINITY, exitCode: 0 };

describe("plainCommand", () => {
  it.each<{ words: string[]; want: object | undefined }>([
    { words: ["sleep", "30"], want: { seconds: 30, exitCode: 0 } },
    { words: ["/bin/sleep", "1.5m", "2s"], want: { seconds: 92, exitCode: 0 } },
    { words: ["sleep", "infinity"], want: ENDLESS },
    { words: ["tail", "-f", "/dev/null"], want: ENDLESS },
    { words: ["true"], want: { seconds: 0, exitCode: 0 } },
    { words: ["/bin/false"], want: { seconds: 0, exitCode: 1 } },
    { words: ["echo", "hello"], want: { seconds: 0, exitCode: 0 } },
    { words: ["sh", "-c", "echo 'a; b'"], want: undefined },
    { words: ["sh", "-c", "echo Hello Kubernetes! && sleep 3600"], want: { seconds: 3600, exitCode: 0 } },
    { words: ["/bin/sh", "-ec", "sleep 5; exit 3"], want: { seconds: 5, exitCode: 3 } },
    { words: ["bash", "-c", "sleep 1\nfalse && sleep 9"], want: { seconds: 1, exitCode: 1 } },
    { words: ["sh", "-c", "false; true"], want: { seconds: 0, exitCode: 0 } },
    { words: ["sh", "-c", "while true; do date; sleep 5; done"], want: ENDLESS },
    { words: ["sh", "-c", "until nslookup db; do sleep 2; done"], want: undefined },
    { words: ["sh", "-c", "sleep $N"], want: undefined },
    { words: ["sh", "-c", "sleep 1 || exit 2"], want: undefined },
    { words: ["sh", "-c", "sleep 10 &"], want: undefined },
    { words: ["sh", "-c", "exit 256"], want: undefined },
    { words: ["sh"], want: undefined },
    { words: ["sleep"], want: undefined },
    { words: ["sleep", "long"], want: undefined },
    { words: ["perl", "-e", "print 1"], want: undefined },
    { words: [], want: undefined },
  ])("$words", ({ words, want }) => {
    expect(plainCommand({ command: words })).toEqual(want);
    expect(plainCommand({ args: words })).toEqual(want);
  });
});
