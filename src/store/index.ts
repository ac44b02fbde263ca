export * from "./store.ts";
export * from "./documents.ts";
