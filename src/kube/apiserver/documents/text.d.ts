/** Tables of words are read as text, by the build and by the tests. */
declare module "*.txt" {
  const text: string;
  export { text as default };
}
