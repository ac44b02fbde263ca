import { describe, expect, it } from "vitest";
import { baseEnvironment } from "./environment.ts";
import { bounded, compile, CostError, isExpression } from "./expression.ts";
import { dynamicValue } from "./values.ts";

function evaluate(text: string, self: unknown = {}): unknown {
  const checked = baseEnvironment().registerVariable("self", "dyn");
  const compiled = compile(text, { checked, type: "any" });
  return isExpression(compiled) ? compiled.evaluate({ self: dynamicValue(self) }) : compiled.detail;
}

describe("Kubernetes' libraries", () => {
  it.each<[string, unknown]>([
    ["[1, 2, 2].isSorted() && !['b', 'a'].isSorted()", true],
    ["[3, 1, 2].min() == 1 && [3, 1, 2].max() == 3 && [1, 2].sum() == 3", true],
    ["[1, 2, 3].indexOf(2) == 1 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(5) == -1", true],
    ["[1, 2, 3].slice(1, 3) == [2, 3]", true],
    ["'a😀b'.indexOf('b') == 2 && 'a😀b'.substring(1, 2) == '😀' && 'a😀b'.charAt(2) == 'b'", true],
    ["'abcabc'.lastIndexOf('b') == 4 && 'abcabc'.indexOf('b', 2) == 4", true],
    ["'a-b-c'.replace('-', '+') == 'a+b+c' && 'a-b-c'.replace('-', '+', 1) == 'a+b-c'", true],
    ["'a b'.split(' ').join(',') == 'a,b' && 'Ab'.lowerAscii() == 'ab' && ' a '.trim() == 'a' && 'ab'.reverse() == 'ba'", true],
    ["'x12y3'.find('[0-9]+') == '12' && 'x12y3'.findAll('[0-9]+') == ['12', '3'] && 'x1y2'.findAll('[0-9]', 1) == ['1']", true],
    ["'foo'.matches('^f.o$') && !'foo'.matches('^(?i)FOX$')", true],
    ["quantity('1Gi').isGreaterThan(quantity('500Mi')) && quantity('1') == quantity('1000m')", true],
    ["quantity('1').add(quantity('1')).compareTo(quantity('2')) == 0 && quantity('-1').sign() == -1 && !isQuantity('x')", true],
    ["url('https://a.example:8/p?q=1').getPort() == '8' && url('https://a.example/p?q=1').getQuery()['q'] == ['1'] && !isURL('x')", true],
    ["has(self.a.b) && self.?a.?c.orValue(7) == 7 && self.a.b in [1, 2]", true],
  ])("%s", (text, value) => {
    expect(evaluate(text, { a: { b: 1 } })).toEqual(value);
  });

  it.each([
    ["ip('1.2.3.4')", "undeclared reference to 'ip'"],
    ["[1].all(i, v, true)", "undeclared reference to"],
    ["b'x'.hex() == ''", "undeclared reference to 'hex'"],
    ["authorizer.path('/x')", "undeclared reference to 'authorizer'"],
  ])("what Lido has not is refused: %s", (text, why) => {
    expect(evaluate(text)).toContain(why);
  });
});

describe("what goes wrong", () => {
  it.each([
    ["self.b", "no such key: b"],
    ["[1][3]", "index out of bounds: 3"],
    ["9223372036854775807 + self.a", "integer overflow"],
    ["1 / (self.a - 1)", "division by zero"],
  ])("%s: %s", (text, why) => {
    expect(() => evaluate(text, { a: 1 })).toThrow(why);
  });

  it("an expression is read only up to a length, and takes no exponential time", () => {
    expect(evaluate(`'${"a".repeat(100_001)}' == ''`)).toContain("expression code point size exceeds limit");
    const list = Array.from({ length: 4000 }, (_, at) => at);
    const loops = "self.all(a, self.all(b, self.all(c, a + b + c >= 0)))";
    expect(() => bounded(() => evaluate(loops, list))).toThrow(CostError);
  });

  it("patterns take no exponential time", () => {
    expect(evaluate(`self.matches('^(a+)+$')`, `${"a".repeat(40)}!`)).toBe(false);
  });
});
