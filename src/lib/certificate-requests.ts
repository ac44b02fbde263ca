/** An element of DER: its tag, its content, and where the next begins. */
interface Element {
  readonly tag: number;
  readonly content: Buffer;
  readonly end: number;
}

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = 0x06;
const INTEGER = 0x02;
/** id-at-commonName, 2.5.4.3, and id-at-organizationName, 2.5.4.10. */
const COMMON_NAME = Buffer.from([0x55, 0x04, 0x03]);
const ORGANIZATION = Buffer.from([0x55, 0x04, 0x0a]);

/** Whom a certificate is to be for. */
export interface RequestedSubject {
  /** The last one; empty when there is none. */
  readonly commonName: string;
  readonly organizations: readonly string[];
}

/**
 * The subject of a PKCS #10 request; undefined for what is no such request. Its signature is not looked at: see
 * `readCertificateRequest`. Source: RFC 2986.
 */
export function subjectOfRequest(pem: string): RequestedSubject | undefined {
  const text = /-----BEGIN CERTIFICATE REQUEST-----\s*([A-Za-z0-9+/=\s]+?)-----END CERTIFICATE REQUEST-----/.exec(pem)?.[1];
  if (text === undefined) return undefined;
  const [info] = elementsOf(elementAt(Buffer.from(text, "base64"), 0), SEQUENCE);
  const [version, subject] = elementsOf(info, SEQUENCE);
  if (version?.tag !== INTEGER || subject?.tag !== SEQUENCE) return undefined;
  let commonName = "";
  const organizations: string[] = [];
  for (const { type, value } of attributesOf(subject)) {
    if (type.equals(COMMON_NAME)) commonName = value;
    if (type.equals(ORGANIZATION)) organizations.push(value);
  }
  return { commonName, organizations };
}

function* attributesOf(subject: Element): Generator<{ type: Buffer; value: string }> {
  for (const set of elementsOf(subject, SEQUENCE))
    for (const attribute of elementsOf(set, SET)) {
      const [type, value] = elementsOf(attribute, SEQUENCE);
      if (type?.tag === OID && value !== undefined) yield { type: type.content, value: value.content.toString("utf8") };
    }
}

/** What an element of this tag is made of; nothing for another's, and for what is cut short. */
function elementsOf(element: Element | undefined, tag: number): readonly Element[] {
  if (element?.tag !== tag) return [];
  const elements: Element[] = [];
  for (let at = 0; at < element.content.length;) {
    const next = elementAt(element.content, at);
    if (next === undefined) return [];
    elements.push(next);
    at = next.end;
  }
  return elements;
}

/** Lengths of more than four bytes are none that anybody sends. */
function elementAt(bytes: Buffer, at: number): Element | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag === undefined || first === undefined) return undefined;
  const more = first < 0x80 ? 0 : first - 0x80;
  const begin = at + 2 + more;
  if (more > 4 || begin > bytes.length) return undefined;
  const length = more === 0 ? (first < 0x80 ? first : 0) : bytes.readUIntBE(at + 2, more);
  const end = begin + length;
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(begin, end), end };
}
