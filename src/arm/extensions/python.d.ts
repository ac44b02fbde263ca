/** Python sources are read as text, by the build and by the tests. */
declare module "*.py" {
  const text: string;
  export { text as default };
}
