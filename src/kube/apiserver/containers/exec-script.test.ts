import { describe, expect, it } from "vitest";
import { ScriptError, scriptedAnswer } from "./exec-script.ts";

const SCRIPT = `
- command: nginx -v
  stderr: "nginx version: nginx/1.25\\n"
- command: [sh, -c, "exit 3"]
  exitCode: 3
- command: [sh, -c, "*"]
  stdout: "anything\\n"
- command: cat "*"
- command: "*"
  stdout: "else\\n"
`;

describe("scripted answers", () => {
  it.each([
    { command: ["nginx", "-v"], want: { stdout: "", stderr: "nginx version: nginx/1.25\n", exitCode: 0 } },
    { command: ["sh", "-c", "exit 3"], want: { stdout: "", stderr: "", exitCode: 3 } },
    { command: ["sh", "-c", "echo hi; ls"], want: { stdout: "anything\n", stderr: "", exitCode: 0 } },
    { command: ["sh"], want: { stdout: "else\n", stderr: "", exitCode: 0 } },
    { command: ["nginx", "-v", "-x"], want: { stdout: "else\n", stderr: "", exitCode: 0 } },
  ])("$command", ({ command, want }) => {
    expect(scriptedAnswer(SCRIPT, command)).toEqual(want);
  });

  it("say nothing of what they do not know", () => {
    expect(scriptedAnswer("- command: ls", ["cat"])).toBeUndefined();
    expect(scriptedAnswer("[]", ["cat"])).toBeUndefined();
  });

  it.each(["", "a: 1", "- 1", "- stdout: x", "- {command: ls, exitCode: 256}", "- {command: ls, stdout: 3}", "[", "- &a [*a]"])(
    "cannot be read from %j",
    (script) => {
      expect(() => scriptedAnswer(script, ["ls"])).toThrow(ScriptError);
    },
  );
});
