import { describe, expect, it } from "vitest";
import { parseLenientJson } from "../../json/parse-json.ts";
import { evaluate } from "./evaluate.ts";
import { planParameters, planTemplate } from "./plan.ts";
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
    tags: { env: "dev" },
    properties: { provisioningState: "Succeeded" },
  },
  endpoint: "https://localhost:1",
  startMs: Date.UTC(2019, 4, 17, 12, 30),
};
const values: Readonly<Record<string, unknown>> = { name: "c", list: [1, 2, 3], object: { Count: 3, nested: { a: null } }, yes: true };
const scope: Scope = {
  context,
  parameter: (name) => values[name],
  variable: (name) => `v-${name}`,
  reference: (reference) => {
    throw new PendingReference(reference);
  },
};

describe("expressions", () => {
  it.each([
    ["plain text", "plain text"],
    ["[[literal]", "[literal]"],
    ["[not closed", "[not closed"],
    ["[concat(parameters('name'),'/', 'p')]", "c/p"],
    ["[ CONCAT ( 'it''s' , 1, true() ) ]", "it's1True"],
    ["[concat(parameters('list'), createArray(4))]", [1, 2, 3, 4]],
    ["[variables('x')]", "v-x"],
    ["[parameters('object').count]", 3],
    ["[parameters('object')['nested'].a]", null],
    ["[parameters('list')[1]]", 2],
    ["[parameters('list')[sub(length(parameters('list')), 1)]]", 3],
    ["[resourceGroup().location]", "eastus"],
    ["[resourceGroup().tags.env]", "dev"],
    ["[subscription().subscriptionId]", "S"],
    ["[deployment().name]", "d"],
    ["[resourceId('Microsoft.A/b/c', 'x', 'y')]", "/subscriptions/S/resourceGroups/G/providers/Microsoft.A/b/x/c/y"],
    ["[resourceId('H', 'Microsoft.A/b', 'x')]", "/subscriptions/S/resourceGroups/H/providers/Microsoft.A/b/x"],
    ["[resourceId('S2', 'H', 'Microsoft.A/b', 'x')]", "/subscriptions/S2/resourceGroups/H/providers/Microsoft.A/b/x"],
    ["[subscriptionResourceId('Microsoft.A/b', 'x')]", "/subscriptions/S/providers/Microsoft.A/b/x"],
    ["[extensionResourceId('/s', 'Microsoft.A/b', 'x')]", "/s/providers/Microsoft.A/b/x"],
    ["[toLower('AbC')]", "abc"],
    ["[toUpper('AbC')]", "ABC"],
    ["[format('{0}-{1:D3} {{}}', 'a', 7)]", "a-007 {}"],
    ["[string(parameters('list'))]", "[1,2,3]"],
    ["[int('42')]", 42],
    ["[bool('TRUE')]", true],
    ["[substring('abcdef', 2, 3)]", "cde"],
    ["[replace('a.b.c', '.', '$&')]", "a$&b$&c"],
    ["[split('a,b;c', createArray(',', ';'))]", ["a", "b", "c"]],
    ["[join(createArray('a', 'b'), '-')]", "a-b"],
    ["[padLeft(7, 3, '0')]", "007"],
    ["[base64('one')]", "b25l"],
    ["[json('{\"a\": [1]}').a[0]]", 1],
    ["[if(equals(parameters('name'), 'c'), 'yes', div(1, 0))]", "yes"],
    ["[and(parameters('yes'), not(false()))]", true],
    ["[or(false(), false())]", false],
    ["[equals(createObject('a', 1, 'b', 2), createObject('b', 2, 'a', 1))]", true],
    ["[greater(3, 2)]", true],
    ["[less('a', 'b')]", true],
    ["[coalesce(null(), 'x')]", "x"],
    ["[add(mul(2, 3), mod(7, 4))]", 9],
    ["[max(parameters('list'))]", 3],
    ["[contains(parameters('object'), 'COUNT')]", true],
    ["[contains(parameters('list'), 2)]", true],
    ["[empty('')]", true],
    ["[first('abc')]", "a"],
    ["[last(parameters('list'))]", 3],
    ["[take(parameters('list'), 2)]", [1, 2]],
    ["[skip('abc', 1)]", "bc"],
    ["[union(createObject('a', createObject('x', 1)), createObject('a', createObject('y', 2)))]", { a: { x: 1, y: 2 } }],
    ["[union(createArray(1, 2), createArray(2, 3))]", [1, 2, 3]],
    ["[intersection(createArray(1, 2), createArray(2, 3))]", [2]],
    ["[range(1, 3)]", [1, 2, 3]],
    ["[utcNow('yyyy-MM-dd')]", "2019-05-17"],
    ["[utcNow()]", "20190517T123000Z"],
  ])("%s", (text, want) => {
    expect(evaluate(text, scope)).toEqual(want);
  });

  it("are evaluated at any depth, in names too", () => {
    expect(evaluate({ "[parameters('name')]": [{ a: "[variables('x')]", n: 5, none: null }] }, scope)).toEqual({
      c: [{ a: "v-x", n: 5, none: null }],
    });
  });

  it("of the same seed give the same short hash", () => {
    // What the NuGet package Azure.Deployments.Expression makes of it.
    expect(evaluate("[uniqueString('test')]", scope)).toBe("rbgf3xv4ufgzg");
    expect(evaluate("[uniqueString('hello', 'world')]", scope)).toBe("a7wkljktk6wne");
    expect(evaluate("[uniqueString('abc')]", scope)).toBe("cgtzqvhu4i23s");
    expect(evaluate("[uniqueString('ä€')]", scope)).toBe("knymhdyzy6k6m");
    const hash = evaluate("[uniqueString(resourceGroup().id)]", scope);
    expect(hash).toMatch(/^[a-z2-7]{13}$/);
    expect(evaluate("[uniqueString(resourceGroup().id)]", scope)).toBe(hash);
    expect(evaluate("[uniqueString('other')]", scope)).not.toBe(hash);
  });

  it.each([
    ["[concat('a']", "Unable to parse language expression 'concat('a'': expected token 'RightParenthesis' and actual 'EndOfData'."],
    ["[concat('a') b]", "expected token 'EndOfData' and actual 'Identifier'"],
    ["[a b()]", "expected token 'LeftParenthesis' and actual 'Identifier'"],
    ["[?]", "the character at position '0' is not expected"],
    ["[magic()]", "The template function 'magic' is not valid. Please see https://aka.ms/arm-template-expressions for usage details."],
    ["[constructor()]", "The template function 'constructor' is not valid."],
    ["[contoso.magic()]", "The template function 'contoso.magic' is not valid."],
    ["[toLower()]", "Unable to evaluate template language function 'toLower': function requires 1 argument(s) while 0 were provided."],
    [
      "[toLower(5)]",
      "The template language function 'toLower' expects its parameter to be of type 'String'. The provided value is of type 'Integer'.",
    ],
    ["[parameters('object').size]", "The language expression property 'size' doesn't exist, available properties are 'Count, nested'."],
    ["[parameters('list')[9]]", "The language expression property array index '9' is out of bounds."],
    ["[parameters('list').x]", "property name must be an integer"],
    ["[parameters('name').x.y]", "property name must be an integer"],
    ["[div(1, 0)]", "attempted to divide by zero"],
    ["[int('x')]", "The value cannot be converted to the target type."],
    ["[substring('abc', 2, 5)]", "must refer to a location within the string"],
    ["[resourceId('Microsoft.A/b/c', 'x')]", "requires as many resource name argument(s) as it has segments"],
    ["[range(0, 10001)]", "is not between 0 and 10000"],
    [`[${"not(".repeat(300)}true()${")".repeat(300)}]`, "expression nesting exceeds the limit"],
  ])("%s is refused", (text, message) => {
    expect(() => evaluate(text, scope)).toThrow(message);
  });
});

