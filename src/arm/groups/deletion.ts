import type { Clock, Logger, Pace } from "#lib";
import { type Documents, MAX_ATTEMPTS, openDocuments, type Store } from "#store";
import { armErrors } from "../errors.ts";
import { jobPart } from "../job-token.ts";
import { type GenericResource, type ResourceProvider, ArmError, ProviderError } from "../provider.ts";
import { type Group, type Groups, groupKey } from "./groups.ts";

/** The deletion of a group, found again by the id in its Location header. */
export interface DeletionJob {
  readonly id: string;
  readonly subscriptionId: string;
  readonly group: string;
  readonly location: string;
  readonly startMs: number;
  readonly endMs?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Deletes groups: first what is in them, then what that manages, then the group itself. */
export interface GroupDeletion {
  /** Marks the group as Deleting and begins; once more for a group that is being deleted changes nothing. */
  begin(group: Group): Promise<DeletionJob>;
  /** @throws {ArmError} 404 for an id that is none. */
  job(subscriptionId: string, id: string): DeletionJob;
  /** Goes on with every deletion that was under way when the program ended. */
  resume(): void;
  stop(): Promise<void>;
}

/**
 * What the deletion of a group takes at least, through the pace: clients that do not wait see it Deleting.
 * Source: recorded `az group delete --no-wait` of an empty group: Deleting at once, gone a minute later at the latest.
 */
const SHORTEST_DELETION_MS = 15_000;
/** First pause between two looks at what is left in a group; it doubles up to the longest. */
const FIRST_LOOK_MS = 20;
const LONGEST_LOOK_MS = 1000;
/** Refusals to delete one resource after which the group is given up and becomes usable again. */
const MAX_REFUSALS = 5;
/** Finished jobs kept at most; the oldest go first. */
const MAX_JOBS = 1000;

/** What a deletion works on. */
export interface DeletionOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly pace: Pace;
  readonly log: Logger;
  readonly groups: Groups;
  readonly providers: () => readonly ResourceProvider[];
  /** What else goes with a group: called once when it is empty. */
  readonly onEmpty: (group: Group) => Promise<void>;
}

/** Opens the deletions that the store holds; none goes on before {@link GroupDeletion.resume}. */
export async function openGroupDeletion(options: DeletionOptions): Promise<GroupDeletion> {
  const { store, clock, pace, log, groups } = options;
  const jobs = await openDocuments<DeletionJob>(store, "/arm/group-deletions/");
  const abort = new AbortController();
  const running = new Map<string, Promise<void>>();

  function run(group: Group, job: DeletionJob): void {
    const key = groupKey(group.subscriptionId, group.name);
    if (running.has(key) || abort.signal.aborted) return;
    const work = Promise.all([empty(group, options, abort.signal), clock.sleep(pace(SHORTEST_DELETION_MS), abort.signal)])
      .then(([error]) => finish({ group, job, error }, jobs, options))
      .catch((error: unknown) => {
        if (!abort.signal.aborted) log.error("the deletion of a resource group broke off", { group: key, error });
      })
      .finally(() => running.delete(key));
    running.set(key, work);
  }

  return {
    async begin({ subscriptionId, name }) {
      const { group, job } = await mark(subscriptionId, name, { jobs, ...options });
      run(group, job);
      return job;
    },
    job(subscriptionId, id) {
      const job = jobs.get(jobKey(subscriptionId, id))?.value;
      if (job === undefined) throw armErrors.operationNotFound();
      return job;
    },
    resume() {
      for (const { value: job } of jobs.list()) {
        const group = groups.find(job.subscriptionId, job.group);
        if (job.endMs === undefined && group?.provisioningState === "Deleting") run(group, job);
      }
    },
    async stop() {
      abort.abort(new Error("the program is stopping"));
      await Promise.all(running.values());
      jobs.close();
    },
  };
}

