import type { FastifyInstance } from "fastify";

declare module "fastify" {
  interface FastifyContextConfig {
    /** The methods that a path answers, when its route takes them all to refuse the others itself. */
    readonly methods?: readonly string[];
  }
}

/**
 * Writes down the routes that are added from now on, as `METHOD /path/{name}`. Routes whose methods are said to be none
 * are left out: what lies below them says itself what it answers.
 */
export function recordOperations(app: FastifyInstance, prefix = ""): readonly string[] {
  const operations: string[] = [];
  app.addHook("onRoute", ({ method, url, config }) => {
    const path = url.replace(/:(\w+)/g, "{$1}").replace("*", "{rest}");
    for (const each of config?.methods ?? [method].flat()) operations.push(`${each} ${prefix}${path}`);
  });
  return operations;
}
