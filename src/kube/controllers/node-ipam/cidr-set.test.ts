import { describe, expect, it } from "vitest";
import { CidrSet } from "./cidr-set.ts";

describe("CidrSet", () => {
  it("hands out every block of the range once", () => {
    const set = new CidrSet("10.244.0.0/16", 24);
    const blocks = Array.from({ length: 256 }, () => set.allocate());
    expect(new Set(blocks).size).toBe(256);
    expect(blocks[0]).toBe("10.244.0.0/24");
    expect(blocks[255]).toBe("10.244.255.0/24");
    expect(set.allocate()).toBeUndefined();
  });

  it("uses a freed block again, but not at once", () => {
    const set = new CidrSet("192.168.0.0/22", 24);
    expect([set.allocate(), set.allocate()]).toEqual(["192.168.0.0/24", "192.168.1.0/24"]);
    set.release("192.168.0.0/24");
    expect([set.allocate(), set.allocate(), set.allocate()]).toEqual(["192.168.2.0/24", "192.168.3.0/24", "192.168.0.0/24"]);
  });

  it("goes round what is taken already and ignores what is not its own", () => {
    const set = new CidrSet("10.0.0.0/23", 24);
    set.occupy("10.0.0.0/24");
    set.occupy("172.16.0.0/24");
    set.occupy("10.0.0.0/25");
    set.release("no cidr");
    expect(set.allocate()).toBe("10.0.1.0/24");
    expect(set.allocate()).toBeUndefined();
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "300.0.0.0/8", "10.0.0.0/28", "::/64"])("does not cut %s into /24", (range) => {
    expect(() => new CidrSet(range, 24)).toThrow(`${range} cannot be cut into blocks of /24`);
  });
});