const plan = (text: string, given: Readonly<Record<string, unknown>> = {}) => {
  const { value, positionOf } = parseLenientJson(text);
  const input = { template: value as Record<string, unknown>, positionOf, context };
  const parameters = planParameters(input, given);
  return { parameters, plan: planTemplate(input, parameters) };
};
const template = (rest: object): string => JSON.stringify({ $schema: "s", contentVersion: "1.0.0.0", resources: [], ...rest });
const cluster = { type: "Microsoft.A/clusters", apiVersion: "2019-04-01", name: "c" };
const pool = { type: "Microsoft.A/clusters/pools", apiVersion: "2019-04-01", name: "c/p" };

describe("parameters of a template", () => {
  const declared = template({
    parameters: {
      name: { type: "string", minLength: 2 },
      count: { type: "Int", defaultValue: 3, minValue: 1, maxValue: 5 },
      label: { type: "string", defaultValue: "[concat(parameters('name'), '-', resourceGroup().location)]" },
      sku: { type: "string", defaultValue: "Basic", allowedValues: ["Basic", "Standard"] },
      secret: { type: "securestring", defaultValue: "" },
    },
  });

  it("are given, or by default, the default an expression perhaps", () => {
    expect(plan(declared, { NAME: { value: "cl" }, sku: { value: "standard" } }).parameters).toEqual({
      name: { type: "String", value: "cl" },
      count: { type: "Int", value: 3 },
      label: { type: "String", value: "cl-eastus" },
      sku: { type: "String", value: "standard" },
      secret: { type: "SecureString", value: "" },
    });
  });

  it("tell where the one is declared whose value is missing", () => {
    const text = '{\n  "parameters": {\n    "clusterName": {\n      "type": "string"\n    }\n  },\n  "resources": []\n}';
    expect(() => plan(text)).toThrow(
      "The value for the template parameter 'clusterName' at line '3' and column '20' is not provided. " +
        "Please see https://aka.ms/arm-create-parameter-file for usage details.",
    );
  });

  it.each([
    {
      name: "one that is not declared",
      given: { name: { value: "cl" }, x: { value: 1 } },
      message: "do not correspond to any parameters defined in the template: 'x'",
    },
    { name: "a wrong type", given: { name: { value: "cl" }, count: { value: "3" } }, message: "Expected 'Integer'. Actual 'String'." },
    { name: "null", given: { name: { value: null } }, message: "The value for the template parameter 'name'" },
    {
      name: "a value that is not allowed",
      given: { name: { value: "cl" }, sku: { value: "Gold" } },
      message: "The parameter value is not part of the allowed value(s): 'Basic,Standard'.",
    },
    { name: "a text too short", given: { name: { value: "c" } }, message: "Length of the value should be greater than or equal to '2'." },
    {
      name: "a number too large",
      given: { name: { value: "cl" }, count: { value: 6 } },
      message: "The value should be less than or equal to '5'.",
    },
  ])("refuse $name", ({ given, message }) => {
    expect(() => plan(declared, given)).toThrow(message);
  });

  it.each(["text", "constructor"])("refuse the type %s", (type) => {
    expect(() => plan(template({ parameters: { a: { type } } }), { a: { value: 1 } })).toThrow(
      `has the type '${type}', which is not supported`,
    );
  });

  it("refuse to refer to themselves", () => {
    const text = template({
      parameters: { a: { type: "string", defaultValue: "[parameters('b')]" }, b: { type: "string", defaultValue: "[parameters('a')]" } },
    });
    expect(() => plan(text)).toThrow("refers to itself");
  });
});

