import { describe, expect, it } from "vitest";
import { evaluate } from "./evaluate.ts";
import { planParameters, planTemplate, type Plan } from "./plan.ts";
import { type DeploymentContext, PendingReference, type Scope } from "./scope.ts";

const context: DeploymentContext = {
  deploymentName: "d",
  mode: "Incremental",
  subscription: { id: "/subscriptions/S", subscriptionId: "S", tenantId: "T", displayName: "Sub" },
  resourceGroup: {
    id: "/subscriptions/S/resourceGroups/G",
    name: "G",
    type: "Microsoft.Resources/resourceGroups",
    location: "eastus",
    properties: { provisioningState: "Succeeded" },
  },
  endpoint: "https://localhost:1",
  startMs: 0,
};
const pending = (reference: ConstructorParameters<typeof PendingReference>[0]): never => {
  throw new PendingReference(reference);
};
const scope: Scope = { context, parameter: () => undefined, variable: () => undefined, reference: pending };

function planOf(template: Readonly<Record<string, unknown>>, place: DeploymentContext = context): Plan {
  const input = { template: { resources: [], ...template }, positionOf: () => ({ line: 1, column: 1 }), context: place };
  return planTemplate(input, planParameters(input, {}));
}

const pool = { type: "Microsoft.ContainerService/managedClusters/agentPools", apiVersion: "2021-05-01" };
const cluster = { type: "Microsoft.ContainerService/managedClusters", apiVersion: "2021-05-01", name: "c" };

describe("a loop over a resource", () => {
  it("makes one for each turn, with the turn in every expression", () => {
    const { resources, body } = planOf({
      resources: [
        {
          ...pool,
          name: "[format('c/p{0}', copyIndex(1))]",
          copy: { name: "pools", count: 3 },
          properties: { count: "[copyIndex('pools', 10)]" },
        },
      ],
    });
    expect(resources.map(({ name }) => name)).toEqual(["c/p1", "c/p2", "c/p3"]);
    expect(resources.map((resource) => body(resource, pending))).toEqual([10, 11, 12].map((count) => ({ properties: { count } })));
  });

  it("can be waited for by name, also when it does not turn", () => {
    const looped = (count: number): Plan =>
      planOf({
        resources: [
          { ...pool, name: "[concat('c/p', copyIndex())]", copy: { name: "pools", count } },
          { ...cluster, dependsOn: ["pools"] },
        ],
      });
    expect(looped(2).resources.at(-1)?.dependsOn).toHaveLength(2);
    expect(looped(0).resources.map(({ dependsOn }) => dependsOn)).toEqual([[]]);
  });

  it("makes them in batches when it is serial", () => {
    const { resources } = planOf({
      resources: [{ ...pool, name: "[concat('c/p', copyIndex())]", copy: { name: "pools", count: 5, mode: "Serial", batchSize: 2 } }],
    });
    const before = resources.map(({ dependsOn }) => dependsOn.map((id) => id.slice(-1)).join(""));
    expect(before).toEqual(["", "", "01", "01", "23"]);
  });
});

describe("a loop over a property, a variable or an output", () => {
  it("makes a list", () => {
    const plan = planOf({
      variables: {
        copy: [{ name: "names", count: 2, input: "[concat('n', copyIndex('names'))]" }],
        inner: { copy: [{ name: "sizes", count: 2, input: "[mul(copyIndex('sizes'), 2)]" }] },
      },
      resources: [
        {
          ...cluster,
          properties: {
            copy: [{ name: "pools", count: "[length(variables('names'))]", input: { name: "[variables('names')[copyIndex('pools')]]" } }],
          },
        },
      ],
      outputs: { all: { type: "array", copy: { count: 2, input: "[add(copyIndex(), variables('inner').sizes[copyIndex()])]" } } },
    });
    expect(plan.resources.map((resource) => plan.body(resource, pending))).toEqual([
      { properties: { pools: [{ name: "n0" }, { name: "n1" }] } },
    ]);
    expect(plan.outputs(pending)).toEqual({ all: { type: "Array", value: [0, 3] } });
  });
});

