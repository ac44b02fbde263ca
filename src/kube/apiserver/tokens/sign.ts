import { SignJWT } from "jose";
import { readKey } from "./keys.ts";

/** A token of these claims. @param pem the private RSA key that signs (PEM, PKCS#8). */
export async function signToken(claims: Record<string, unknown>, pem: string): Promise<string> {
  const { id, privateKey } = readKey(pem);
  return await new SignJWT(claims).setProtectedHeader({ alg: "RS256", kid: id }).sign(privateKey);
}
