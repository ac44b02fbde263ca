/**
 * How a body's JSON is laid out: `arm` on one line, `provider` as Go's `json.MarshalIndent(v, " ", " ")` does it (first
 * line `{`, members two spaces in, the last line one space and `}`), `other` for anything else.
 */
export function layoutOf(text: string): "arm" | "provider" | "other" {
  if (!text.includes("\n")) return "arm";
  return /^\{\n {2}"[^]*\n \}$/.test(text) ? "provider" : "other";
}
