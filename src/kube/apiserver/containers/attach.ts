import type { Pod } from "#api/kubernetes/core";
import { parseTime } from "#kube/apimachinery";
import type { Core } from "../core.ts";
import type { Answer } from "../request.ts";
import { success } from "../status.ts";
import { entryKey } from "../storage/storage.ts";
import type { ResourceCall } from "../verbs/single.ts";
import { runningContainer } from "./exec.ts";
import { followLog, linesOf } from "./log.ts";
import { commandSession, streamsOf } from "./streams.ts";
import { statusOf } from "./target.ts";

/**
 * Shows what a container writes from now until it ends.
 * Differs from AKS: what is typed reaches no process.
 * @throws {StatusError} as exec does.
 * Source: pkg/registry/core/pod/strategy.go, AttachLocation.
 */
export function podAttach(core: Core, call: ResourceCall): Answer {
  const { resource, info } = call;
  const target = runningContainer(core, call);
  const startedMs = parseTime(statusOf(target)?.state?.running?.startedAt) ?? 0;
  const lines = linesOf(core, target, { startedMs, finishedMs: undefined });
  const current = (): Pod | undefined => resource.cache.get(entryKey(info.namespace, info.name))?.object as Pod | undefined;
  const budget = { isSpent: false, take: (text: string): string => text };
  const session = commandSession(streamsOf(call.request.query), ({ stdout, end }) => {
    const sink = { write: stdout, end: () => end(success(0)) };
    return followLog(core, { sink, target, lines, options: { timestamps: false }, budget, current });
  });
  return { kind: "session", session };
}
