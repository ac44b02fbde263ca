import { findUser } from "../directory/directory.ts";
import type { Directory, User } from "../directory/model.ts";
import { isSecret } from "../directory/secrets.ts";

/** Who a form is from, or why it is from nobody. */
export type AccountAnswer = { readonly user: User } | { readonly fault: string };

/** Checks account and password of a form. */
export async function readAccount(
  form: URLSearchParams,
  directory: Directory,
  { isLocal }: { readonly isLocal: boolean },
): Promise<AccountAnswer> {
  const user = findUser(directory, form.get("username") ?? "");
  const isGood = user !== undefined && ((user.isBuiltIn && isLocal) || (await isSecret(form.get("password") ?? "", user.password)));
  return isGood ? { user } : { fault: "Your account or password is incorrect." };
}

/** What both pages say of a form that no page of this server has sent. */
export const FOREIGN_FORM = "This form is too old, or was not sent by this page. Please begin again.";
