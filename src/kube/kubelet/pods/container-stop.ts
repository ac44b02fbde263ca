import { SIGKILL_EXIT, stopMs, stoppedExitCode } from "./behaviour.ts";
import { type ContainerRecord, endContainer } from "./containers.ts";
import type { PodWorker } from "./pod-worker.ts";

/**
 * Stops containers that run, all of them unless some are named, each in its own time and within the grace; then goes on.
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer.
 */
export function stopContainers(worker: PodWorker, graceSeconds: number, then: () => void, named?: readonly ContainerRecord[]): void {
  const { parts, pod, node } = worker;
  const running = (named ?? worker.containers).filter(({ state }) => state === "running");
  let longestMs = 0;
  const ends = running.map((each) => {
    each.life?.end();
    const ms = stopMs(pod, each);
    const inTime = ms <= graceSeconds * 1000;
    longestMs = Math.max(longestMs, Math.min(ms, graceSeconds * 1000));
    // Who stops some says why it does.
    if (named === undefined) worker.record("Killing", node.release.killing(each.name, `${node.runtimeName}://${each.name}`), each.name);
    return { each, exitCode: inTime ? stoppedExitCode(pod) : SIGKILL_EXIT };
  });
  const finish = (): void => {
    if (worker.isFinished) return;
    for (const { each, exitCode } of ends) if (each.state === "running") endContainer(each, { exitCode }, parts.clock.now());
    then();
  };
  const waitMs = parts.pace(longestMs);
  if (waitMs <= 0) finish();
  else parts.agenda.after(waitMs, finish);
}
