import { spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultProfile, type SchedulerProfile } from "../profiles/profile.ts";
import { ConfigurationError } from "./decode.ts";
import { readConfiguration } from "./read-configuration.ts";

const VERSION = "1.35.4";
const HEAD = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

const profilesOf = (members: string): ReadonlyMap<string, SchedulerProfile> =>
  readConfiguration(`${HEAD}${members}`, VERSION).profiles(VERSION);
const profileOf = (members: string): SchedulerProfile => {
  const [profile] = profilesOf(`profiles: [${members}]`).values();
  if (profile === undefined) throw new Error("no profile");
  return profile;
};
const plugins = (members: string): SchedulerProfile => profileOf(`{ plugins: { ${members} } }`);
const told = (plugin: string, args: string): SchedulerProfile["plugins"] =>
  profileOf(`{ pluginConfig: [{ name: ${plugin}, args: ${args} }] }`).plugins;
const refusalOf = (text: string): string => {
  try {
    readConfiguration(text, VERSION);
    return "";
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
};

describe("readConfiguration", () => {
  it("is what a scheduler does by itself when it says nothing", () => {
    const [profile, ...others] = profilesOf("").values();
    const byDefault = defaultProfile(VERSION);
    expect(others).toEqual([]);
    expect(profile).toEqual({ ...byDefault, release: profile?.release, scores: expect.any(Array) as unknown });
    expect([...(profile?.scores ?? [])].sort(byName)).toEqual([...byDefault.scores].sort(byName));
    expect(profile?.plugins.fit.strategy).toBe(byDefault.plugins.fit.strategy);
    function byName(one: { readonly name: string }, other: { readonly name: string }): number {
      return one.name < other.name ? -1 : 1;
    }
  });

  it("says how long pods back off", () => {
    expect(readConfiguration(`${HEAD}podInitialBackoffSeconds: 2\npodMaxBackoffSeconds: 8`, VERSION)).toMatchObject({
      initialBackoffMs: 2_000,
      maxBackoffMs: 8_000,
    });
  });

  it("names several profiles, each with its share of nodes or the one of all", () => {
    const profiles = profilesOf(
      "percentageOfNodesToScore: 40\nprofiles: [{ schedulerName: a }, { schedulerName: b, percentageOfNodesToScore: 70 }]",
    );
    expect([...profiles].map(([name, { percentageOfNodesToScore }]) => [name, percentageOfNodesToScore])).toEqual([
      ["a", 40],
      ["b", 70],
    ]);
  });

  // Rows follow pkg/scheduler/framework/runtime/framework_test.go, TestNewFrameworkMultiPointExpansion, and default_plugins_test.go.
  it.each([
    ["one filter off", "filter: { disabled: [{ name: TaintToleration }] }", false, 3],
    ["one plugin off everywhere", "multiPoint: { disabled: [{ name: TaintToleration }] }", false, undefined],
    ["a weight at its point", "score: { enabled: [{ name: TaintToleration, weight: 7 }] }", true, 7],
    ["a weight everywhere", "multiPoint: { enabled: [{ name: TaintToleration, weight: 7 }] }", true, 7],
    ["named everywhere without a weight: 1", "multiPoint: { enabled: [{ name: TaintToleration }] }", true, 1],
    ["no score but one", 'score: { disabled: [{ name: "*" }], enabled: [{ name: TaintToleration }] }', true, 1],
    ["no score at all", 'score: { disabled: [{ name: "*" }] }', true, undefined],
  ])("%s", (_name, members, filters, weight) => {
    const profile = plugins(members);
    expect(profile.filterOrder.flat().includes("TaintToleration")).toBe(filters);
    expect(profile.scores.find(({ name }) => name === "TaintToleration")?.weight).toBe(weight);
  });

  it("keeps only what is named once everything is off", () => {
    const profile = plugins(
      'multiPoint: { disabled: [{ name: "*" }], enabled: [{ name: PrioritySort }, { name: DefaultBinder }, { name: NodeResourcesFit }, { name: NodeName }] }',
    );
    expect(profile.filterOrder).toEqual([["NodeResourcesFit"], ["NodeName"]]);
    expect(profile.scores).toEqual([{ name: "NodeResourcesFit", weight: 1 }]);
    expect(profile.postFilters).toEqual([]);
    expect(profile.narrows).toBe(false);
  });

  it("asks what is named again at a point first, and what else is named there last", () => {
    const profile = plugins(
      "multiPoint: { disabled: [{ name: NodePorts }] }, filter: { enabled: [{ name: NodePorts }, { name: NodeResourcesFit }, { name: NodeName }] }",
    );
    const order = profile.filterOrder.flat();
    expect([order[0], order[1], order.at(-1)]).toEqual(["NodeResourcesFit", "NodeName", "NodePorts"]);
  });

  it.each([
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { type: MostAllocated } }",
      {
        fit: {
          strategy: {
            type: "MostAllocated",
            resources: [
              { name: "cpu", weight: 1 },
              { name: "memory", weight: 1 },
            ],
          },
        },
      },
    ],
    [
      "NodeResourcesFit",
      "{ scoringStrategy: { type: MostAllocated, resources: [{ name: cpu }, { name: example.com/gpu, weight: 5 }] } }",
      {
        fit: {
          strategy: {
            resources: [
              { name: "cpu", weight: 1 },
              { name: "example.com/gpu", weight: 5 },
            ],
          },
        },
      },
    ],
    [
      "NodeResourcesFit",
      "{ ignoredResources: [example.com/a], ignoredResourceGroups: [example.org] }",
      { fit: { ignoredResources: new Set(["example.com/a"]), ignoredResourceGroups: new Set(["example.org"]) } },
    ],
    [
      "NodeResourcesBalancedAllocation",
      "{ resources: [{ name: example.com/gpu }] }",
      { balancedAllocation: { resources: ["example.com/gpu"] } },
    ],
    ["PodTopologySpread", "{ defaultingType: List }", { spread: { defaults: [] } }],
    ["PodTopologySpread", "{}", { spread: { defaults: "system" } }],
    [
      "InterPodAffinity",
      "{ hardPodAffinityWeight: 0, ignorePreferredTermsOfExistingPods: true }",
      { interPodAffinity: { hardWeight: 0, ignoresTermsOfOthers: true } },
    ],
    [
      "DefaultPreemption",
      "{ minCandidateNodesPercentage: 50, minCandidateNodesAbsolute: 1 }",
      { preemption: { minCandidatePercentage: 50, minCandidates: 1 } },
    ],
    ["VolumeBinding", "{ bindTimeoutSeconds: 300 }", { volumeBinding: { timeoutMs: 300_000 } }],
    ["Unknown", "{ anything: [1, 2] }", {}],
  ])("tells %s %s", (plugin, args, want) => {
    expect(told(plugin, args)).toMatchObject(want);
  });
});