describe("resources of a template", () => {
  it("are named, nested ones under their parents, and ordered by what they depend on", () => {
    const nested = { type: "pools", apiVersion: "2019-04-01", name: "n" };
    const { resources } = plan(
      template({
        variables: { who: "c" },
        resources: [
          {
            ...pool,
            name: "[concat(variables('who'), '/p')]",
            dependsOn: ["[resourceId('Microsoft.A/clusters', 'c')]", "Microsoft.A/clusters/other"],
          },
          { ...cluster, location: "[resourceGroup().location]", resources: [nested] },
          { ...cluster, name: "other", condition: "[equals(1, 2)]", resources: [nested] },
        ],
      }),
    ).plan;
    const root = "/subscriptions/S/resourceGroups/G/providers/Microsoft.A/clusters/c";
    expect(resources.map(({ id, dependsOn, location }) => ({ id, dependsOn, location }))).toEqual([
      { id: `${root}/pools/p`, dependsOn: [root], location: undefined },
      { id: root, dependsOn: [], location: "eastus" },
      { id: `${root}/pools/n`, dependsOn: [root], location: undefined },
    ]);
  });

  it("give a body without what is for the template alone", () => {
    const { plan: made } = plan(
      template({ resources: [{ ...pool, dependsOn: [], comments: "x", tags: { a: "b" }, properties: { count: "[add(1, 2)]" } }] }),
    );
    const [resource] = made.resources;
    expect(resource && made.body(resource, scope.reference)).toEqual({ tags: { a: "b" }, properties: { count: 3 } });
  });

  it("may refer to what is not there yet", () => {
    const text = template({
      resources: [{ ...pool, properties: { v: "[reference('c').version]" } }],
      outputs: { v: { type: "string", value: "[reference('c', '2019-04-01', 'Full').location]" } },
    });
    const { plan: made } = plan(text);
    const [resource] = made.resources;
    expect(() => resource && made.body(resource, scope.reference)).toThrow(PendingReference);
    expect(made.outputs(({ full }) => (full ? { location: "here" } : {}))).toEqual({ v: { type: "String", value: "here" } });
  });

  it("hash the same for the same template", () => {
    const text = template({ resources: [cluster] });
    expect(plan(text).plan.templateHash).toMatch(/^\d+$/);
    expect(plan(text).plan.templateHash).toBe(plan(text).plan.templateHash);
  });

  it.each([
    {
      name: "an unknown function",
      resources: [{ ...cluster, properties: { x: "[magic()]" } }],
      message: "The template resource 'c' is not valid: The template function 'magic' is not valid.",
    },
    {
      name: "an unknown variable",
      resources: [{ ...cluster, name: "[variables('x')]" }],
      message: "The template variable 'x' is not found.",
    },
    {
      name: "an unknown parameter",
      resources: [{ ...cluster, name: "[parameters('x')]" }],
      message: "The template parameter 'x' is not found.",
    },
    { name: "a name of too few parts", resources: [{ ...pool, name: "p" }], message: "has incorrect segment lengths." },
    {
      name: "no api-version",
      resources: [{ type: "Microsoft.A/b", name: "x" }],
      message: "Required property 'apiVersion' not found in JSON.",
    },
    {
      name: "the same resource twice",
      resources: [cluster, { ...cluster, name: "C" }],
      message: "is defined multiple times in a template.",
    },
    {
      name: "a dependency that is not there",
      resources: [{ ...cluster, dependsOn: ["x"] }],
      message: "The resource 'x' is not defined in the template.",
    },
    {
      name: "a circle",
      resources: [
        { ...cluster, dependsOn: ["c/p"] },
        { ...pool, dependsOn: ["c"] },
      ],
      message: "Circular dependency detected on resource:",
    },
    {
      name: "a loop that gives all its turns one name",
      resources: [{ ...cluster, copy: { name: "n", count: 2 } }],
      message: "is defined multiple times in a template.",
    },
    { name: "a loop without a count", resources: [{ ...cluster, copy: { name: "n" } }], message: "needs a 'name' and a 'count'" },
    {
      name: "a loop of too many turns",
      resources: [{ ...cluster, copy: { name: "n", count: 801 } }],
      message: "The template copy 'n' has the count '801'",
    },
    {
      name: "a loop in batches of nothing",
      resources: [{ ...cluster, copy: { name: "n", count: 2, mode: "serial", batchSize: 0 } }],
      message: "its 'batchSize' a positive integer",
    },
    {
      name: "copyIndex without a loop",
      resources: [{ ...cluster, name: "[concat('c', copyIndex())]" }],
      message: "The template function 'copyIndex' is not expected at this location.",
    },
    {
      name: "a resource elsewhere",
      resources: [{ ...cluster, resourceGroup: "other" }],
      message: "are not emulated",
    },
    { name: "a resource that is no object", resources: ["x"], message: "A template resource must be an object." },
  ])("refuse $name", ({ resources, message }) => {
    expect(() => plan(template({ resources }))).toThrow(message);
  });

  it("refuse variables that refer to each other or to resources", () => {
    expect(() => plan(template({ variables: { a: "[variables('b')]", b: "[variables('a')]" } }))).toThrow("refers to itself");
    expect(() => plan(template({ variables: { a: "[reference('x')]" } }))).toThrow(
      "The template function 'reference' is not expected at this location.",
    );
  });

  it("refuse text that a few variables would make huge", () => {
    const names = Array.from({ length: 40 }, (_, index) => [`v${index + 1}`, `[concat(variables('v${index}'), variables('v${index}'))]`]);
    expect(() => plan(template({ variables: { v0: "0123456789", ...Object.fromEntries(names) } }))).toThrow("is too large");
  });
});
