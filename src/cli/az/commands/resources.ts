import { type AzCommand, confirm, flag, keyValues, NO_WAIT, required, text, words, YES } from "../command.ts";

const GROUPS = "2021-04-01";
const FEATURES = "2021-07-01";

const NAMESPACE = required("--namespace", "-n");
const GROUP_NAME = required("--name", "--resource-group", "-n", "-g");

function valueOf(body: unknown): unknown[] {
  return (body as { value?: unknown[] }).value ?? [];
}

/** `az group …`. Source: azure-cli resource module; api-version of az 2.45. */
export const groupCommands: readonly AzCommand[] = [
  {
    words: "group create",
    summary: "Create a new resource group.",
    options: [GROUP_NAME, required("--location", "-l"), words("--tags")],
    async run({ call }, args) {
      const tags = keyValues(args.words("tags"));
      const body = { location: args.required("location"), ...(tags === undefined ? {} : { tags }) };
      return (await call("PUT", `/resourcegroups/${args.required("name")}`, GROUPS, body)).body;
    },
  },
  {
    words: "group show",
    summary: "Show a resource group.",
    options: [GROUP_NAME],
    run: async ({ call }, args) => (await call("GET", `/resourcegroups/${args.required("name")}`, GROUPS)).body,
  },
  {
    words: "group list",
    summary: "List resource groups.",
    options: [text("--tag")],
    async run({ call }, args) {
      const [name, value] = (args.text("tag") ?? "").split("=", 2);
      const filter =
        name === ""
          ? ""
          : `?$filter=${encodeURIComponent(`tagname eq '${name}'${value === undefined ? "" : ` and tagvalue eq '${value}'`}`)}`;
      return valueOf((await call("GET", `/resourcegroups${filter}`, GROUPS)).body);
    },
    table: (groups) =>
      (groups as { name: string; location: string; properties: { provisioningState: string } }[]).map(({ name, location, properties }) => ({
        Name: name,
        Location: location,
        Status: properties.provisioningState,
      })),
  },
  {
    words: "group update",
    summary: "Change the tags of a resource group.",
    options: [GROUP_NAME, words("--tags")],
    async run({ call }, args) {
      const path = `/resourcegroups/${args.required("name")}`;
      const tags = keyValues(args.words("tags"));
      return (await call("PATCH", path, GROUPS, tags === undefined ? {} : { tags })).body;
    },
  },
  {
    words: "group exists",
    summary: "Check if a resource group exists.",
    options: [GROUP_NAME],
    async run({ call }, args) {
      const name = args.required("name").toLowerCase();
      const groups = valueOf((await call("GET", "/resourcegroups", GROUPS)).body) as { name: string }[];
      return groups.some((group) => group.name.toLowerCase() === name);
    },
  },
  {
    words: "group delete",
    summary: "Delete a resource group.",
    options: [GROUP_NAME, YES, NO_WAIT],
    async run(context, args) {
      await confirm(context, args);
      const answer = await context.call("DELETE", `/resourcegroups/${args.required("name")}`, GROUPS);
      if (!args.flag("no-wait")) await context.wait(answer);
    },
  },
];

/** `az feature …`. */
export const featureCommands: readonly AzCommand[] = [
  {
    words: "feature register",
    summary: "Register a preview feature.",
    options: [required("--name"), required("--namespace")],
    async run({ call, terminal }, args) {
      const [namespace, name] = [args.required("namespace"), args.required("name")];
      const answer = await call("POST", `/providers/Microsoft.Features/providers/${namespace}/features/${name}/register`, FEATURES);
      terminal.say(
        `Once the feature '${name}' is registered, invoking 'az provider register -n ${namespace}' is required to get the change propagated`,
      );
      return answer.body;
    },
  },
  {
    words: "feature unregister",
    summary: "Unregister a preview feature.",
    options: [required("--name"), required("--namespace")],
    run: async ({ call }, args) =>
      (
        await call(
          "POST",
          `/providers/Microsoft.Features/providers/${args.required("namespace")}/features/${args.required("name")}/unregister`,
          FEATURES,
        )
      ).body,
  },
  {
    words: "feature list",
    summary: "List preview features.",
    options: [text("--namespace")],
    async run({ call }, args) {
      const namespace = args.text("namespace");
      const scope = namespace === undefined ? "" : `/providers/${namespace}`;
      return valueOf((await call("GET", `/providers/Microsoft.Features${scope}/features`, FEATURES)).body);
    },
    table: (features) =>
      (features as { name: string; properties: { state: string } }[]).map(({ name, properties }) => ({
        Name: name,
        RegistrationState: properties.state,
      })),
  },
  {
    words: "feature show",
    summary: "Show a preview feature.",
    options: [required("--name", "-n"), required("--namespace")],
    run: async ({ call }, args) =>
      (
        await call(
          "GET",
          `/providers/Microsoft.Features/providers/${args.required("namespace")}/features/${args.required("name")}`,
          FEATURES,
        )
      ).body,
  },
];

const PROVIDER_POLL_MS = 200;

/** `az provider …`. */
export const providerCommands: readonly AzCommand[] = [
  {
    words: "provider register",
    summary: "Register a provider.",
    options: [NAMESPACE, flag("--wait")],
    async run(context, args) {
      const namespace = args.required("namespace");
      const first = await context.call("POST", `/providers/${namespace}/register`, GROUPS);
      if (!args.flag("wait")) {
        const state = (first.body as { registrationState?: string }).registrationState;
        if (state !== "Registered") {
          context.terminal.say(`Registering is still on-going. You can monitor using 'az provider show -n ${namespace}'`);
        }
        return undefined;
      }
      for (let state = (first.body as { registrationState?: string }).registrationState; state !== "Registered";) {
        context.terminal.progress("Registering");
        await context.clock.sleep(PROVIDER_POLL_MS);
        state = ((await context.call("GET", `/providers/${namespace}`, GROUPS)).body as { registrationState?: string }).registrationState;
      }
      context.terminal.clearProgress();
      return undefined;
    },
  },
  {
    words: "provider unregister",
    summary: "Unregister a provider.",
    options: [NAMESPACE],
    async run({ call, terminal }, args) {
      await call("POST", `/providers/${args.required("namespace")}/unregister`, GROUPS);
      terminal.say(`Unregistering is still on-going. You can monitor using 'az provider show -n ${args.required("namespace")}'`);
    },
  },
  {
    words: "provider show",
    summary: "Show a provider.",
    options: [NAMESPACE],
    run: async ({ call }, args) => (await call("GET", `/providers/${args.required("namespace")}`, GROUPS)).body,
    table: (provider) => [providerRow(provider)],
  },
  {
    words: "provider list",
    summary: "List providers.",
    options: [],
    run: async ({ call }) => valueOf((await call("GET", "/providers", GROUPS)).body),
    table: (providers) => (providers as unknown[]).map(providerRow),
  },
];

function providerRow(provider: unknown): Record<string, unknown> {
  const { namespace, registrationState, registrationPolicy } = provider as Record<string, unknown>;
  return { Namespace: namespace, RegistrationState: registrationState, RegistrationPolicy: registrationPolicy };
}
