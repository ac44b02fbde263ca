import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Random } from "#lib";
import { queryOf, send, textOf } from "../../door/exchange.ts";
import { findClient } from "../grants/client.ts";
import { DEVICE_PATH } from "../grants/device-sign-in.ts";
import type { FlowOptions } from "../grants/flows.ts";
import type { DirectorySource } from "../directory/source.ts";
import { FOREIGN_FORM, readAccount } from "./account.ts";
import { accountPage } from "./account-form.ts";
import { html } from "./html.ts";
import { donePage, faultPage, type Page } from "./layout.ts";
import { isOwnForm, type Visitor, visitorOf } from "./visitor.ts";

/** What the pages need. */
export interface PageOptions extends Pick<FlowOptions, "clock" | "pending" | "sealing"> {
  readonly random: Random;
  readonly directory: DirectorySource;
}

/** Characters of a code that a page shows again at most. */
const MAX_CODE = 16;

/** Adds the page on which a person enters a device's code. */
export function addDevicePage(app: FastifyInstance, options: PageOptions): void {
  app.get(DEVICE_PATH, async (request, reply) => {
    const query = queryOf(request);
    const visitor = visitorOf(request, options);
    sendPage(
      reply,
      deviceForm({ userCode: (query.get("user_code") ?? query.get("otc") ?? "").slice(0, MAX_CODE) }, visitor, options),
      visitor,
    );
  });
  app.post(DEVICE_PATH, async (request, reply) => {
    const visitor = visitorOf(request, options);
    sendPage(reply, await answerForm(request, visitor, options), visitor);
  });
}

async function answerForm(request: FastifyRequest, visitor: Visitor, options: PageOptions): Promise<Page> {
  const form = new URLSearchParams(textOf(request) ?? "");
  if (!isOwnForm(request, form, options.sealing)) return faultPage("Please begin again", FOREIGN_FORM, 403);
  const directory = options.directory();
  const userCode = (form.get("user_code") ?? "").slice(0, MAX_CODE);
  const again = (fault: string): Page => deviceForm({ userCode, fault, chosen: form.get("username") ?? "" }, visitor, options);
  const document = options.pending.findUserCode(userCode);
  if (document === undefined) return again("That code didn't work. Check the code and try again.");
  const { displayName } = findClient(directory, document.value.clientId);
  if (form.get("answer") === "cancel") {
    await options.pending.change(document, { ...document.value, state: "declined" });
    return donePage("You have declined", `${displayName} was not signed in. You can close this window.`);
  }
  const account = await readAccount(form, directory, visitor);
  if ("fault" in account) return again(account.fault);
  const { userPrincipalName } = account.user;
  const isChanged = await options.pending.change(document, { ...document.value, state: "approved", userName: userPrincipalName });
  if (!isChanged) return again("That code didn't work. Check the code and try again.");
  return donePage(
    displayName,
    `You have signed in to ${displayName} as ${userPrincipalName} on your device. You may now close this window.`,
  );
}

function deviceForm(
  entered: { readonly userCode: string; readonly fault?: string; readonly chosen?: string },
  { mark, isLocal }: Visitor,
  { directory }: PageOptions,
): Page {
  return accountPage({
    title: "Enter code to allow access",
    lead: html`<p>
      Once you enter the code displayed on your app or device, it will have access to your account.
      <strong>Do not enter codes from sources you don't trust.</strong>
    </p>`,
    action: DEVICE_PATH,
    users: directory().users,
    mark,
    isLocal,
    ...entered,
  });
}

/** Sends a page, with the cookie by which the browser is known again. */
export function sendPage(reply: FastifyReply, { status, text, headers }: Page, visitor: Visitor): void {
  send(reply, { status, text, headers: { ...headers, ...visitor.headers } });
}