describe("functions with lambda expressions", () => {
  it.each([
    ["[map(createArray(1, 2), lambda('x', mul(lambdaVariables('x'), 2)))]", [2, 4]],
    ["[map(createArray('a', 'b'), lambda('x', 'i', format('{0}{1}', lambdaVariables('x'), lambdaVariables('i'))))]", ["a0", "b1"]],
    ["[filter(range(0, 5), lambda('x', greater(lambdaVariables('x'), 2)))]", [3, 4]],
    ["[reduce(range(1, 4), 0, lambda('sum', 'x', add(lambdaVariables('sum'), lambdaVariables('x'))))]", 10],
    ["[sort(createArray(3, 1, 2), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]", [1, 2, 3]],
    [
      "[toObject(createArray('a', 'b'), lambda('x', lambdaVariables('x')), lambda('x', toUpper(lambdaVariables('x'))))]",
      { a: "A", b: "B" },
    ],
    ["[groupBy(createArray('ab', 'ac', 'b'), lambda('x', first(lambdaVariables('x'))))]", { a: ["ab", "ac"], b: ["b"] }],
    ["[map(createArray(1), lambda('x', map(createArray(2), lambda('y', add(lambdaVariables('x'), lambdaVariables('y'))))))]", [[3]]],
    [
      "[items(createObject('b', 1, 'a', 2))]",
      [
        { key: "a", value: 2 },
        { key: "b", value: 1 },
      ],
    ],
    ["[flatten(createArray(createArray(1), createArray(2, 3)))]", [1, 2, 3]],
    ["[objectKeys(createObject('b', 1, 'a', 2))]", ["a", "b"]],
    ["[shallowMerge(createArray(createObject('a', 1), createObject('a', 2)))]", { a: 2 }],
    ["[tryGet(createObject('a', createObject('b', 1)), 'a', 'B')]", 1],
    ["[tryGet(createObject('a', 1), 'x', 'y')]", null],
    ["[lastIndexOf('abcb', 'B')]", 3],
    ["[base64ToJson(base64('{\"a\":1}'))]", { a: 1 }],
    ["[uri('https://x/y/', 'z')]", "https://x/y/z"],
    // A UUID of version 5 in the namespace that Azure's documentation names.
    ["[guid('a', 'b')]", "2d796349-8c7e-55ec-9624-54ece82ed031"],
  ])("%s", (expression, value) => {
    expect(evaluate(expression, scope)).toEqual(value);
  });

  it.each([
    ["[map('x', lambda('x', 1))]", "expects its parameter to be of type 'Array'"],
    ["[map(createArray(1), 2)]", "expects its parameter to be of type 'Lambda'"],
    ["[lambda('x', 1)]", "'lambda' is not expected at this location"],
    ["[map(createArray(1), lambda('x', lambda('y', 1)))]", "'lambda' is not expected at this location"],
    ["[lambdaVariables('x')]", "The lambda variable 'x' is not found"],
    ["[listKeys('id', '2021-01-01')]", "The template function 'listKeys' is not emulated."],
    ["[filter(createArray(1), lambda('x', 'no'))]", "of type 'Boolean'"],
  ])("refuse %s", (expression, message) => {
    expect(() => evaluate(expression, scope)).toThrow(message);
  });
});

describe("a deployment in a template", () => {
  const nested = (expressionEvaluationOptions?: object): Plan =>
    planOf({
      parameters: { p: { type: "string", defaultValue: "outer" } },
      resources: [
        {
          type: "Microsoft.Resources/deployments",
          apiVersion: "2021-04-01",
          name: "n",
          resourceGroup: "other",
          properties: {
            mode: "Incremental",
            parameters: { p: { value: "[concat(parameters('p'), '!')]" } },
            ...(expressionEvaluationOptions === undefined ? {} : { expressionEvaluationOptions }),
            template: { resources: [{ name: "[parameters('p')]", literal: "[[x]" }] },
          },
        },
      ],
    });
  const templateOf = ({ resources: [resource], body }: Plan): unknown =>
    resource === undefined ? undefined : (body(resource, pending).properties as { readonly template: unknown }).template;

  it("may be in another group", () => {
    expect(nested().resources.map(({ id }) => id)).toEqual([
      "/subscriptions/S/resourceGroups/other/providers/Microsoft.Resources/deployments/n",
    ]);
  });

  it("has the expressions of the outer template, or with the scope inner its own", () => {
    expect(templateOf(nested())).toEqual({ resources: [{ name: "outer", literal: "[[x]" }] });
    expect(templateOf(nested({ scope: "inner" }))).toEqual({ resources: [{ name: "[parameters('p')]", literal: "[[x]" }] });
  });
});

describe("a template for a subscription", () => {
  const { resourceGroup: _none, ...place } = { ...context, location: "westus" };

  it("makes groups, and deployments in them", () => {
    const { resources } = planOf(
      {
        resources: [
          { type: "Microsoft.Resources/resourceGroups", apiVersion: "2021-04-01", name: "g", location: "eastus" },
          {
            type: "Microsoft.Resources/deployments",
            apiVersion: "2021-04-01",
            name: "n",
            resourceGroup: "g",
            dependsOn: ["[resourceId('Microsoft.Resources/resourceGroups', 'g')]"],
          },
        ],
      },
      place,
    );
    expect(resources.map(({ id, dependsOn }) => [id, dependsOn])).toEqual([
      ["/subscriptions/S/resourceGroups/g", []],
      ["/subscriptions/S/resourceGroups/g/providers/Microsoft.Resources/deployments/n", ["/subscriptions/S/resourceGroups/g"]],
    ]);
  });

  it("has no group to ask for", () => {
    expect(() => evaluate("[resourceGroup().name]", { ...scope, context: place })).toThrow(
      "'resourceGroup' is not expected at this location",
    );
    expect(evaluate("[deployment().location]", { ...scope, context: place })).toBe("westus");
  });
});
