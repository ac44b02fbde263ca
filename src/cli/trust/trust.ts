import { ownEntry } from "#lib";
import { CliError } from "../errors.ts";
import { quotePosix } from "../environment/formats.ts";

interface Place {
  readonly title: string;
  /** What to type, for an authority in this file. */
  commands(ca: string): readonly string[];
}

const NICKNAME = "lido-local-authority";

/**
 * How each system and client is told to trust the authority. Nothing here is run by this program.
 * Sources: Debian's update-ca-certificates(8), Fedora's update-ca-trust(8), Apple's security(1), Microsoft's certutil, Mozilla's
 * certutil and policies, Oracle's keytool, and the documents of Node.js, requests, pip, Go and curl.
 */
const PLACES: Readonly<Record<string, Place>> = {
  debian: {
    title: "Debian, Ubuntu (all programs but Firefox, Java, Node.js and Python's requests)",
    commands: (ca) => [`sudo cp ${quotePosix(ca)} /usr/local/share/ca-certificates/${NICKNAME}.crt`, "sudo update-ca-certificates"],
  },
  fedora: {
    title: "Fedora, RHEL, CentOS",
    commands: (ca) => [`sudo cp ${quotePosix(ca)} /etc/pki/ca-trust/source/anchors/${NICKNAME}.pem`, "sudo update-ca-trust"],
  },
  macos: {
    title: "macOS (Go programs such as Terraform read this and nothing else)",
    commands: (ca) => [`sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain ${quotePosix(ca)}`],
  },
  windows: {
    title: "Windows, as administrator (Go programs such as Terraform read this and nothing else)",
    commands: (ca) => [`certutil -addstore -f ROOT "${ca.replaceAll('"', "")}"`],
  },
  firefox: {
    title: "Firefox (the profile's own store; certutil is in libnss3-tools or nss-tools)",
    commands: (ca) => [
      `for profile in ~/.mozilla/firefox/*.default*; do certutil -A -n ${NICKNAME} -t C,, -i ${quotePosix(ca)} -d sql:"$profile"; done`,
    ],
  },
  java: {
    title: "Java (the store of the JDK in JAVA_HOME)",
    commands: (ca) => [`sudo keytool -importcert -noprompt -cacerts -storepass changeit -alias ${NICKNAME} -file ${quotePosix(ca)}`],
  },
  node: { title: "Node.js (lido env sets it)", commands: (ca) => [`export NODE_EXTRA_CA_CERTS=${quotePosix(ca)}`] },
  python: {
    title: "Python: requests, az and the Azure SDKs (lido env sets it, to a file that holds the public authorities too)",
    commands: (ca) => [`cat "$(python3 -m certifi)" ${quotePosix(ca)} > ~/${NICKNAME}.pem`, `export REQUESTS_CA_BUNDLE=~/${NICKNAME}.pem`],
  },
  go: {
    title: "Go on Linux: Terraform, helm (lido env sets it); on macOS and Windows the system's store",
    commands: (ca) => [
      `cat /etc/ssl/certs/ca-certificates.crt ${quotePosix(ca)} > ~/${NICKNAME}.pem`,
      `export SSL_CERT_FILE=~/${NICKNAME}.pem`,
    ],
  },
  curl: { title: "curl, for one command", commands: (ca) => [`curl --cacert ${quotePosix(ca)} …`] },
};

/** Names that {@link trustText} takes. */
export const places: readonly string[] = Object.keys(PLACES);

/**
 * `lido trust`: what to type for the authority to be trusted, everywhere or in one place.
 * @throws {CliError} for a place that is not known.
 */
export function trustText(ca: string, place?: string): string {
  const chosen = place === undefined ? places : [place];
  const sections = chosen.map((name) => {
    const entry = ownEntry(PLACES, name);
    if (entry === undefined) throw new CliError(`"${name}" is none of ${places.join(", ")}.`, 2);
    return [`# ${name}: ${entry.title}`, ...entry.commands(ca).map((line) => `  ${line}`)].join("\n");
  });
  const head = `The authority of this Lido is ${ca}. Nobody but the owner of that folder can issue certificates with it.
A shell with the variables of "lido env" needs none of what follows. Lido itself changes nothing; type what you need:`;
  return `${[...(place === undefined ? [head] : []), ...sections].join("\n\n")}\n`;
}