/** Stores that a group is to go: from here on a restart goes on with it. */
async function mark(
  subscriptionId: string,
  name: string,
  { store, clock, groups, jobs }: DeletionOptions & { readonly jobs: Documents<DeletionJob> },
): Promise<{ readonly group: Group; readonly job: DeletionJob }> {
  const key = groupKey(subscriptionId, name);
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const document = groups.documents.get(key);
    if (document === undefined) throw armErrors.groupNotFound(name);
    const group = document.value;
    const id = jobId(group.name, group.location);
    const present = jobs.get(jobKey(subscriptionId, id))?.value;
    if (group.provisioningState === "Deleting" && present !== undefined && present.endMs === undefined) return { group, job: present };
    const job: DeletionJob = { id, subscriptionId, group: group.name, location: group.location, startMs: clock.now() };
    const deleting: Group = { ...group, provisioningState: "Deleting" };
    const ops = [groups.documents.put(key, deleting), jobs.put(jobKey(subscriptionId, id), job)];
    const { succeeded } = await store.transact([groups.documents.unchanged(key, document)], ops);
    if (succeeded) return { group: deleting, job };
  }
  throw armErrors.groupChanging(name);
}

/** Resolves when nothing is left, with the refusal when something will not go. */
async function empty(group: Group, { providers, groups, clock, log }: DeletionOptions, signal: AbortSignal): Promise<DeletionJob["error"]> {
  const refusals = new Map<string, number>();
  for (let pauseMs = FIRST_LOOK_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_LOOK_MS)) {
    const left = contents(providers(), group);
    for (const { provider, resource } of left) {
      const error = await beginDelete(provider, resource);
      if (error === undefined) continue;
      const count = (refusals.get(resource.id) ?? 0) + 1;
      refusals.set(resource.id, count);
      log.warn("a resource refuses to be deleted with its group", { resource: resource.id, error });
      if (count >= MAX_REFUSALS) return error;
    }
    if (left.length === 0 && groups.managedFrom(group).length === 0) return undefined;
    await clock.sleep(pauseMs, signal);
  }
}

async function finish(
  { group, job, error }: { readonly group: Group; readonly job: DeletionJob; readonly error: DeletionJob["error"] },
  jobs: Documents<DeletionJob>,
  { store, clock, groups, onEmpty }: DeletionOptions,
): Promise<void> {
  const { subscriptionId, name } = group;
  const key = groupKey(subscriptionId, name);
  if (error === undefined) await onEmpty(group);
  const ended: DeletionJob = { ...job, endMs: clock.now(), ...(error === undefined ? {} : { error }) };
  const usable: Group = { ...group, provisioningState: "Succeeded" };
  const groupOp = error === undefined ? groups.documents.remove(key) : groups.documents.put(key, usable);
  await store.transact([], [groupOp, jobs.put(jobKey(subscriptionId, job.id), ended), ...surplus(jobs)]);
}

function contents(
  providers: readonly ResourceProvider[],
  { subscriptionId, name }: Group,
): readonly { readonly provider: ResourceProvider; readonly resource: GenericResource }[] {
  return providers.flatMap((provider) =>
    provider.resources({ subscriptionId, resourceGroup: name }).map((resource) => ({ provider, resource })),
  );
}

/** The refusal, if the provider refuses. */
async function beginDelete(
  provider: ResourceProvider,
  resource: GenericResource,
): Promise<{ readonly code: string; readonly message: string } | undefined> {
  try {
    await provider.beginDelete(resource);
    return undefined;
  } catch (error) {
    if (error instanceof ArmError) return { code: error.code, message: error.message };
    if (error instanceof ProviderError) return { code: error.response.body.code, message: error.message };
    throw error;
  }
}

function jobKey(subscriptionId: string, id: string): string {
  return `${subscriptionId}/${id}`.toLowerCase();
}

function surplus(jobs: Documents<DeletionJob>): ReturnType<Documents<DeletionJob>["remove"]>[] {
  const ended = jobs.list().filter(({ value }) => value.endMs !== undefined);
  if (ended.length <= MAX_JOBS) return [];
  const byEnd = ended.sort((a, b) => (a.value.endMs ?? 0) - (b.value.endMs ?? 0));
  return byEnd.slice(0, ended.length - MAX_JOBS).map(({ id }) => jobs.remove(id));
}

/** `RESOURCEGROUPDELETIONJOB-MY:2DGROUP-EASTUS`. Source: the decoded Location headers of recorded group deletions. */
function jobId(group: string, location: string): string {
  return `RESOURCEGROUPDELETIONJOB-${jobPart(group)}-${location.toUpperCase()}`;
}