const pluginConfig = (plugin: string, args: string): string => `${HEAD}profiles: [{ pluginConfig: [{ name: ${plugin}, args: ${args} }] }]`;
const profile = (members: string): string => `${HEAD}profiles: [{ ${members} }]`;

/** Rows follow pkg/scheduler/apis/config/validation/validation_test.go and validation_pluginargs_test.go. */
const REFUSED: readonly (readonly [text: string, message: string])[] = [
  ["kind: KubeSchedulerConfiguration", `Object 'apiVersion' is missing in 'kind: KubeSchedulerConfiguration'`],
  ["apiVersion: kubescheduler.config.k8s.io/v1", `Object 'Kind' is missing in 'apiVersion: kubescheduler.config.k8s.io/v1'`],
  [`${HEAD}profile: []`, 'strict decoding error: unknown field "profile"'],
  [
    profile("plugin: {}, schedulerNam: x"),
    'strict decoding error: unknown field "profiles[0].plugin", unknown field "profiles[0].schedulerNam"',
  ],
  [`${HEAD}percentageOfNodesToScore: 101`, "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]"],
  [`${HEAD}podInitialBackoffSeconds: 0`, "podInitialBackoffSeconds: Invalid value: 0: must be greater than 0"],
  [
    `${HEAD}podInitialBackoffSeconds: 9\npodMaxBackoffSeconds: 3`,
    "podMaxBackoffSeconds: Invalid value: 3: must be greater than or equal to PodInitialBackoffSeconds",
  ],
  [`${HEAD}parallelism: 0`, "parallelism: Invalid value: 0: should be an integer value greater than zero"],
  [
    `${HEAD}podMaxBackoffSeconds: long`,
    "json: cannot unmarshal string into Go struct field KubeSchedulerConfiguration.podMaxBackoffSeconds of type int64",
  ],
  [
    profile("percentageOfNodesToScore: [1]"),
    "json: cannot unmarshal array into Go struct field KubeSchedulerProfile.profiles.percentageOfNodesToScore of type int32",
  ],
  [`${HEAD}profiles: [{}, { schedulerName: a }]`, "profiles[0].schedulerName: Required value"],
  [`${HEAD}profiles: [{ schedulerName: a }, { schedulerName: a }]`, "profiles[1].schedulerName: Duplicate value: {}"],
  [profile("percentageOfNodesToScore: -1"), "profiles[0].percentageOfNodesToScore: Invalid value: -1: not in valid range [0-100]"],
  [
    profile("plugins: { filter: { enabled: [{ name: EBSLimits }] } }"),
    'profiles[0].plugins.filter.enabled[0]: Invalid value: "EBSLimits": was invalid in version "v1" (KubeSchedulerConfiguration is version "kubescheduler.config.k8s.io/v1")',
  ],
  [
    profile("plugins: { filter: { enabled: [{ name: Foo }] } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: FilterPlugin "Foo" does not exist',
  ],
  [
    profile("plugins: { multiPoint: { enabled: [{ name: Foo }] } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: PreFilterPlugin "Foo" does not exist',
  ],
  [
    profile("plugins: { score: { enabled: [{ name: NodeName }] } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: plugin "NodeName" does not extend ScorePlugin plugin',
  ],
  [
    profile("plugins: { score: { enabled: [{ name: ImageLocality }, { name: ImageLocality }] } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: plugin "ImageLocality" already registered as "ScorePlugin"',
  ],
  [
    profile('plugins: { bind: { disabled: [{ name: "*" }] } }'),
    'initializing profiles: creating profile for scheduler name default-scheduler: at least one bind plugin is needed for profile with scheduler name "default-scheduler"',
  ],
  [
    profile('plugins: { queueSort: { disabled: [{ name: "*" }] } }'),
    'initializing profiles: creating profile for scheduler name default-scheduler: only one queue sort plugin required for profile with scheduler name "default-scheduler", but got 0',
  ],
  [profile("pluginConfig: [{ name: NodeName }, { name: NodeName }]"), 'profiles[0].pluginConfig[1]: Duplicate value: "NodeName"'],
  [
    pluginConfig("NodeResourcesFit", "{ scoringStrategy: { type: Foo } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.type: Unsupported value: "Foo": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"',
  ],
  [
    pluginConfig("NodeResourcesFit", "{ scoringStrategy: { type: LeastAllocated, resources: [{ name: cpu, weight: 101 }] } }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": scoringStrategy.resources[0].weight: Invalid value: 101: resource weight of cpu not in valid range (0, 100]',
  ],
  [
    pluginConfig(
      "NodeResourcesFit",
      "{ scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 50, score: 11 }, { utilization: 50, score: 5 }] } } }",
    ),
    'initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": [scoringStrategy.shape[1].utilization: Invalid value: 50: values must be sorted in increasing order, scoringStrategy.shape[0].score: Invalid value: 11: not in valid range [0, 10]]',
  ],
  [
    pluginConfig("NodeResourcesFit", "{ ignoredResourceGroups: [a/b] }"),
    'initializing profiles: creating profile for scheduler name default-scheduler: initializing plugin "NodeResourcesFit": ignoredResourceGroups[0]: Invalid value: "a/b": resource group name can\'t contain \'/\'',
  ],
  [
    pluginConfig("NodeResourcesFit", "{ foo: 1 }"),
    'strict decoding error: decoding .profiles[0].pluginConfig[0]: strict decoding error: decoding args for plugin NodeResourcesFit: strict decoding error: unknown field "foo"',
  ],
  [
    pluginConfig("NodeResourcesFit", "{ kind: InterPodAffinityArgs, apiVersion: kubescheduler.config.k8s.io/v1 }"),
    "decoding .profiles[0].pluginConfig[0]: args for plugin NodeResourcesFit were not of type NodeResourcesFitArgs.kubescheduler.config.k8s.io, got InterPodAffinityArgs.kubescheduler.config.k8s.io",
  ],
  [
    pluginConfig("InterPodAffinity", "{ hardPodAffinityWeight: 101 }"),
    "profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0, 100]",
  ],
  [
    pluginConfig("DefaultPreemption", "{ minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }"),
    "[profiles[0].pluginConfig[0].args.minCandidateNodesPercentage: Invalid value: 0: cannot be zero at the same time as minCandidateNodesAbsolute, profiles[0].pluginConfig[0].args.minCandidateNodesAbsolute: Invalid value: 0: cannot be zero at the same time as minCandidateNodesPercentage]",
  ],
  [
    pluginConfig("PodTopologySpread", "{ defaultConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }] }"),
    'profiles[0].pluginConfig[0].args.defaultingType: Invalid value: "System": when .defaultConstraints are not empty',
  ],
  [
    pluginConfig(
      "PodTopologySpread",
      "{ defaultingType: List, defaultConstraints: [{ maxSkew: 0, whenUnsatisfiable: Foo, labelSelector: {} }] }",
    ),
    '[profiles[0].pluginConfig[0].args.defaultConstraints[0].maxSkew: Invalid value: 0: not in valid range (0, inf), profiles[0].pluginConfig[0].args.defaultConstraints[0].topologyKey: Required value: can not be empty, profiles[0].pluginConfig[0].args.defaultConstraints[0].whenUnsatisfiable: Unsupported value: "Foo": supported values: "DoNotSchedule", "ScheduleAnyway", profiles[0].pluginConfig[0].args.defaultConstraints[0].labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod]',
  ],
  [
    pluginConfig("NodeResourcesBalancedAllocation", "{ resources: [{ name: cpu, weight: 2 }, { name: cpu }] }"),
    '[profiles[0].pluginConfig[0].args.resources[0].weight: Invalid value: 2: must be 1, profiles[0].pluginConfig[0].args.resources[1].name: Duplicate value: "cpu"]',
  ],
  [
    pluginConfig("VolumeBinding", "{ bindTimeoutSeconds: -1 }"),
    "profiles[0].pluginConfig[0].args.bindTimeoutSeconds: Invalid value: -1: invalid BindTimeoutSeconds, should not be a negative value",
  ],
  [
    pluginConfig(
      "NodeAffinity",
      "{ addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: zone, operator: Is }] }] } } }",
    ),
    'profiles[0].pluginConfig[0].args.addedAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Unsupported value: "Is": supported values: "In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"',
  ],
  [
    `${HEAD}profiles: [{ schedulerName: a }, { schedulerName: b, plugins: { queueSort: { enabled: [{ name: PrioritySort }] } } }]`,
    'profiles[1].plugins.queueSort: Invalid value: {"Enabled":[{"Name":"PrioritySort","Weight":0}],"Disabled":null}: must be the same for all profiles',
  ],
];

describe("a configuration that is refused", () => {
  it.each(REFUSED)("%j: %s", (text, message) => {
    expect(refusalOf(text)).toBe(message);
  });

  it.each([
    ["no text at all", ""],
    ["no document", "- 1"],
    ["a text that is no YAML", "a: [1"],
    ["the same member twice", `${HEAD}profiles: []\nprofiles: []`],
    ["nulls where profiles should be", `${HEAD}profiles: [null, null]`],
    ["arguments that are a text", pluginConfig("NodeResourcesFit", "text")],
    ["a ratio without a shape", pluginConfig("NodeResourcesFit", "{ scoringStrategy: { type: RequestedToCapacityRatio } }")],
    ["extenders", `${HEAD}extenders: [{ urlPrefix: "http://127.0.0.1" }]`],
    ["an older version", "apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration"],
  ])("has a reason for %s", (_name, text) => {
    expect(refusalOf(text)).not.toBe("");
  });

  // `LIDO_TEST_SCHEDULER="controlplane kube-scheduler"` names a real kube-scheduler of the version, as `npm run judge` builds it.
  const scheduler = process.env["LIDO_TEST_SCHEDULER"];
  it.skipIf(scheduler === undefined)("is refused so by kube-scheduler", { timeout: 120_000 }, () => {
    const folder = mkdtempSync(join(tmpdir(), "scheduler-"));
    const kubeconfig = join(folder, "kubeconfig");
    const cluster = {
      clusters: [{ name: "c", cluster: { server: "http://127.0.0.1:1" } }],
      contexts: [{ name: "c", context: { cluster: "c" } }],
    };
    writeFileSync(kubeconfig, JSON.stringify({ apiVersion: "v1", kind: "Config", ...cluster, "current-context": "c" }));
    const differing = REFUSED.flatMap(([text, message], index) => {
      const file = join(folder, `${index}.yaml`);
      writeFileSync(
        file,
        text.startsWith(HEAD) ? `${text}\nclientConnection: { kubeconfig: ${kubeconfig} }\nleaderElection: { leaderElect: false }` : text,
      );
      const [program = "", ...args] = (scheduler ?? "").split(" ");
      const { stderr } = spawnSync(program, [...args, `--config=${file}`, "--secure-port=0"], { encoding: "utf8", timeout: 5_000 });
      return stderr.replaceAll('\\"', '"').includes(message) ? [] : [{ text, message, stderr: stderr.trim().split("\n").slice(-4) }];
    });
    expect(differing).toEqual([]);
  });
});
